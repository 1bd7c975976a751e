#!/usr/bin/env bash
# Drives the web console through a lifecycle in Chromium, and a workspace that it links to: run.sh DAEMON WORK_DIRECTORY
# Playwright is installed under WORK_DIRECTORY, the screenshots are left there. Exits 77 when Chromium, node, npm or
# Playwright are not to be had.
set -euo pipefail
daemon=$(realpath "${1:?the daemon program}")
work=${2:?a directory for the driver and the screenshots}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
key=key-of-the-console-test-00000001
source "$source/../npm.sh"

chromium=$(command -v chromium) || skip "chromium is not installed"
enter_packages "$source" "$work" lifecycle.mjs 18

cp "$source/workspace.mjs" "$work/"

agent=
end_agent() {
  [ -z "$agent" ] || kill "$agent" 2>/dev/null || true
  wait "$agent" 2>/dev/null || true
}
trap end_agent EXIT

# drive SCRIPT FLAG...: runs the script against a daemon of its own with these flags.
drive() {
  exec 3< <(cd "$work" && API_KEYS=$key AGENT_DEV_IMAGES='*=exec dev8-workspace' exec "$daemon" --dev --port 0 "${@:2}" \
    2>daemon.log)
  agent=$!
  read -r line <&3 || { cat daemon.log; exit 1; }
  NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 node "$1" "$chromium" "${line##* }" "$key" "$work"
  end_agent
}

# The console shows that it has happened; the agent repeats the read.
echo 'GET */usages* 1 status 503 ServiceUnavailable' >"$work/faults"
AGENT_MAX_STORAGE_GB=50 AGENT_DEV_FAULTS=$work/faults drive lifecycle.mjs
drive workspace.mjs --workspaces
