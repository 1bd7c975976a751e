#!/usr/bin/env bash
# Lints openapi.json, generates TypeScript types from it, and runs lifecycle.ts with them against the daemon:
# run.sh DAEMON WORK_DIRECTORY
# The tools are installed under WORK_DIRECTORY. Exits 77 when node, npm or the tools are not to be had.
set -euo pipefail
daemon=$(realpath "${1:?the daemon program}")
work=${2:?a directory for the tools and for temporary files}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
document=$source/../../../dev8-agentd/openapi.json

skip() {
  echo "SKIPPED: $1"
  exit 77
}

command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ] || skip "node is older than version 20"
mkdir -p "$work"
work=$(cd "$work" && pwd)
cp "$source/package.json" "$source/lifecycle.ts" "$work/"
cd "$work"
if ! cmp -s package.json node_modules/.installed; then
  command -v npm >/dev/null || skip "npm is not installed"
  npm install --no-audit --no-fund --no-package-lock --loglevel=error >npm.log 2>&1 ||
    skip "the tools cannot be installed: $(tail -n1 npm.log)"
  cp package.json node_modules/.installed
fi

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
