#!/usr/bin/env bash
# One environment whose workspace runs on this machine: opens its link with the password, keeps a note, stops, starts,
# and finds the note again. The daemon at URL runs with --dev --workspaces and the example workspace.
# Usage: examples/notes.sh http://127.0.0.1:8080 [--keep]    --keep: the environment stays, and its password is printed
set -euo pipefail
agent=${1:?usage: notes.sh URL [--keep]}/api/v1/environments
keep=${2:-}
id=notes-$(date +%s)
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
note="written at $(date +%T)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "notes.sh: $*" >&2
  exit 1
}

# call METHOD PATH [BODY]: the body of the answer; fails unless the agent carried it out. Bodies hold the password, and
# so they are no arguments.
call() {
  local options=(-sS --fail-with-body -X "$1")
  [ $# -lt 3 ] || options+=(-H 'Content-Type: application/json' -d @-)
  printf %s "${3:-}" | curl "${options[@]}" "$agent$2" || fail "$1 $2"
}

# Opens the link of the environment and logs in: sets `link`. Create and start have waited until it answers.
log_in() {
  link=$(call GET "/$id" | sed -n 's/.*"vscodeWebUrl":"\([^"]*\)".*/\1/p')
  printf %s "$password" |
    curl -sS --noproxy '*' --fail -c "$work/cookies" --data-urlencode password@- -o /dev/null "$link/login" || fail "$link refused the password"
}

# The notes that the page shows.
page() {
  curl -sS --noproxy '*' --fail -b "$work/cookies" "$link/"
}

call POST "" '{"workspaceId":"'"$id"'","userId":"demo","name":"Notes","cloudRegion":"eastus","cpuCores":1,
  "memoryGB":2,"storageGB":10,"codeServerPassword":"'"$password"'"}' >/dev/null
log_in
echo "$link opens with the password"
curl -sS --noproxy '*' --fail -b "$work/cookies" --data-urlencode "note=$note" -o /dev/null "$link/notes" ||
  fail "the note was not kept"
call POST "/$id/stop" >/dev/null
call POST "/$id/start" >/dev/null
log_in
page | grep -qF "$note" || fail "the note is not there after a stop and a start"
echo "$link still has the note \"$note\" after a stop and a start"
if [ "$keep" = --keep ]; then
  echo "It stays open: $link with the password $password"
else
  call DELETE "/$id?force=true" >/dev/null
fi
