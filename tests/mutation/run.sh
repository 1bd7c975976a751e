#!/usr/bin/env bash
# Breaks the promises of mutations.txt on purpose, one at a time in a scratch copy, and tells whether the tests notice:
#   tests/mutation/run.sh [--check] [part of a name]
# With --check it only sees that each mutation still fits its file. It ends with 1 when one does not, does not compile,
# or is not caught. DEV8AGENT_MUTATION_BUILD names another directory than build/mutation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
top=$PWD
list=$top/tests/mutation/mutations.txt
scratch=${DEV8AGENT_MUTATION_BUILD:-$top/build/mutation}
source cmake/build_options.sh
check=false
if [ "${1:-}" = --check ]; then
  check=true
  shift
fi
wanted=${1:-}

# Copies the files that git knows, as they are in the working tree and as if just written.
prepare() {
  cmake/setup.sh
  mkdir -p "$scratch/tree"
  git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xmf - -C "$scratch/tree"
  [ ! -d build/deps ] || { mkdir -p "$scratch/tree/build" && cp -r build/deps "$scratch/tree/build/"; }
  cmake -S "$scratch/tree" -B "$scratch/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O1 \
    -DDEV8AGENT_WARNINGS_AS_ERRORS=OFF "${launcher[@]}" >"$scratch/configure.log"
}

# Sets `part`, the part of the project that `file` belongs to. Each part has its tests.
part_of_file() {
  case $file in
    dev8-agentd/*) part=daemon ;;
    *) part=library ;;
  esac
}

build() {
  local targets=(unit_tests simulation_tests)
  [ $part = library ] || targets=(daemon_tests integration_tests)
  cmake --build "$scratch/build" -j "$jobs" --target "${targets[@]}" >"$scratch/build.log" 2>&1
}

# Runs one test program; its time limit turns endless loops into failures. On failure `seen` says what noticed.
tests() {
  local program=$1
  shift
  local log=$scratch/test.log status=0
  # In a shell of its own, so that what the shell says of a program that aborts stays out of the report.
  bash -c 'timeout 600 "$@" >"$0" 2>&1; exit $?' "$log" "$scratch/build/tests/$program" --abort-after=1 "$@" \
    2>/dev/null || status=$?
  [ $status -ne 0 ] || return 0
  # The last test case before the first error: doctest names one for a message, too.
  seen=$(awk '/^TEST CASE:/ { sub(/^TEST CASE: */, ""); name = $0 } /ERROR:/ { print name; exit }' "$log")
  [ $status -ne 124 ] || seen="time limit of $program"
  [ -n "$seen" ] || seen="$program ended with $status"
  return 1
}

# The quick tests first: most mutations go no further.
verdict() {
  if [ $part = daemon ]; then
    tests daemon_tests && tests integration_tests
    return
  fi
  tests unit_tests && tests simulation_tests --source-file-exclude='*fault_enumeration*,*random*,*outage*' &&
    tests simulation_tests --source-file='*outage*' && tests simulation_tests --source-file='*random*' &&
    tests simulation_tests --source-file='*fault_enumeration*'
}

# Before the first mutation of a part: its tests succeed without any.
sound=()
require_sound() {
  [[ " ${sound[*]} " != *" $part "* ]] || return 0
  build || { tail -n 40 "$scratch/build.log"; exit 1; }
  verdict || { echo "mutation: the tests fail without any mutation: $seen" >&2; exit 1; }
  sound+=("$part")
}

caught=0
missed=()
broken=()
# Applies the mutation that has been read.
try() {
  [ -n "$name" ] && [[ $name == *"$wanted"* ]] || return 0
  local original rest
  original=$(cat "$tree/$file"; echo .)
  original=${original%.}
  rest=${original/"$old"/}
  if [ "$rest" = "$original" ] || [ "${rest/"$old"/}" != "$rest" ]; then
    echo "does not fit       | $name"
    broken+=("$name")
    return 0
  fi
  if $check; then return 0; fi
  part_of_file
  require_sound
  printf '%s' "${original/"$old"/"$new"}" >"$tree/$file"
  seen=
  if ! build; then
    echo "does not compile   | $name"
    broken+=("$name")
  elif verdict; then
    echo "NOT CAUGHT         | $name"
    missed+=("$name")
  else
    echo "caught             | $name | $seen"
    caught=$((caught + 1))
  fi
  printf '%s' "$original" >"$tree/$file"
}

tree=$top
if ! $check; then
  prepare
  tree=$scratch/tree
fi
name= file= old= new= count=0
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    '= '*)
      try
      name=${line#= } file= old= new=
      count=$((count + 1))
      ;;
    '@ '*) file=${line#@ } ;;
    '- '*) old+=${old:+$'\n'}${line#- } ;;
    '+ '* | +)
      line=${line#+}
      new+=${new:+$'\n'}${line# }
      ;;
    '#'* | '') ;;
    *)
      echo "mutation: cannot read: $line" >&2
      exit 1
      ;;
  esac
done <"$list"
try

if $check; then
  echo "$count mutations, ${#broken[@]} do not fit"
else
  echo "$caught caught, ${#missed[@]} not caught, ${#broken[@]} do not fit or compile"
fi
[ $((${#missed[@]} + ${#broken[@]})) -eq 0 ]
