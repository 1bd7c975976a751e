#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each from its seeds: tests/fuzz/run.sh [seconds-per-target] [target...]
# With `smoke` in place of the seconds each target gets the same 20,000 inputs every time.
# New inputs are kept in build/fuzz/corpus, those that break something in build/fuzz/crashes. DEV8AGENT_FUZZ_BUILD
# names another directory than build/fuzz.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${DEV8AGENT_FUZZ_BUILD:-build/fuzz}
corpus=$build/corpus
limit=(-max_total_time="${1:-60}")
if [ "${1:-}" = smoke ]; then
  corpus=$build/smoke
  rm -rf "$corpus"
  limit=(-seed=1 -runs=20000)
fi
shift $(($# > 0 ? 1 : 0))

cmake/setup.sh clang libclang-rt-14-dev
source cmake/build_options.sh
mkdir -p "$build/crashes"
cmake --preset fuzz -B "$build" "${launcher[@]}" >"$build/configure.log" 2>&1 || {
  cat "$build/configure.log" >&2
  exit 1
}
cmake --build "$build" -j "$jobs" --target fuzzers

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" _fuzz.cpp)"); done
fi
failed=()
for target in "${targets[@]}"; do
  mkdir -p "$corpus/$target"
  log=$build/$target.log
  if "$build/tests/fuzz/${target}_fuzz" "${limit[@]}" -max_len=8192 -timeout=20 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix="$build/crashes/$target-" "$corpus/$target" \
    "tests/fuzz/corpus/$target" >"$log" 2>&1; then
    printf '%-18s %12d executions\n' "$target" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    tail -n 40 "$log"
    printf '%-18s FAILED; its input is in %s\n' "$target" "$build/crashes"
    failed+=("$target")
  fi
done
[ ${#failed[@]} -eq 0 ] || { echo "fuzz: failed: ${failed[*]}" >&2; exit 1; }
