#!/usr/bin/env bash
# git, npm, pip and sqlite in the workspaces of a daemon with --dev --workspaces, in both layouts: run.sh DAEMON DIRECTORY
# The workspace's share behaves as ACI's mount does (aci_mount.cpp), and its process has the variables of the agent.
# Exits 77 where git, curl or a compiler is missing.
set -euo pipefail
daemon=$(realpath "${1:?the daemon program}")
logs=${2:?a directory for logs}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skip() {
  echo "SKIPPED: $1"
  exit 77
}
fail() {
  echo "FAILED: $*"
  tail -n 30 "$logs"/* || true
  exit 1
}
for tool in git curl c++; do command -v $tool >/dev/null || skip "$tool is not installed"; done
rm -rf "$logs"
mkdir -p "$logs"

# Where the user of the workspaces may read, too.
work=$(mktemp -d)
chmod 755 "$work"
process=
finish() {
  [ -z "$process" ] || { kill "$process" 2>/dev/null && wait "$process" || true; }
  rm -rf "$work" /tmp/dev8-tools-$$-*
}
trap finish EXIT
c++ -O1 -shared -fPIC -D_GNU_SOURCE -o "$work/aci_mount.so" "$here/aci_mount.cpp" -ldl
cp "$here/tools.sh" "$work/"

# call METHOD PATH [BODY]
call() {
  curl -sS --noproxy '*' --fail-with-body -X "$1" "$agent$2" ${3:+-H 'Content-Type: application/json' -d "$3"}
}

for layout in home workspace; do
  log=$logs/$layout.log
  exec 3< <(WORKSPACE_LAYOUT=$layout WORKSPACE_READY=azure AGENT_DEV_PROVISIONING_MS=50 \
    AGENT_DEV_IMAGES="vaibhavsing/dev8-workspace=exec bash $work/tools.sh $work/aci_mount.so $layout" exec "$daemon" --dev --workspaces --port 0 2>"$log")
  process=$!
  read -r line <&3 || fail "the daemon does not start"
  agent=http://127.0.0.1:${line##*:}/api/v1/environments
  id=tools-$$-$layout
  call POST "" '{"workspaceId":"'"$id"'","name":"Tools","cloudRegion":"eastus","cpuCores":1,"memoryGB":2,"storageGB":10}' \
    >/dev/null || fail "the create"
  # The log is followed until the process has said how it went.
  exec 4< <(exec curl -sS --no-buffer --noproxy '*' "$agent/$id/logs?follow=true")
  follower=$!
  while IFS= read -r line <&4; do
    printf '%s\n' "$line" >>"$logs/$layout.output"
    [[ $line != *"the tools work"* && $line != *"FAILED at line"* ]] || break
  done
  kill "$follower" 2>/dev/null || true
  wait "$follower" 2>/dev/null || true
  grep -q "the tools work" "$logs/$layout.output" || fail "$layout"
  grep -E 'works: |refused: |not tried: ' "$logs/$layout.output" | sed "s/^/$layout: /"
  call DELETE "/$id?force=true" >/dev/null || fail "the delete"
  kill "$process"
  wait "$process" || fail "the daemon ended with $?"
  process=
done
