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
# A shared library shows the public API alone: names in the inline namespace of the ABI, functions for C, and what public
# templates call.
abi=$(sed -n 's/^#define DEV8AGENT_ABI //p' "$prefix/include/dev8agent/export.h")
for library in "$libraries"/libdev8agent*.so; do
  [ -e "$library" ] || continue
  shown=$(nm --demangle --dynamic --defined-only --format=posix "$library" | sed -E 's/ [A-Za-z]( [0-9a-f]*)*$//' |
    sed -E 's/^(vtable|typeinfo|typeinfo name|non-virtual thunk) (for|to) //' | sort -u)
  wrong=$(grep -vE "^dev8agent::(emulator::)?$abi::|^dev8agent::internal::(wrong_result_access|waited_for_itself)\(|^dev8_[a-z_]+@@DEV8AGENT_0$|^DEV8AGENT_0(@@DEV8AGENT_0)?$" \
    <<<"$shown" || true)
  wrong+=$(grep '::Impl::' <<<"$shown" || true)
  [ -z "$wrong" ] || fail "$library exports what is not public: $(head -n 20 <<<"$wrong")"
  [ "$(wc -l <<<"$shown")" -ge 20 ] || fail "$library exports only $(wc -l <<<"$shown") names"
  echo "$(basename "$library") exports $(wc -l <<<"$shown") names"
done

echo "== headers"
# In programs of any of these kinds the headers bring no warning and need no exceptions.
for header in $public; do echo "#include <${header#./}>"; done >"$work/headers.cpp"
for compiler in "${CXX:-g++} -std=c++20" "${CXX:-g++} -std=c++2b" "clang++ -std=c++20" "clang++ -std=c++2b"; do
  command -v "${compiler%% *}" >/dev/null || { echo "left out: ${compiler%% *} is not installed"; continue; }
  # shellcheck disable=SC2086
  $compiler -fno-exceptions -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Werror -fsyntax-only \
    -I "$prefix/include" "$work/headers.cpp" || fail "the headers with $compiler"
done

echo "== find_package"
cmake -G Ninja -S "$here/find_package" -B "$work/find_package" -DCMAKE_PREFIX_PATH="$prefix" -DWITH_C=ON \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror" >"$work/find_package.log"
cmake --build "$work/find_package"
"$work/find_package/consumer"

echo "== pkg-config"
export LD_LIBRARY_PATH=$libraries
# shellcheck disable=SC2046
"${CXX:-g++}" -std=c++20 $(pkg-config --cflags dev8agent-emulator) "$here/consumer.cpp" -o "$work/pkg-config-consumer" \
  $(pkg-config --libs dev8agent-emulator)
"$work/pkg-config-consumer"
# Of another language level, and without exceptions.
# shellcheck disable=SC2046
"${CXX:-g++}" -std=c++2b -fno-exceptions $(pkg-config --cflags dev8agent-emulator) "$here/consumer.cpp" -o "$work/no-exceptions" \
  $(pkg-config --libs dev8agent-emulator)
"$work/no-exceptions"
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
for program in "$work/c-consumer" "$work/find_package/consumer_c"; do
  said=$(env -u AZURE_SUBSCRIPTION_ID "$program" 2>&1) && fail "$program runs without settings"
  [[ $said == *AZURE_SUBSCRIPTION_ID* ]] || fail "$program says: $said"
done

[ "$(pkg-config --modversion dev8agent)" = "$(sed -n 's/^set(PACKAGE_VERSION "\(.*\)")$/\1/p' \
  "$libraries/cmake/dev8agent/dev8agent-config-version.cmake")" ] || fail "two versions"
