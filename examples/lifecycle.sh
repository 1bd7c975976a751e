#!/usr/bin/env bash
# One environment from creation to deletion over REST, with the status that the agent reports after each step.
# Usage: examples/lifecycle.sh http://127.0.0.1:8080 [id]
set -euo pipefail
url=${1:?usage: lifecycle.sh URL [ID]}/api/v1/environments
id=${2:-quickstart-$(date +%s)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
begin=$(date +%s%N)

say() {
  local elapsed=$((($(date +%s%N) - begin) / 100000000))
  printf '%4d.%d s  %s\n' $((elapsed / 10)) $((elapsed % 10)) "$*"
}

# call METHOD PATH [BODY]: prints the body of the answer and, on a line of its own, the status code.
call() {
  local options=(-sS -w '\n%{http_code}' -X "$1")
  [ $# -lt 3 ] || options+=(-H 'Content-Type: application/json' -d "$3")
  [ -z "${API_KEY:-}" ] || options+=(-H "Authorization: Bearer $API_KEY")
  curl "${options[@]}" "$url$2"
}

# The status of the environment as GET reports it, or the status code when there is none.
status() {
  local answer
  answer=$(call GET "/$id")
  case $answer in
    *$'\n200') sed -n 's/.*"status":"\([A-Z]*\)".*/\1/p' <<<"$answer" ;;
    *) tail -n1 <<<"$answer" ;;
  esac
}

# check NAME ANSWER CODE STATUS: what the call answered, and what GET says now.
check() {
  local code now
  code=$(tail -n1 <<<"$2")
  now=$(status)
  say "$1: HTTP $code, GET says $now"
  [ "$code" = "$3" ] && [ "$now" = "$4" ] && return
  say "$1: expected HTTP $3 and $4; the answer was"
  echo "$2" >&2
  exit 1
}

say "create $id"
call POST "" '{"workspaceId":"'"$id"'","userId":"demo","name":"Quick start","cloudRegion":"eastus",
               "cpuCores":2,"memoryGB":4,"storageGB":20}' >"$work/created" &
creating=$!
last=
while kill -0 $creating 2>/dev/null; do
  now=$(status)
  [ "$now" = "$last" ] || say "  GET says $now"
  last=$now
  sleep 0.2
done
wait $creating
check "created" "$(cat "$work/created")" 201 RUNNING
sed -n 's/.*"vscodeWebUrl":"\([^"]*\)".*/          The link is \1/p' "$work/created"

check "stopped" "$(call POST "/$id/stop")" 200 STOPPED
check "started" "$(call POST "/$id/start")" 200 RUNNING

listed=$(call GET "?userId=demo&pageSize=100")
say "list: HTTP $(tail -n1 <<<"$listed"), $(grep -o '"azureContainerGroup"' <<<"$listed" | wc -l) environment(s) of user demo"
grep -q "\"$id\"" <<<"$listed" || { say "list: $id is missing"; exit 1; }

check "deleted" "$(call DELETE "/$id?force=true")" 200 404
