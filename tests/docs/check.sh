#!/usr/bin/env bash
# That documents and lists agree with the tree: links, variables, metrics, the state table, the sources, the programs in documents,
# and that the console is small.
# Usage: check.sh [C++ COMPILER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
documents=(./*.md docs/*.md tests/*.md examples/*/*.md)

# anchors DOCUMENT: what links can name in it: its headings in lower case, without punctuation, with hyphens for spaces.
anchors() {
  sed '/^```/,/^```/d' "$1" | sed -nE 's/^#+ +//p' | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# Relative links lead to files, and to headings in them. In code, brackets are no links.
for document in "${documents[@]}"; do
  while read -r link; do
    target=${link#](}
    target=${target%)}
    [[ $target != http* ]] || continue
    file=$(dirname "$document")/${target%%#*}
    [ -n "${target%%#*}" ] || file=$document
    [ -e "$file" ] || { fail "$document: no file ${target%%#*}"; continue; }
    [[ $target != *.md#* && $target != \#* ]] || grep -qxF -- "${target#*#}" <(anchors "$file") || fail "$document: no heading for $target"
  done < <(sed '/^```/,/^```/d' "$document" | grep -oE '\]\([^)]+\)')
done

# Tests that are named are there.
for name in $(grep -ohE '`(unit|emulator|simulation|daemon|integration)/[a-z_]+_test' "${documents[@]}" | tr -d '`' | sort -u); do
  [ -f "tests/$name.cpp" ] || fail "no tests/$name.cpp, which a document names"
done

# The variables that the code reads are those of the tables, both ways. Of AZURE_STORAGE_KEY_<NAME> the prefix counts.
read_by_code=$(grep -ohE '"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_?"' libdev8agent/src/config/*.{h,cpp} dev8-agentd/settings.cpp |
  tr -d '"' | sort -u)
documented=$(sed -nE 's/^\| `([A-Z0-9_]+)(<NAME>)?` \|.*/\1/p' docs/configuration.md | sort -u)
[ "$(wc -l <<<"$documented")" -gt 40 ] || fail "docs/configuration.md: its tables cannot be read"
for name in $(comm -23 <(echo "$read_by_code") <(echo "$documented")); do fail "docs/configuration.md: $name is missing"; done
for name in $(comm -13 <(echo "$read_by_code") <(echo "$documented")); do fail "docs/configuration.md: no code reads $name"; done

# compare WHAT CODE DOCUMENTED: two lists of words are the same.
compare() {
  [ "$(wc -l <<<"$3")" -gt 10 ] || fail "docs/operations.md: its table of $1 cannot be read"
  for name in $(comm -23 <(echo "$2") <(echo "$3")); do fail "docs/operations.md: the $1 $name is missing"; done
  for name in $(comm -13 <(echo "$2") <(echo "$3")); do fail "docs/operations.md: no code has the $1 $name"; done
}

# Metrics and log events are those of the tables, both ways.
compare metric "$(grep -ohE '"(dev8|process)_[a-z_]+"' dev8-agentd/{metrics,process_metrics}.cpp | tr -d '"' | sort -u)" \
  "$(sed -nE 's/^\| `((dev8|process)_[a-z_]+)` \|.*/\1/p' docs/operations.md | sort -u)"
areas='azure|configuration|connections|create|daemon|environments|health|http|idle|keys|log|operation|orphan|rollback|service_manager|storage|tls'
compare event "$(grep -rohE "\"($areas)\.[a-z_]+\"" dev8-agentd libdev8agent/src --include='*.cpp' |
  tr -d '"' | grep -v '\.h$' | sort -u)" \
  "$(sed -nE '/^## Log events/,$ s/^\| (`[^|]*`) \|.*/\1/p' docs/operations.md | grep -oE '[a-z_]+\.[a-z_]+' | sort -u)"

# The state table is that of the decisions.
table=$(sed -n '/clang-format off/,/clang-format on/p' libdev8agent/src/plan/decisions.h | sed '1d; $d; s|^// ||')
[ "$(wc -l <<<"$table")" -gt 10 ] || fail "libdev8agent/src/plan/decisions.h: its table cannot be read"
[[ $(<docs/design.md) == *"$table"* ]] || fail "docs/design.md: the state table differs from libdev8agent/src/plan/decisions.h"

# The console is one small page.
lines=$(cat dev8-agentd/console/* | wc -l)
[ "$lines" -lt 600 ] || fail "dev8-agentd/console: $lines lines; less than 600 are allowed"

# Every source file is listed, and no two headers have one name.
for file in $(git ls-files --cached --others --exclude-standard 'libdev8agent/*.h' 'libdev8agent/*.cpp' 'dev8-agentd/*.h' 'dev8-agentd/*.cpp'); do
  case $file in */main.cpp | */include/dev8agent/emulator.h | */include/dev8agent/container_runtime.h) continue ;; esac
  grep -qxF "  ${file#*/}" <(tr -d ')' <"${file%%/*}/sources.cmake") || fail "${file%%/*}/sources.cmake: $file is not listed"
done
for name in $(git ls-files --cached --others --exclude-standard '*.h' | grep -v '^examples/' | sed 's|.*/||' | sort | uniq -d); do
  fail "two headers are called $name"
done

# Members of public structs have initialisers: designated ones may then leave any out, without a warning.
while read -r member; do
  fail "$member has no initialiser"
done < <(grep -nE '^  ((std::[a-z_:]+(<[^;()]*>)?|[A-Z][A-Za-z]+) |    )([a-z_0-9]+, )*[a-z_0-9]*[a-z0-9];' \
  libdev8agent/include/dev8agent/*.h libdev8agent/include/dev8agent/internal/*.h | grep -vE ' (true|false);')

# The first program of README.md is that of docs/quick-start.md, and so are the CMake lines.
in_language() { awk -v language="$1" '$0 == "```" language { take = 1; next } /^```/ { take = 0 } take' "$2"; }
[ "$(in_language cpp docs/quick-start.md)" = "$(in_language cpp README.md)" ] || fail "docs/quick-start.md: its program is not that of README.md"
# What its main() does fits into ten lines.
lines=$(in_language cpp README.md | awk '/^int main/ { take = 1; next } /^}/ { take = 0 } take' | grep -c .)
[ "$lines" -gt 0 ] && [ "$lines" -le 10 ] || fail "README.md: main() of the first program has $lines lines; at most 10 are allowed"
while read -r line; do
  grep -qxF "$line" docs/quick-start.md || fail "docs/quick-start.md does not have the line of README.md: $line"
done < <(in_language cmake README.md | sed 's/ *#.*//')

# The programs of the documents compile.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for document in README.md docs/sdk.md; do
  awk -v base="$work/$(basename "$document" .md)-" \
    '/^```cpp$/ { count += 1; file = base count ".cpp"; next } /^```$/ { file = "" } file { print > file }' "$document"
  compgen -G "$work/$(basename "$document" .md)-*.cpp" >/dev/null || fail "$document: no C++ program"
done
for program in "$work"/*.cpp; do
  "${1:-c++}" -std=c++20 -Wall -Wextra -Werror -fsyntax-only -Ilibdev8agent/include "$program" ||
    fail "$(basename "$program" .cpp): the program does not compile"
done

[ "$failures" -eq 0 ] || exit 1
echo "The documents agree with the tree."
