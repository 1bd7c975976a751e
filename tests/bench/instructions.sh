#!/usr/bin/env bash
# The instructions of hot pieces, counted by callgrind: counts are stable where times are not.
# tests/bench/instructions.sh [--update]
# Fails when a piece needs 3 % more than tests/bench/instructions.txt says; with another compiler, C library or
# processor than that file names the counts are a report and no failure. --update writes the file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
reference=tests/bench/instructions.txt
program=build/release/tests/dev8-pieces
count=20
# What the counts depend on besides the code: the C library chooses its string functions by the processor.
machine="$(${CXX:-g++} --version | head -n1); libc $(getconf GNU_LIBC_VERSION | cut -d' ' -f2); $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n1)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# instructions_of PIECE: of one run of it. Addresses do not change from run to run.
instructions_of() {
  setarch -R valgrind --tool=callgrind --callgrind-out-file="$work/out" --collect-atstart=no \
    --toggle-collect=dev8_measured "$program" "$1" "$count" 2>"$work/log" >&2 || { cat "$work/log" >&2; return 1; }
  awk -v count="$count" '/^(totals|summary):/ { print int($2 / count); found = 1; exit } END { exit !found }' "$work/out"
}

pieces=(parse_and_validate group_body simulated_create)
if [ "${1:-}" = --update ]; then
  { echo "# Instructions of one run, written by tests/bench/instructions.sh --update"; echo "machine $machine"
    for piece in "${pieces[@]}"; do instructions=$(instructions_of "$piece"); echo "$piece $instructions"; done; } >"$work/new"
  cp "$work/new" "$reference"
  cat "$reference"
  exit 0
fi

known=$(sed -n 's/^machine //p' "$reference")
[ "$known" = "$machine" ] || printf 'The reference is of another machine, so this is a report:\n  %s\nand not\n  %s\n' "$known" "$machine"
over=no
for piece in "${pieces[@]}"; do
  now=$(instructions_of "$piece")
  before=$(awk -v piece="$piece" '$1 == piece { print $2 }' "$reference")
  awk -v p="$piece" -v n="$now" -v b="$before" 'BEGIN { printf "%-20s %10d instructions, reference %10d: %+.2f %%\n", p, n, b, (n - b) * 100 / b; exit n > b * 1.03 }' || over=yes
done
[ $over = no ] || [ "$known" != "$machine" ] || { echo "A piece needs more than 3 % over its reference"; exit 1; }
