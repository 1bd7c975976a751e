#!/usr/bin/env bash
# The vcpkg port and the Conan recipe, each run by a stand-in for the real tool, which needs the network: what they
# export, configure and install is what a program can be built with. Usage: recipes.sh WORK_DIRECTORY
set -euo pipefail
rm -rf "${1:?usage: recipes.sh WORK_DIRECTORY}"
mkdir -p "$1"
work=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
source "$top/cmake/build_options.sh"
LAUNCHER=
[ ${#launcher[@]} -eq 0 ] || LAUNCHER=${launcher[0]#*=}
export LAUNCHER

# Versions are those of the project.
version=$(sed -n 's/^project(dev8agent VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
for file in vcpkg/dev8agent/vcpkg.json conan/conanfile.py; do
  grep -q "version.*\"$version\"" "$top/cmake/$file" || { echo "FAILED: $file is not of version $version" >&2; exit 1; }
done

# Where the header is: the system's, or what cmake/setup.sh has unpacked.
httplib=$top/build/deps/cpp-httplib
[ -f "$httplib/httplib.h" ] || httplib=/usr/include
mkdir -p "$work/installed"
ln -s "$httplib" "$work/installed/include"

echo "== vcpkg"
cmake -DPORT="$top/cmake/vcpkg/dev8agent" -DWORK="$work/vcpkg" -DHTTPLIB="$work/installed" -DLAUNCHER="$LAUNCHER" \
  -P "$here/recipes/vcpkg.cmake"
cmake -G Ninja -S "$here/find_package" -B "$work/vcpkg/consumer" -DCMAKE_PREFIX_PATH="$work/vcpkg/packages" >/dev/null
cmake --build "$work/vcpkg/consumer" >/dev/null
"$work/vcpkg/consumer/consumer"

echo "== Conan"
python3 "$here/recipes/conan_create.py" "$top/cmake/conan" "$work/conan" "$httplib"
