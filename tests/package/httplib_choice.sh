#!/usr/bin/env bash
# Which cpp-httplib cmake/setup.sh takes of those that a suite has: the pinned one while there is one, later the newest
# of the range. Its functions are tried here; nothing is fetched. Usage: httplib_choice.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
functions=$(sed -n '/^in_range() {/,/^}/p; /^choose() {/,/^}/p; /^usable_header() {/,/^}/p' cmake/setup.sh)
[ "$(grep -c '^}' <<<"$functions")" = 3 ] || { echo "FAILED: cmake/setup.sh has other functions"; exit 1; }
eval "$functions"
pinned=0.41.0
failures=0
# takes EXPECTED VERSION...: what is taken of a suite with these versions.
takes() {
  local expected=$1 taken
  taken=$(printf '%s\n' "${@:2}" | choose "$pinned")
  [ "$taken" = "$expected" ] || { echo "FAILED: of ${*:2} \"$taken\" is taken, not \"$expected\""; failures=$((failures + 1)); }
}
takes 0.41.0+ds-3 0.41.0+ds-3
takes 0.41.0+ds-3~bpo13+1 0.18.7-1+deb13u1 0.41.0+ds-3~bpo13+1
takes 0.41.0+ds-3 0.43.1+ds-1 0.41.0+ds-3
takes 0.43.1+ds-1 0.43.1+ds-1 0.42.0+ds-2
takes 0.100.0-1 0.99.0-1 0.100.0-1 0.9.0-1
takes 0.55.0-1 1.0.0-1 0.55.0-1
takes "" 0.18.7-1+deb13u1
takes "" 1.0-1
takes "" 1.2.0-1

# What counts as usable where a header is there already; and CMake takes the same.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 0.11.4=no 0.40.9=no 0.41.0=yes 0.43.1=yes 0.100.0=yes 1.0.0=no; do
  echo "#define CPPHTTPLIB_VERSION \"${version%=*}\"" >"$work/httplib.h"
  usable=no
  if usable_header "$work"; then usable=yes; fi
  [ "$usable" = "${version#*=}" ] || { echo "FAILED: setup: ${version%=*} is usable: $usable"; failures=$((failures + 1)); }
  # Without the target that would be made, which a script cannot.
  sed -n '/^function(dev8agent_httplib_version/,/^endfunction/p' cmake/Httplib.cmake >"$work/try.cmake"
  condition=$(grep -oE 'if\(found VERSION_GREATER_EQUAL.*\)$' cmake/Httplib.cmake)
  printf 'dev8agent_httplib_version("%s" found)\n%s\n  message(STATUS "taken")\nendif()\n' "$work" "$condition" >>"$work/try.cmake"
  usable=no
  if cmake -P "$work/try.cmake" | grep -q taken; then usable=yes; fi
  [ "$usable" = "${version#*=}" ] || { echo "FAILED: CMake: ${version%=*} is usable: $usable"; failures=$((failures + 1)); }
done
[ "$failures" -eq 0 ] || exit 1
echo "The choice of cpp-httplib is as documented."
