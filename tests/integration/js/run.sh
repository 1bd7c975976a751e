#!/usr/bin/env bash
# Runs lifecycle.mjs, restore.mjs, shares.mjs and leases.mjs against the emulator program over TLS: run.sh EMULATOR WORK_DIRECTORY
# The clients are installed under WORK_DIRECTORY. Exits 77 when node, npm or the clients are not to be had.
set -euo pipefail
emulator=${1:?the emulator program}
work=${2:?a directory for the clients and for temporary files}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$source/../npm.sh"

enter_packages "$source" "$work" lifecycle.mjs 20
cp "$source/storage.mjs" "$source/restore.mjs" "$source/shares.mjs" "$source/leases.mjs" .

server=
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
# on_emulator SCRIPT ARGUMENT...: runs the script on an emulator with these arguments.
on_emulator() {
  local script=$1 ready=
  shift
  exec 3< <(exec "$emulator" --tls "$work/ca.pem" "$@" 2>emulator.log)
  server=$!
  while [ -z "$ready" ] && read -r line <&3; do
    eval "$line"
    case $line in *AZURE_CA_FILE*) ready=yes ;; esac
  done
  [ -n "$ready" ] || { cat emulator.log; exit 1; }
  NODE_EXTRA_CA_CERTS="$work/ca.pem" NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 node "$script"
  kill "$server"
  wait "$server"
}
on_emulator lifecycle.mjs --provisioning-time 2 --start-time 1 --restart-time 1 --share-deletion-time 3600 \
  --list-page-size 1
on_emulator restore.mjs --retention-days 3
on_emulator shares.mjs --retention-days 3
on_emulator leases.mjs --share-deletion-time 0
