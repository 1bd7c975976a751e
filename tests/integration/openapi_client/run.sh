#!/usr/bin/env bash
# Lints openapi.json, generates TypeScript types from it, and runs lifecycle.ts with them against the daemon:
# run.sh DAEMON WORK_DIRECTORY
# The tools are installed under WORK_DIRECTORY. Exits 77 when node, npm or the tools are not to be had.
set -euo pipefail
daemon=$(realpath "${1:?the daemon program}")
work=${2:?a directory for the tools and for temporary files}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
document=$source/../../../dev8-agentd/openapi.json
source "$source/../npm.sh"

enter_packages "$source" "$work" lifecycle.ts 20

export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
cp "$document" openapi.json
node_modules/.bin/redocly lint --skip-rule=no-path-trailing-slash openapi.json  # /console/ is a directory
node_modules/.bin/openapi-typescript openapi.json --default-non-nullable=false -o api.d.ts
node_modules/.bin/tsc --strict --target es2022 --module esnext --moduleResolution bundler \
  --lib es2022,dom --skipLibCheck --outDir . lifecycle.ts

exec 3< <(cd "$work" && exec "$daemon" --dev --port 0 2>daemon.log)
agent=$!
trap 'kill "$agent" 2>/dev/null || true; wait "$agent" 2>/dev/null || true' EXIT
read -r line <&3 || { cat daemon.log; exit 1; }
NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 node lifecycle.js "${line##* }"
