#!/usr/bin/env bash
# Builds the SDK alone, without looking for cpp-httplib, CLI11 or prometheus-cpp, installs it, and builds and
# runs a program against it. Usage: sdk_only.sh WORK_DIRECTORY
set -euo pipefail
mkdir -p "${1:?usage: sdk_only.sh WORK_DIRECTORY}"
work=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../cmake/build_options.sh"
rm -rf "$work/prefix" "$work/consumer"

cmake -G Ninja -S "$here/../.." -B "$work" -DCMAKE_BUILD_TYPE=Release -DDEV8AGENT_BUILD_EMULATOR=OFF \
  --no-warn-unused-cli -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON \
  -DCMAKE_DISABLE_FIND_PACKAGE_prometheus-cpp=ON "${launcher[@]}" >"$work/configure.log"
! grep -qi httplib "$work/build.ninja" || { echo "FAILED: the build names cpp-httplib" >&2; exit 1; }
cmake --build "$work" -j "$jobs"
cmake --install "$work" --prefix "$work/prefix" >"$work/install.log"
! find "$work/prefix" -name '*emulator*' | grep . || { echo "FAILED: parts of the emulator are installed" >&2; exit 1; }
cmake -G Ninja -S "$here/sdk_only" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/consumer.log"
cmake --build "$work/consumer"
env -i "$work/consumer/sdk_only"
