#!/usr/bin/env bash
# Builds and runs a program that has Debian's cpp-httplib 0.11 for itself beside the emulator of an installed build.
# Usage: beside.sh BUILD_DIRECTORY WORK_DIRECTORY
set -euo pipefail
usage="usage: beside.sh BUILD_DIRECTORY WORK_DIRECTORY"
build=$(cd "${1:?$usage}" && pwd)
rm -rf "${2:?$usage}"
mkdir -p "$2/packages"
work=$(cd "$2" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
# Unpacked, not installed: the machine stays as it is.
(cd "$work/packages" && apt-get download -qq libcpp-httplib-dev libcpp-httplib0.11) 2>"$work/download.log" || {
  cat "$work/download.log" >&2
  exit 1
}
for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/httplib"; done
libraries=$(dirname "$(find "$work/httplib" -name libcpp-httplib.so)")
cmake -G Ninja -S "$here/beside" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DHTTPLIB_ROOT="$work/httplib" >"$work/configure.log"
cmake --build "$work/build"
LD_LIBRARY_PATH=$libraries "$work/build/beside"
