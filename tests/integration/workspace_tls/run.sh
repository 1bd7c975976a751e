#!/usr/bin/env bash
# HTTPS of local workspaces with the real Caddy and a certificate authority of its own: run.sh DAEMON DIRECTORY
# Exits 77 where Node 18 or Caddy is missing.
set -euo pipefail
daemon=$(realpath "${1:?the daemon program}")
logs=${2:?a directory for logs}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skip() {
  echo "SKIPPED: $1"
  exit 77
}
command -v caddy >/dev/null || skip "caddy is not installed"
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null || skip "there is no Node 18 or later"
[ "$(id -u)" = 0 ] || [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -le 80 ] ||
  skip "ports 80 and 443 are root's on this machine"
rm -rf "$logs"
mkdir -p "$logs"

# Where the user of the workspaces may read, too.
work=$(mktemp -d)
chmod 711 "$work"
process=
finish() {
  [ -z "$process" ] || { kill "$process" 2>/dev/null && wait "$process" || true; }
  rm -rf "$work"
}
trap finish EXIT
cp "$here/echo.mjs" "$work/"
exec 3< <(TMPDIR=$work WORKSPACE_TLS=acme WORKSPACE_TLS_DIRECTORY=internal AGENT_DEV_PROVISIONING_MS=50 \
  AGENT_DEV_START_MS=50 AGENT_DEV_IMAGES="vaibhavsing/dev8-workspace=exec $(command -v node) $work/echo.mjs" \
  exec "$daemon" --dev --workspaces --port 0 2>"$logs/daemon.log")
process=$!
read -r line <&3 || { cat "$logs/daemon.log"; exit 1; }
node "$here/visit.mjs" "http://127.0.0.1:${line##*:}" "$work" || { tail -n 30 "$logs/daemon.log"; exit 1; }
