#!/usr/bin/env bash
# Builds everything and runs all tests: tests/run.sh [--preset NAME] [ctest options...]
# NAME is a preset of CMakePresets.json: release (the default), debug, coverage, asan or tsan. What is missing on the machine
# is installed first. DEV8AGENT_JOBS is how many compilers and tests run at once; by default one for each core.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=release
if [ "${1:-}" = --preset ]; then
  preset=${2:?usage: tests/run.sh [--preset NAME] [ctest options...]}
  shift 2
fi
cmake/setup.sh libgtest-dev
source cmake/build_options.sh

mkdir -p build
log=build/configure-$preset.log
cmake --preset "$preset" "${launcher[@]}" >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}
cmake --build --preset "$preset" -j "$jobs"

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=1:malloc_context_size=6}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure --no-tests=error "$@"
