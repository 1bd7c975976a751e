#!/usr/bin/env bash
# Builds the daemon, starts it against its embedded Azure emulator and takes one environment through its whole life; then
# another one whose workspace runs on this machine and keeps a note. Needs no Azure account and no configuration.
# --serve: leaves the daemon running afterwards, with a workspace to open in a browser, and says what to try.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

serve=false
case ${1:-} in
  "") ;;
  --serve) serve=true ;;
  *)
    echo "usage: examples/quickstart.sh [--serve]" >&2
    exit 2
    ;;
esac

log=build/quickstart.log
quietly() {
  mkdir -p build
  "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    echo "quickstart: failed: $*" >&2
    exit 1
  }
}

echo "== Dependencies"
cmake/setup.sh
echo "== Build (a few minutes the first time)"
quietly cmake --preset release
quietly cmake --build --preset release --target dev8-agentd dev8-workspace

echo "== Daemon"
daemon_log=build/quickstart-daemon.log
work=$(mktemp -d)
mkfifo "$work/stdout"
LOG_LEVEL=${LOG_LEVEL:-warn} AGENT_DEV_IMAGES='*=exec dev8-workspace' \
  nohup build/release/dev8-agentd/dev8-agentd --dev --workspaces --port 0 \
  </dev/null >"$work/stdout" 2>"$daemon_log" &
pid=$!
cleanup() {
  kill "$pid" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
if ! read -r line <"$work/stdout"; then
  cat "$daemon_log" >&2
  exit 1
fi
echo "$line"
url=${line##* }

echo "== Lifecycle"
examples/lifecycle.sh "$url"

echo "== Workspace"
if $serve; then
  examples/notes.sh "$url" --keep
else
  examples/notes.sh "$url"
fi

if $serve; then
  rm -rf "$work"
  trap - EXIT
  cat <<TEXT
== Try
The daemon goes on at $url; it logs to $daemon_log. 'kill $pid' ends it.
The web console is at $url/console/.
   curl $url/health
   curl $url/api/v1/environments -H 'Content-Type: application/json' -d '{"workspaceId": "my-workspace",
     "name": "Mine", "cloudRegion": "eastus", "cpuCores": 2, "memoryGB": 4, "storageGB": 20}'
   curl $url/api/v1/environments
   curl -X POST $url/api/v1/environments/my-workspace/stop
   curl -X POST $url/api/v1/environments/my-workspace/start
   curl -X DELETE "$url/api/v1/environments/my-workspace?force=true"
TEXT
  exit 0
fi

echo "== Stop"
kill "$pid"
wait "$pid"
echo "Done: created, stopped, started, listed and deleted; a note was kept; nothing is left."
