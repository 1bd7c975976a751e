#!/usr/bin/env bash
# Builds and runs a program that has the library's sources as a part of its own project.
# Usage: subproject.sh WORK_DIRECTORY [CMake options...]
set -euo pipefail
work=${1:?usage: subproject.sh WORK_DIRECTORY [CMake options...]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$work"
cmake -G Ninja -S "$here/subproject" -B "$work" -DDEV8AGENT_SOURCE_DIR="$(cd "$here/../.." && pwd)" "$@" >"$work/configure.log"
cmake --build "$work" -j "${DEV8AGENT_JOBS:-$(nproc)}" --target consumer
"$work/consumer"
