#!/usr/bin/env bash
# That doxygen makes the reference of the public headers without a warning, and that it shows their comments.
# Usage: doxygen.sh DIRECTORY. Exit code 77: doxygen is not installed.
set -euo pipefail
output=$(realpath -m "${1:?usage: doxygen.sh DIRECTORY}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v doxygen >/dev/null || { echo "skipped: no doxygen on this machine"; exit 77; }
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
# run SETTING...: doxygen with the settings of the tree and these.
run() {
  printf '%s\n' "$(<docs/doxygen/Doxyfile)" "OUTPUT_DIRECTORY=$output" "$@" | doxygen - 2>&1
}

rm -rf "$output"
mkdir -p "$output"
# What has no comment: classes, types and functions must have one, but for operators that compare or assign.
bare=$(run EXTRACT_ALL=NO WARN_AS_ERROR=NO GENERATE_HTML=NO | grep -E 'Compound|\((function|enumeration|typedef)\)' |
  grep -v 'Member operator=' || true)
[ -z "$bare" ] || fail "without a comment: $bare"

said=$(run) || fail "doxygen warns: $said"
pages=$output/html

# shows PAGE TEXT: a page has the text.
shows() {
  grep -qF "$2" "$pages/$1.html" || fail "$1.html does not show: $2"
}
# Comments of each kind: of a file as that of its class, before and behind a declaration, of several overloads, of
# code, of C.
shows classdev8agent_1_1Secret "a string that does not print, compare or copy by accident and is wiped"
shows classdev8agent_1_1Secret "Takes the bytes of <code>text</code>"
shows classdev8agent_1_1Operation "Block on it, poll it, or take a callback"
shows structdev8agent_1_1EnvironmentSpec "1-100 characters, shown to people"
shows structdev8agent_1_1EnvironmentSpec "without &lt; &gt; % &amp; \\ ? / : and comma"
shows classdev8agent_1_1EnvironmentOrchestrator "Releases the compute and keeps files and definition"
shows classdev8agent_1_1emulator_1_1Emulator "An empty name means every location or image"
shows namespacedev8agent_1_1emulator "*/containerGroups/*  1      lose-after"
shows c_8h "Ends all operations that are in flight, without roll-back, and frees the agent"
each=$(grep -cF 'Each appends one member and returns this object' "$pages/classdev8agent_1_1JsonObject.html")
[ "$each" -ge 8 ] || fail "the overloads of JsonObject::field() have not all their comment: $each"
for header in libdev8agent/include/dev8agent/*.h; do
  page=$(basename "$header" .h | sed 's/_/__/g')_8h
  [ -s "$pages/$page.html" ] || fail "no page of $header"
done
# Names are those that programs write.
spoiled=$(grep -lE 'v0_1|DEV8AGENT_|DEV8_API|dev8agent::internal::[A-Z][a-z]+ Class' "$pages"/{class,struct,namespace}*.html || true)
[ -z "$spoiled" ] || fail "macros or what is not public are shown: $spoiled"

[ "$failures" -eq 0 ] || exit 1
echo "doxygen makes $(find "$pages" -name '*.html' | wc -l) pages without a warning: $pages/index.html"
