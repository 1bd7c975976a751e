#!/usr/bin/env bash
# Measures the daemon against the emulator program over TLS, side by side with Microsoft's JavaScript clients:
# tests/bench/run.sh [D...]   D: Azure's own provisioning times in seconds, by default 0 and 2.
# Then the front door under load (dev8-connections), many creates in flight in virtual time (dev8-in-flight), 200
# asynchronous creates at once (async_creates.mjs), 20 and 100 lifecycles at once (at_once.mjs), and the memory of 1000
# creates under way (operations.mjs). Prints one Markdown table and writes the same figures to
# build/bench/figures.json. Needs about five minutes after the build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
top=$PWD
times=("$@")
[ ${#times[@]} -gt 0 ] || times=(0 2)
cmake/setup.sh
source cmake/build_options.sh
cmake --preset release "${launcher[@]}" >/dev/null
cmake --build --preset release -j "$jobs" --target dev8-agentd dev8-azure-emulator dev8-connections dev8-in-flight >/dev/null
work=$top/build/bench
mkdir -p "$work/js"
: >"$work/rows"
rm -f "$work"/*.starts
processes=()
trap 'for pid in "${processes[@]}"; do kill "$pid" 2>/dev/null || true; done' EXIT

now_us() { echo $((${EPOCHREALTIME/./})); }
row() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" | sed -E 's/ +/ /g; s/ ([,:\t])/\1/g; s/(^|\t) +/\1/g' >>"$work/rows"; }  # row WHAT OURS JAVASCRIPT
median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
cpu_ms() { awk -v tick="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int(($12 + $13) * 1000 / tick) }' "/proc/$1/stat"; }
memory() { awk '/^Rss:/ { r = $2 } /^Anonymous:/ { p = $2 } END { printf "%.1f MB (private and written to: %.1f)", r / 1024, p / 1024 }' "/proc/$1/smaps_rollup"; }

start_emulator() {  # start_emulator SECONDS: a new one, and its variables in this shell
  exec 3< <(exec build/release/examples/dev8-azure-emulator --tls "$work/ca.pem" --provisioning-time "$1" --start-time "$1" \
    --share-deletion-time 0 --quota 100000)
  emulator=$!
  processes+=("$emulator")
  while read -r line <&3; do
    eval "$line"
    case $line in *AZURE_CA_FILE*) return ;; esac
  done
  return 1
}

start_daemon() {  # sets daemon, url, started (microseconds)
  local line
  started=$(now_us)
  exec 4< <(cd "$work" && exec env AGENT_PORT=0 RATE_LIMIT_RPS=1000000 RATE_LIMIT_BURST=1000000 AGENT_ALLOW_CORE_DUMPS=true \
    "$top/build/release/dev8-agentd/dev8-agentd" 2>"$work/daemon.log")
  daemon=$!
  processes+=("$daemon")
  read -r line <&4
  url=${line##* }
}

until_200() {  # until_200 PATH: milliseconds from the start of the daemon to its first 200; no process is started
  local status=""
  until [ "$status" = 200 ]; do
    exec 5<>"/dev/tcp/127.0.0.1/${url##*:}"
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$1" >&5
    read -r _ status _ <&5
    exec 5>&-
  done
  took_ms=$((($(now_us) - started) / 1000))
}

call() {  # call METHOD PATH [BODY]: its milliseconds; fails unless it succeeds
  curl -sS -o "$work/answer" -w '%{http_code} %{time_total}\n' -X "$1" "$url/api/v1/environments$2" \
    ${3:+-H 'Content-Type: application/json' -d "$3"} |
    awk '$1 >= 300 { exit 1 } { printf "%.1f\n", $2 * 1000 }' || { cat "$work/answer" >&2; return 1; }
}

azure_calls() { curl -sS "$url/metrics" | awk '/^dev8_azure_requests_total/ { sum += $2 } END { print sum + 0 }'; }

lifecycles() {  # lifecycles COUNT: appends to $work/{create,stop,start,delete}.ours
  local i id
  for i in $(seq "$1"); do
    id=workspace-bench-$i
    call POST "" "{\"workspaceId\":\"$id\",\"userId\":\"u\",\"name\":\"x\",\"cpuCores\":2,\"memoryGB\":4,\"storageGB\":20,\"cloudRegion\":\"eastus\"}" >>"$work/create.ours"
    call POST "/$id/stop" >>"$work/stop.ours"
    call POST "/$id/start" >>"$work/start.ours"
    call DELETE "/$id?force=true" >>"$work/delete.ours"
  done
}

have_js=no
why_not="node 20 and npm are not installed"
if command -v node >/dev/null && command -v npm >/dev/null; then
  cp tests/integration/js/package.json tests/bench/lifecycles.mjs "$work/js/"
  if [ -d "$work/js/node_modules/@azure" ] ||
    (cd "$work/js" && npm install --no-audit --no-fund --no-package-lock --loglevel=error >npm.log 2>&1); then
    have_js=yes
  else
    why_not="the clients cannot be installed: $(tail -n1 "$work/js/npm.log")"
  fi
fi

for seconds in "${times[@]}"; do
  rm -f "$work"/{create,stop,start,delete}.{ours,js}
  start_emulator "$seconds"
  start_daemon
  if [ "$seconds" = "${times[0]}" ]; then
    for _ in 1 2 3 4 5; do
      until_200 /live
      echo "$took_ms" >>"$work/live.starts"
      until_200 /health
      echo "$took_ms" >>"$work/health.starts"
      kill "$daemon"
      start_daemon
    done
    row "start of the process to its first 200 on /live: median of 5 (ms)" "$(median <"$work/live.starts")" ""
    row "start of the process to its first 200 on /health: median of 5 (ms)" "$(median <"$work/health.starts")" ""
    until_200 /health
    row "idle memory" "$(memory "$daemon")" ""
  fi
  cpu=$(cpu_ms "$daemon") emulator_cpu=$(cpu_ms "$emulator") calls=$(azure_calls)
  lifecycles 5
  ours_calls=$(awk -v all=$(($(azure_calls) - calls)) 'BEGIN { print all / 5 }')
  ours_cpu=$(($(cpu_ms "$daemon") - cpu)) ours_emulator=$(($(cpu_ms "$emulator") - emulator_cpu))
  kill "$daemon"
  js_cpu="" js_calls=""
  emulator_cpu=$(cpu_ms "$emulator")
  if [ $have_js = yes ]; then
    (cd "$work/js" && NODE_EXTRA_CA_CERTS="$work/ca.pem" NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 \
      node lifecycles.mjs 5 "$work") >"$work/js.out"
    read -r js_cpu js_calls <"$work/js.out"
  fi
  js_emulator=$(($(cpu_ms "$emulator") - emulator_cpu))
  for what in create stop start delete; do
    own=$([[ $what = create || $what = start ]] && echo "$seconds" || echo 0)
    added() { [ -s "$1" ] && median <"$1" | awk -v d="$own" '{ printf "%.1f", $1 - d * 1000 }' || true; }
    row "$what, D = $seconds s: median of 5, added (ms)" "$(added "$work/$what.ours")" "$(added "$work/$what.js")"
  done
  row "CPU of 5 lifecycles, D = $seconds s (ms)" "$ours_cpu" "$js_cpu"
  row "the emulator's own CPU meanwhile, D = $seconds s (ms)" "$ours_emulator" "$js_emulator"
  row "Azure calls of a lifecycle, D = $seconds s" "$ours_calls" "$js_calls"
  kill "$emulator"
done

ulimit -n "$(ulimit -H -n)"  # for the connections of the next bench
build/release/tests/dev8-connections 3 >"$work/connections"
while IFS= read -r line; do
  [[ $line != *": "* ]] || row "${line%%: *}" "${line#*: }" ""
done <"$work/connections"
build/release/tests/dev8-in-flight 10 100 1000 >"$work/in_flight"  # 10000 needs seven minutes more
while IFS='|' read -r _ count p50 p99 lists cpu memory _; do
  [[ $count =~ ^\ [0-9]+\ $ ]] || continue
  row "$count creates in flight (virtual time, the emulator included): added p50 / p99, lists a second, CPU and memory each" \
    "$p50/$p99 ms,$lists,$cpu ms,$memory KiB" ""
done <"$work/in_flight"
if command -v node >/dev/null; then
  node tests/bench/async_creates.mjs build/release/dev8-agentd/dev8-agentd build/release/examples/dev8-azure-emulator 200 5 >"$work/async"
  while IFS='|' read -r _ round _ _ accepted beside ratio _; do
    [[ $round =~ [0-9] ]] || continue
    row "200 asynchronous creates at once, round$round: 202 / the /live beside it (median, slowest; ms) / their ratio (median, largest)" "$accepted/$beside/$ratio" ""
  done <"$work/async"
  for at_once in 20 100; do
    node tests/bench/at_once.mjs build/release/dev8-agentd/dev8-agentd build/release/examples/dev8-azure-emulator $at_once 2 >"$work/at_once"
    while IFS='|' read -r _ kind median p99 _; do
      [[ $median =~ [0-9] ]] || continue
      row "$kind, $at_once at once, D = 2 s: added, median and p99 (ms)" "$median,$p99" ""
    done <"$work/at_once"
  done
  node tests/bench/operations.mjs build/release/dev8-agentd/dev8-agentd build/release/examples/dev8-azure-emulator >"$work/operations"
  while IFS='|' read -r _ count before most each _; do
    [[ $count =~ ^\ [0-9]+\ $ ]] || continue
    row "$count asynchronous creates under way: resident before, at most, and each of them" "$before MB,$most MB,$each KB" ""
  done <"$work/operations"
fi

echo "Machine: $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n1), Linux $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
[ $have_js = yes ] || echo "The JavaScript clients were skipped: $why_not"
echo
echo "| figure | dev8-agentd | JavaScript clients |"
echo "|---|---|---|"
awk -F'\t' '{ printf "| %s | %s | %s |\n", $1, $2, ($3 == "" ? "-" : $3) }' "$work/rows"
awk -F'\t' 'BEGIN { print "[" } { printf "%s  {\"figure\": \"%s\", \"daemon\": \"%s\", \"javascript\": \"%s\"}", (NR > 1 ? ",\n" : ""), $1, $2, $3 } END { print "\n]" }' \
  "$work/rows" >"$work/figures.json"
