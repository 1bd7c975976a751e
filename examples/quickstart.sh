#!/usr/bin/env bash
# Builds the daemon, starts it against its embedded Azure emulator and takes one environment through its whole life.
# Needs no Azure account and no configuration. --serve: leaves the daemon running and says what to try.
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
quietly cmake --build --preset release --target dev8-agentd

daemon=build/release/dev8-agentd/dev8-agentd
if $serve; then
  cat <<'TEXT'
== Daemon; Ctrl-C ends it. In another terminal, with the address that it prints:
   curl http://127.0.0.1:8080/health
   curl http://127.0.0.1:8080/api/v1/environments -H 'Content-Type: application/json' \
     -d '{"workspaceId":"my-workspace","name":"Mine","cloudRegion":"eastus","cpuCores":2,"memoryGB":4,"storageGB":20}'
   curl http://127.0.0.1:8080/api/v1/environments
   curl -X POST http://127.0.0.1:8080/api/v1/environments/my-workspace/stop
   curl -X DELETE http://127.0.0.1:8080/api/v1/environments/my-workspace
TEXT
  exec "$daemon" --dev
fi

echo "== Daemon"
work=$(mktemp -d)
mkfifo "$work/stdout"
LOG_LEVEL=${LOG_LEVEL:-warn} "$daemon" --dev --port 0 >"$work/stdout" &
pid=$!
cleanup() {
  kill "$pid" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
read -r line <"$work/stdout" || true
echo "$line"
url=${line##* }

echo "== Lifecycle"
examples/lifecycle.sh "$url"

echo "== Stop"
kill "$pid"
wait "$pid"
echo "Done: created, stopped, started, listed and deleted, and nothing is left."
