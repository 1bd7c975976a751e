#!/usr/bin/env bash
# That examples/observability fits the tree: metrics, and with promtool the alert rules and their tests.
# Exit code 77: the metrics are right, and promtool is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
files=examples/observability
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# Every metric is one of the daemon's. A histogram has three series.
known=$(grep -ohE '"(dev8|process)_[a-z_]+"' dev8-agentd/metrics.cpp dev8-agentd/process_metrics.cpp | tr -d '"' | sort -u)
for name in $(grep -ohE '\b(dev8|process)_[a-z_]+' "$files"/* | sort -u); do
  grep -qxE "$name|${name%_bucket}|${name%_count}|${name%_sum}" <<<"$known" || fail "$files names $name, which no code has"
done
[ "$(grep -c 'alert: ' "$files/dev8-agentd.rules.yaml")" -ge 10 ] || fail "dev8-agentd.rules.yaml: the alerts cannot be read"

# Every alert has a test.
for alert in $(sed -nE 's/.*alert: (.*)/\1/p' "$files/dev8-agentd.rules.yaml"); do
  grep -q "alertname: $alert\b" "$files/dev8-agentd.rules.test.yaml" || fail "dev8-agentd.rules.test.yaml: no test of $alert"
done

if command -v python3 >/dev/null; then
  python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$files/dashboard.json" || fail "dashboard.json is no JSON"
fi
if command -v promtool >/dev/null; then
  promtool check rules "$files/dev8-agentd.rules.yaml" || fail "promtool check rules"
  promtool test rules "$files/dev8-agentd.rules.test.yaml" || fail "promtool test rules"
  promtool check config --syntax-only "$files/prometheus.yaml" || fail "promtool check config"
fi

[ "$failures" -eq 0 ] || exit 1
echo "examples/observability agrees with the tree."
command -v promtool >/dev/null || { echo "SKIPPED, as it is missing: promtool, so the rules are not tested"; exit 77; }
