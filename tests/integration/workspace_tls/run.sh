#!/usr/bin/env bash
# HTTPS of local workspaces with the real Caddy, an authority of its own and then a given certificate: run.sh DAEMON DIRECTORY
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
# As docs/workspaces.md starts it.
command=$(sed -nE 's/^(WORKSPACE_TLS=.*) dev8-agentd (--dev .*)$/\1 "$daemon" \2/p' "$here/../../../docs/workspaces.md")
[ -n "$command" ] || { echo "FAILED: docs/workspaces.md has no command for caddy"; exit 1; }
exec 3< <(export TMPDIR=$work AGENT_DEV_PROVISIONING_MS=50 AGENT_DEV_START_MS=50 \
  AGENT_DEV_IMAGES="vaibhavsing/dev8-workspace=exec $(command -v node) $work/echo.mjs"
  eval "exec env $command --port 0" 2>"$logs/daemon.log")
process=$!
read -r line <&3 || { cat "$logs/daemon.log"; exit 1; }
node "$here/visit.mjs" "http://127.0.0.1:${line##*:}" "$work" || { tail -n 30 "$logs/daemon.log"; exit 1; }
kill "$process"
wait "$process"
process=

# The operator's certificate and name. The name is not known here, so the client is told where it leads.
for tool in openssl curl; do command -v $tool >/dev/null || { echo "not tried: $tool is not installed"; exit 0; }; done
name=workspace-0001.dev.example.com
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$work/key.pem" -out "$work/certificate.pem" -subj "/CN=workspaces" \
  -addext "subjectAltName=DNS:*.dev.example.com" 2>"$logs/openssl.log" || { cat "$logs/openssl.log"; exit 1; }
exec 3< <(TMPDIR=$work WORKSPACE_TLS=certificate WORKSPACE_TLS_CERTIFICATE=$work/certificate.pem \
  WORKSPACE_TLS_KEY=$work/key.pem WORKSPACE_HOST='{id}.dev.example.com' WORKSPACE_READY=azure AGENT_DEV_PROVISIONING_MS=50 \
  AGENT_DEV_IMAGES="vaibhavsing/dev8-workspace=exec $(command -v node) $work/echo.mjs" \
  exec "$daemon" --dev --workspaces --port 0 2>"$logs/certificate.log")
process=$!
read -r line <&3 || { cat "$logs/certificate.log"; exit 1; }
agent=http://127.0.0.1:${line##*:}/api/v1/environments
made=$(curl -sS --noproxy '*' --fail-with-body "$agent" -H 'Content-Type: application/json' -d '{"workspaceId":"workspace-0001",
  "name":"One","cloudRegion":"eastus","cpuCores":1,"memoryGB":2,"storageGB":10}')
[[ $made == *"\"vscodeWebUrl\":\"https://$name/\""* ]] || { echo "FAILED: the link in $made"; exit 1; }
address=$(grep -oE '127\.88\.[0-9]+\.[0-9]+' <<<"$made" | head -n 1)
# visit URL OPTION...: once Caddy listens
visit() {
  curl -sS --noproxy '*' --retry 60 --retry-delay 1 --retry-all-errors --resolve "$name:443:$address" \
    --resolve "$name:80:$address" --cacert "$work/certificate.pem" "${@:2}" "$1"
}
page=$(visit "https://$name/page" --fail)
[ "$page" = "/page by https" ] || { echo "FAILED: the page is $page"; exit 1; }
moved=$(visit "http://$name/page" -o /dev/null -w '%{http_code} %{redirect_url}')
[ "$moved" = "308 https://$name/page" ] || { echo "FAILED: over http: $moved"; exit 1; }
curl -sS --noproxy '*' --fail-with-body -X DELETE "$agent/workspace-0001?force=true" >/dev/null
echo "the operator's certificate and name work"
