#!/usr/bin/env bash
# Installs a build, static or shared, into a directory of its own, and builds and runs a program against what is
# there: through CMake's find_package and through pkg-config. Usage: installed.sh BUILD_DIRECTORY WORK_DIRECTORY
set -euo pipefail
usage="usage: installed.sh BUILD_DIRECTORY WORK_DIRECTORY"
build=$(cd "${1:?$usage}" && pwd)
rm -rf "${2:?$usage}"
mkdir -p "$2"
work=$(cd "$2" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$work/prefix

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

cmake --install "$build" --prefix "$prefix" >"$work/install.log"
libraries=$(dirname "$(dirname "$(find "$prefix" -name dev8agent.pc)")")
export PKG_CONFIG_PATH=$libraries/pkgconfig
installed=$(cd "$prefix/include" && find . -type f | sort)
public=$(cd "$here/../../libdev8agent/include" && find . -type f | sort)
[ "$installed" = "$public" ] || fail "the installed headers are not the public ones: $installed"

echo "== symbols"
# Other libraries' names are hidden or renamed: a program may have another version of them.
for library in "$libraries"/libdev8agent*.a; do
  [ -e "$library" ] || continue
  ! nm --demangle "$library" 2>/dev/null | grep -E '(^|[^_[:alnum:]])(httplib|rapidjson)::' || fail "$library defines names of others"
done
# A shared library shows the public API alone.
for library in "$libraries"/libdev8agent*.so; do
  [ -e "$library" ] || continue
  shown=$(nm --demangle --dynamic --defined-only "$library")
  echo "$(basename "$library") exports $(echo "$shown" | grep -c ' [A-Z] dev8agent::') functions, $(echo "$shown" | wc -l) symbols in all"
  # Instances of the standard library's templates are always visible.
  wrong=$(echo "$shown" | grep -vE ' (std::|[^ ].* std::)' | grep -E 'dev8agent::(azure|plan|json|http|wire|Flows|Task|Retrier)(::|<)|::Impl::' || true)
  wrong+=$(echo "$shown" | grep -E '[^_[:alnum:]](httplib|rapidjson)::' || true)
  [ -z "$wrong" ] || fail "$library exports what is not public: $(echo "$wrong" | head -n 20)"
done

echo "== find_package"
cmake -G Ninja -S "$here/find_package" -B "$work/find_package" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Wconversion -Werror" >"$work/find_package.log"
cmake --build "$work/find_package"
"$work/find_package/consumer"

echo "== pkg-config"
export LD_LIBRARY_PATH=$libraries
# shellcheck disable=SC2046
"${CXX:-g++}" -std=c++20 $(pkg-config --cflags dev8agent-emulator) "$here/consumer.cpp" -o "$work/pkg-config-consumer" \
  $(pkg-config --libs dev8agent-emulator)
"$work/pkg-config-consumer"
link=$(pkg-config --libs dev8agent-emulator)
closure=$(pkg-config --static --libs dev8agent-emulator)
for library in curl ssl crypto; do
  [[ " $closure " == *" -l$library "* ]] || fail "a static link lacks $library: $closure"
  if compgen -G "$libraries/libdev8agent.so" >/dev/null; then
    [[ " $link " != *" -l$library "* ]] || fail "a shared link names the private library $library: $link"
  fi
done

echo "== C"
# shellcheck disable=SC2046
cc -std=c17 $(pkg-config --cflags dev8agent-c) "$here/../../examples/c/lifecycle.c" -o "$work/c-consumer" $(pkg-config --libs dev8agent-c)
said=$(env -u AZURE_SUBSCRIPTION_ID "$work/c-consumer" 2>&1) && fail "the program in C runs without settings"
[[ $said == *AZURE_SUBSCRIPTION_ID* ]] || fail "the program in C says: $said"

[ "$(pkg-config --modversion dev8agent)" = "$(sed -n 's/^set(PACKAGE_VERSION "\(.*\)")$/\1/p' \
  "$libraries/cmake/dev8agent/dev8agent-config-version.cmake")" ] || fail "two versions"
