#!/usr/bin/env bash
# Runs the curl commands of README.md (section Operations), docs/rest.md and docs/operations.md, in their order, against the
# daemon on its embedded emulator. Each must succeed. Usage: commands.sh DAEMON
set -euo pipefail
daemon=$1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v curl >/dev/null || { echo "skipped: no curl on this machine"; exit 77; }
work=$(mktemp -d)

# The first line that the daemon prints ends with its address.
exec 3< <(exec "$daemon" --dev --port 0 2>"$work/log")
pid=$!
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
read -r line <&3 || { cat "$work/log"; exit 1; }
url=${line##* }
# /health is 503 until the first check has ended.
curl --silent --output "$work/answer" --fail --retry 60 --retry-delay 1 "$url/health"

# The commands call this. A stream goes on for as long as its reader wants: it has to begin well, with a line.
commands=0
operation=""  # the one that was begun last
curl() {
  local code=0 line stream
  if [[ " $* " == *" -N "* ]]; then
    exec 4< <(exec curl --silent --show-error --fail --max-time 100 "$@" 2>"$work/error")
    stream=$!
    IFS= read -r line <&4 || code=$?
    printf '%s\n' "$line" >"$work/answer"
    kill "$stream" 2>/dev/null || true
    wait "$stream" || true
  else
    command curl --silent --show-error --fail-with-body --max-time 100 "$@" >"$work/answer" 2>"$work/error" || code=$?
  fi
  if [ $code != 0 ]; then
    echo "FAILED with $code: curl $*"
    cat "$work/error" "$work/answer"
    exit 1
  fi
  commands=$((commands + 1))
  local begun
  begun=$(sed -nE 's/^operation-location: .*\/([^/\r]+)\r?$/\1/Ip' "$work/answer" | tail -n 1)
  operation=${begun:-$operation}
}

sed -n '/^## Operations$/,/^## Embed/p' README.md >"$work/readme"
# Blocks without curl are for other tests.
awk '/^```sh/ { take = 1; all = ""; next } /^```/ { if (take && all ~ /(^|\n|\()curl /) printf "%s", all; take = 0 } take && !/^url=/ { all = all $0 "\n" }' \
  "$work/readme" docs/rest.md docs/operations.md >"$work/commands"
source "$work/commands"
[ "$commands" -ge 40 ] || { echo "FAILED: only $commands commands were found in docs/"; exit 1; }
echo "$commands commands succeeded"
