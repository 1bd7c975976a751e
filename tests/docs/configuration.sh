#!/usr/bin/env bash
# That the defaults in the tables of docs/configuration.md are those of the daemon: configuration.sh DAEMON
# That the tables have the variables which the code reads, and no others, is checked by check.sh.
set -euo pipefail
daemon=$(realpath -e "$1")
document=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/docs/configuration.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: docs/configuration.md: $*"
  failures=$((failures + 1))
}

# What is required, and nothing else; no .env file.
cd "$work"
env -i PATH="$PATH" AZURE_SUBSCRIPTION_ID=33333333-3333-4333-8333-333333333333 AZURE_RESOURCE_GROUP=workspaces \
  AZURE_STORAGE_ACCOUNT=workspacefiles AZURE_REGIONS=eastus:eastus:true "$daemon" --check-config >effective

compared=0
while IFS='|' read -r _ name value _; do
  name=$(sed -nE 's/^ *`([A-Z0-9_]+)` *$/\1/p' <<<"$name")
  [ -n "$name" ] && grep -q "^$name=" effective || continue  # parts of another variable, or of one region
  actual=$(sed -n "s/^$name=//p" effective)
  case $value in
    " none ") [ -z "$actual" ] || fail "$name is \"$actual\" by default, not empty" ;;
    ' `'*'`, pinned by digest ')
      expected=${value#*\`}
      [[ $actual == "${expected%%\`*}"@sha256:* ]] || fail "$name is \"$actual\" by default, not ${value% }"
      ;;
    ' `'*)
      expected=${value#*\`}
      [ "$actual" = "${expected%%\`*}" ] || fail "$name is \"$actual\" by default, not${value% }"
      ;;
    *) continue ;;  # said in words
  esac
  compared=$((compared + 1))
done < <(grep -E '^\| `[A-Z]' "$document")
[ "$compared" -ge 70 ] || fail "only $compared defaults could be compared"

# Every variable of the effective configuration is in a table.
while IFS='=' read -r name _; do
  grep -qE "^\| \`$name\` \|" "$document" || fail "$name is missing"
done <effective

[ "$failures" -eq 0 ] || exit 1
echo "$compared defaults are those of the daemon."
