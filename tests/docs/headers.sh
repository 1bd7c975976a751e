#!/usr/bin/env bash
# That each public header begins with what it is and an example, has enough comments, and that its examples compile.
# Usage: headers.sh [C++ COMPILER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
compiler=${1:-c++}
include=libdev8agent/include
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# extract HEADER: each example of a header's comments as a function, or as it is where it declares a function or a
# namespace. Lines have their place in the header. Examples are the indented lines with a ';' among them: a text in
# another language has none.
extract() {
  awk -v header="$1" -v name="example_of_$(basename "$1" .h)" '
    function flush(  wrapped) {
      if (code ~ /;/) {
        count++
        if (first ~ /^namespace /) printf "#line %d \"%s\"\n%s", at, header, code
        else {
          wrapped = first !~ /^[A-Za-z0-9_:<>, &]+ [a-z_]+\(.*\) *\{$/
          print "namespace program {"
          if (wrapped) printf "[[maybe_unused]] static Anything %s_%d() {\n", name, count
          printf "#line %d \"%s\"\n%s", at, header, code
          if (wrapped) print "return Anything();\n}"
          print "}"
        }
      }
      code = ""
    }
    /^ *\/\/   +[^ ]/ {
      text = $0
      sub(/^ *\/\/   /, "", text)
      if (code == "") { at = NR; first = text }
      code = code text "\n"
      next
    }
    code != "" && /^ *\/\/$/ { code = code "\n"; next }
    { flush() }
    END { flush() }' "$1"
}

total=0
commented=0
for header in "$include"/dev8agent/*.h; do
  # The comment at the begin: a sentence, then an example.
  opening=$(sed '/^\/\//!q' "$header" | grep '^//' || true)
  [[ $opening =~ ^//\ [A-Za-z] ]] || fail "$header does not begin with what it is"
  grep -q '^//   .*[;{]' <<<"$opening" || fail "$header does not begin with an example"
  # A line with code and a comment counts half.
  read -r lines comments < <(awk '
    /^ *$/ { next }
    { lines += 2 }
    /^ *\/\// { comments += 2; next }
    /[;,{] +\/\/ / { comments += 1 }
    END { print lines, comments + 0 }' "$header")
  share=$((100 * comments / lines))
  ((share >= 30 && share <= 60)) || fail "$header: $share % of it are comments, not 30 to 60"
  total=$((total + lines))
  commented=$((commented + comments))
done
share=$((100 * commented / total))
((share >= 35 && share <= 50)) || fail "$share % of the headers are comments, not 35 to 50"

examples=0
echo '#include "header_examples.h"' >"$work/examples.cpp"
for header in "$include"/dev8agent/*.h "$include"/dev8agent/internal/*.h; do
  [ "$(basename "$header")" != c.h ] || continue
  extract "$header" >"$work/example"
  [ -s "$work/example" ] || fail "$header has no example"
  cat "$work/example" >>"$work/examples.cpp"
  examples=$((examples + $(grep -c '^#line' "$work/example" || true)))
done
"$compiler" -std=c++20 -Wall -Wextra -Wno-unused-variable -Werror -fsyntax-only -I "$include" -I tests/docs "$work/examples.cpp" ||
  fail "examples of the headers do not compile"

# That of c.h as C.
{
  printf '#include <stdio.h>\n#include "dev8agent/c.h"\nint fail(const char* message);\nint example(void);\nint example(void) {\n'
  extract "$include/dev8agent/c.h" | grep -vE '^(namespace|\[\[|return Anything|\}$)'
  printf 'return 0;\n}\n'
} >"$work/example.c"
grep -q '^#line' "$work/example.c" || fail "$include/dev8agent/c.h has no example"
"${CC:-cc}" -std=c17 -Wall -Wextra -Werror -fsyntax-only -I "$include" "$work/example.c" ||
  fail "the example of c.h does not compile"

[ "$failures" -eq 0 ] || exit 1
echo "$((examples + 1)) examples of the headers compile; $share % of the headers are comments."
