#!/usr/bin/env bash
# The C functions, from C and from Python, on the emulator program: run.sh LIBRARY WORK_DIRECTORY EMULATOR
# Exits 77 where a C compiler or Python is missing.
set -euo pipefail
library=$(realpath "${1:?the library}")
work=${2:?a directory for logs}
emulator=$(realpath "${3:?the emulator program}")
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
for tool in cc python3; do
  command -v $tool >/dev/null || { echo "SKIPPED: $tool is not installed"; exit 77; }
done
fail() {
  echo "FAILED: $*"
  exit 1
}
rm -rf "$work"
mkdir -p "$work"

# The header is C, and the library shows nothing but its functions.
headers=$top/libdev8agent/include
for standard in c99 c17; do
  cc -std=$standard -Wall -Wextra -Wpedantic -Wconversion -Werror -I"$headers" "$top/examples/c/lifecycle.c" "$library" \
    -Wl,-rpath,"$(dirname "$library")" -o "$work/lifecycle" || fail "the example in $standard"
done
declared=$(grep -oE '\bdev8_[a-z_]+\(' "$headers/dev8agent/c.h" | tr -d '(' | sort -u)
shown=$(nm --dynamic --defined-only "$library" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort -u)
others=$(nm --dynamic --defined-only "$library" | awk '$2 != "T" && $2 != "A"')
[ -z "$others" ] || fail "the library shows more than its functions: $others"
[ "$shown" = "$declared" ] || fail "the library and its header differ: $(diff <(echo "$shown") <(echo "$declared"))"
# Packages of programs learn from the symbols file on which version they depend.
packaged=$(grep -oE '^ dev8_[a-z_]+@' "$top/cmake/debian/libdev8agent-c0/symbols" | tr -d ' @' | sort -u)
[ "$packaged" = "$declared" ] || fail "the symbols file of Debian and the header differ: $(diff <(echo "$packaged") <(echo "$declared"))"

exec 3< <(exec "$emulator" --provisioning-time 0 --start-time 0 --share-deletion-time 0)
process=$!
trap 'kill $process 2>/dev/null && wait $process || true' EXIT
# It prints its settings, then serves.
while read -r line <&3; do
  eval "$line"
  [[ $line != *AZURE_REGIONS* ]] || break
done
"$work/lifecycle" | tee "$work/c.log"
grep -q "delete: done" "$work/c.log" || fail "the lifecycle in C"
grep -q "written-in-c-1: creating-container" "$work/c.log" || fail "no progress in C"
PYTHONDONTWRITEBYTECODE=1 python3 "$top/examples/python/lifecycle.py" "$library" | tee "$work/python.log"
grep -q "^NOT_FOUND 404$" "$work/python.log" || fail "the lifecycle in Python"
PYTHONDONTWRITEBYTECODE=1 python3 "$top/tests/integration/c_api/edges.py" "$library" "$top/examples/python"
