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

# By add_subdirectory the same commands build it.
cmake -G Ninja -S "$here/subproject" -B "$work/direct" -DDEV8AGENT_SOURCE_DIR="$(cd "$here/../.." && pwd)" \
  -DWAY=add_subdirectory "${launcher[@]}" "$@" >"$work/direct.log"
# compilations DIRECTORY: the sources, and with what they are compiled.
compilations() {
  ninja -C "$1" -t commands consumer | grep -oE ' -D.* -c .*' | sed -e "s|$1||g; s|_deps/dev8agent-build|dev8agent|g" | sort
}
[ "$(compilations "$work" | wc -l)" -gt 10 ] || { echo "FAILED: the commands of the build cannot be read" >&2; exit 1; }
diff <(compilations "$work") <(compilations "$work/direct") || { echo "FAILED: add_subdirectory builds something else" >&2; exit 1; }
