#!/usr/bin/env bash
# Builds and runs a program that has the library's sources as a part of its own project.
# Usage: subproject.sh WORK_DIRECTORY [CMake options...]
set -euo pipefail
work=${1:?usage: subproject.sh WORK_DIRECTORY [CMake options...]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../cmake/build_options.sh"
mkdir -p "$work"
cmake -G Ninja -S "$here/subproject" -B "$work" -DDEV8AGENT_SOURCE_DIR="$(cd "$here/../.." && pwd)" \
  "${launcher[@]}" "$@" >"$work/configure.log"
cmake --build "$work" -j "$jobs" --target consumer
"$work/consumer"
