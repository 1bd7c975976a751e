#!/usr/bin/env bash
# The daemon behind nginx with examples/deploy/nginx.conf: run.sh DAEMON WORK_DIRECTORY
# Lifecycles of two users over one pooled connection, events as they happen, errors. Exits 77 where nginx or openssl is
# missing.
set -euo pipefail
daemon=$(realpath "${1:?the daemon program}")
work=${2:?a directory for configuration and logs}
example=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/examples/deploy/nginx.conf
ada=key-of-ada-in-the-nginx-test-0001
bob=key-of-bob-in-the-nginx-test-0001
operator=key-of-the-operator-of-nginx-test

skip() {
  echo "SKIPPED: $1"
  exit 77
}
fail() {
  echo "FAILED: $*"
  tail -n 20 "$work/error.log" "$work/daemon.log" || true
  exit 1
}

nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || skip "nginx is not installed"
command -v openssl >/dev/null || skip "openssl is not installed"
rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)
processes=()
trap 'for process in "${processes[@]}"; do kill "$process" 2>/dev/null && wait "$process" || true; done' EXIT

exec 3< <(cd "$work" && API_KEYS="ada:user=ada:$ada,bob:user=bob:$bob,operator:admin:$operator" TRUSTED_PROXIES=127.0.0.1 \
  AGENT_DEV_PROVISIONING_MS=200 AGENT_DEV_START_MS=200 exec "$daemon" --dev --port 0 2>daemon.log)
daemon_process=$!
processes+=($daemon_process)
read -r line <&3 || fail "the daemon does not start"
agent=${line##*:}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/openssl.log"

# configure PORT OTHER: the example on PORT, and on OTHER the same without buffers for requests, both in one nginx.
configure() {
  local site
  for port in "$1" "$2"; do
    site=$(sed -e "s|listen 443 ssl|listen 127.0.0.1:$port ssl|" -e "s|127.0.0.1:8080|127.0.0.1:$agent|" \
      -e "s|/etc/ssl/certs/.*\.pem|$work/certificate.pem|" -e "s|/etc/ssl/private/.*\.key|$work/key.pem|" "$example")
    [ "$port" = "$1" ] || site=$(sed -e "s|dev8-agentd|other|" -e "s|proxy_next_upstream|proxy_request_buffering off; &|" <<<"$site")
    printf '%s\n' "$site" >"$work/$port.conf"
  done
  cat >"$work/nginx.conf" <<CONFIGURATION
daemon off;
master_process off;
pid $work/nginx.pid;
events {}
http {
  access_log $work/access.log;
  client_body_temp_path $work/body;
  proxy_temp_path $work/proxy;
  fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi;
  scgi_temp_path $work/scgi;
  include $work/$1.conf;
  include $work/$2.conf;
}
CONFIGURATION
}

call() { curl -sS --noproxy '*' --cacert "$work/certificate.pem" --max-time 100 "$@"; }

# Ports that others have make nginx end; then the next two are tried.
start_nginx() {
  local attempt process
  for attempt in {1..20}; do
    first=$((20000 + RANDOM % 10000)) second=$((30000 + RANDOM % 2000))
    configure $first $second
    "$nginx" -e "$work/error.log" -p "$work" -c "$work/nginx.conf" &
    process=$!
    while kill -0 $process 2>/dev/null; do
      call -o "$work/answer" "https://127.0.0.1:$first/live" 2>/dev/null || continue
      processes+=($process)
      return 0
    done
  done
  fail "nginx does not start"
}
start_nginx
url=https://127.0.0.1:$first

# expect STATUS KEY METHOD PATH [BODY]: sends the request and compares the status. A body goes as JSON.
expect() {
  local status
  status=$(call -o "$work/answer" -w '%{http_code}' -X "$3" -H "Authorization: Bearer $2" \
    ${5:+-H 'Content-Type: application/json' --data-binary "$5"} "$url$4") || fail "$3 $4: no answer"
  [ "$status" = "$1" ] || fail "$3 $4: $status instead of $1: $(<"$work/answer")"
}
body() { echo "{\"workspaceId\":\"$1\",\"name\":\"x\",\"cpuCores\":2,\"memoryGB\":4,\"storageGB\":20,\"cloudRegion\":\"eastus\"}"; }
all=/api/v1/environments

# What does not arrive within 30 s is a 408 of the agent, while everything else goes on.
exec 4< <(call --include -X POST -H "Authorization: Bearer $ada" -H 'Content-Type: application/json' -H 'Expect:' \
  -H 'Content-Length: 100' --data-binary '{' "https://127.0.0.1:$second$all" 2>/dev/null || true)
slow=$!

# Lifecycles of two users: a DELETE without a body, each time followed by the other one's request.
for round in 1 2; do
  expect 201 $ada POST $all "$(body workspace-ada)"
  expect 201 $bob POST $all "$(body workspace-bob)"
  expect 404 $bob GET $all/workspace-ada
  expect 200 $ada POST $all/workspace-ada/stop
  expect 200 $ada POST $all/workspace-ada/start
  expect 200 $ada DELETE "$all/workspace-ada?force=true"
  expect 200 $bob GET $all/workspace-bob
  expect 200 $bob DELETE "$all/workspace-bob?force=true"
  expect 404 $ada DELETE $all/workspace-ada
  expect 404 $ada GET $all/workspace-ada
done

# Errors keep the pooled connection as well; all of this took one.
expect 401 no-key GET $all
expect 400 $ada POST $all '{}'
expect 405 $ada PUT $all '{}'
expect 200 $operator GET /metrics
opened=$(awk '/^dev8_connections_(open|closed_total)/ { sum += $2 } END { print sum }' "$work/answer")
[ "$opened" -le 2 ] || fail "nginx has opened $opened connections instead of one for each of its two sites"

# Events arrive while the stream is open.
expect 201 $ada POST $all "$(body workspace-ada)"
exec 5< <(call -N -H "Authorization: Bearer $ada" -H 'Accept: text/event-stream' "$url$all/workspace-ada/events")
grep -m1 -q RUNNING <&5 || fail "the stream does not tell what there is"
expect 200 $ada POST $all/workspace-ada/stop
grep -m1 -q STOPPED <&5 || fail "the stream does not tell of the stop"
expect 200 $ada DELETE "$all/workspace-ada?force=true"
grep -m1 -q '^event: done' <&5 || fail "the stream does not end with the environment"

# The agent refuses a body that is too large, and closes that connection alone.
head -c 1500000 /dev/zero | tr '\0' ' ' >"$work/large"
expect 413 $ada POST $all "@$work/large"
grep -q '"code"' "$work/answer" || fail "the 413 is not the agent's: $(<"$work/answer")"
expect 200 $ada GET $all

# The agent knows the client's address, not the proxy's.
call -o "$work/answer" --interface 127.0.0.7 -H "Authorization: Bearer $ada" "$url$all"
# The log is written after the answer.
grep -m1 -q '"remote":"127.0.0.7"' <(tail -n +1 --pid=$daemon_process -f "$work/daemon.log") ||
  fail "the log has not the client's address"

grep -m1 -q '^HTTP/1.1 408' <&4 || fail "no 408 for a body that does not arrive"
wait $slow || true
expect 200 $ada GET $all
echo "All requests through nginx were answered as they should be."
