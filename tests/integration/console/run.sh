#!/usr/bin/env bash
# Drives the web console through a lifecycle in Chromium: run.sh DAEMON WORK_DIRECTORY
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

exec 3< <(cd "$work" && API_KEYS=$key exec "$daemon" --dev --port 0 2>daemon.log)
agent=$!
trap 'kill "$agent" 2>/dev/null || true; wait "$agent" 2>/dev/null || true' EXIT
read -r line <&3 || { cat daemon.log; exit 1; }
NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 node lifecycle.mjs "$chromium" "${line##* }" "$key" "$work"
