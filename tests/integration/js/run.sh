#!/usr/bin/env bash
# Runs lifecycle.mjs against the emulator program over TLS: run.sh EMULATOR WORK_DIRECTORY
# The clients are installed under WORK_DIRECTORY. Exits 77 when node, npm or the clients are not to be had.
set -euo pipefail
emulator=${1:?the emulator program}
work=${2:?a directory for the clients and for temporary files}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $1"
  exit 77
}

command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ] || skip "node is older than version 20"
mkdir -p "$work"
work=$(cd "$work" && pwd)
cp "$source/package.json" "$source/lifecycle.mjs" "$work/"
cd "$work"
if ! cmp -s package.json node_modules/.installed; then
  command -v npm >/dev/null || skip "npm is not installed"
  npm install --no-audit --no-fund --no-package-lock --loglevel=error >npm.log 2>&1 ||
    skip "the clients cannot be installed: $(tail -n1 npm.log)"
  cp package.json node_modules/.installed
fi

exec 3< <(exec "$emulator" --tls "$work/ca.pem" --provisioning-time 2 --start-time 1 --restart-time 1 2>emulator.log)
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
ready=
while [ -z "$ready" ] && read -r line <&3; do
  eval "$line"
  case $line in *AZURE_CA_FILE*) ready=yes ;; esac
done
[ -n "$ready" ] || { cat emulator.log; exit 1; }
NODE_EXTRA_CA_CERTS="$work/ca.pem" NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 node lifecycle.mjs
