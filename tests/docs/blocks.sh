#!/usr/bin/env bash
# Runs the blocks of commands in README.md, examples/README.md, docs/dev8ctl.md and docs/emulator.md as their readers do:
#   blocks.sh DAEMON DEV8CTL EMULATOR BULK C_COMPILER
# Other tests run those of other documents. Stand-ins: setup and build, which are done; gh; ports, and the daemon's address.
set -euo pipefail
daemon=$(realpath -e "$1") ctl=$(realpath -e "$2") emulator=$(realpath -e "$3") bulk=$(realpath -e "$4") compiler=$5
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
top=$PWD
command -v curl >/dev/null || { echo "skipped: no curl on this machine"; exit 77; }
work=$(mktemp -d)
# Ends what the blocks have begun.
end_all() {
  local pid
  for pid in $(jobs -p); do
    kill "$pid" || true
    wait "$pid" || true
  done 2>/dev/null
}
trap 'end_all; rm -rf "$work"' EXIT
exec 9>&2
fail() {
  { echo "FAILED: $*"; tail -n 20 "$work"/*.log; } >&9 2>/dev/null
  exit 1
}

# block DOCUMENT N: the Nth block of commands of a document; all of them without N.
block() {
  awk -v wanted="${2:-0}" '/^```/ { if (open) { open = take = 0; next } open = 1; if (/^```(sh)?$/) take = ++count == wanted || !wanted; next }
    take; END { if (!wanted) print count + 0 }' "$1"
}

# Who runs the blocks of which document, and how many: one more is a block that nobody runs.
expected="README.md 3 CONTRIBUTING.md 0 SECURITY.md 0 tests/README.md 0 examples/README.md 1 examples/workspace/README.md 0
  docs/dev8ctl.md 2 docs/emulator.md 4 docs/operations.md 1 docs/quick-start.md 6 docs/rest.md 7 docs/sdk.md 1
  examples/deploy/README.md 1"
# The first of README.md is the stages quickstart and tests of .ci/run. docs.commands runs its third, those of operations.md
# and rest.md, integration.azure_cli one of emulator.md, docs.doxygen that of sdk.md, tests/package/stranger.sh those of
# quick-start.md. That of examples/deploy needs systemd.
for document in *.md docs/*.md tests/*.md examples/*.md examples/*/*.md; do
  found=$(block "$document" | tail -n 1)
  [[ " $expected " =~ [[:space:]]$document\ ([0-9]+) ]] && count=${BASH_REMATCH[1]} || count=0
  [ "$found" = "$count" ] || fail "$document has $found blocks of commands, and the tests run $count"
done
for file in examples/quickstart.sh tests/run.sh $(block examples/deploy/README.md 1 | grep -o 'examples/deploy/[a-z0-9.-]*'); do
  [ -f "$file" ] || fail "no $file, which a block of commands names"
done

# The directory of a reader: programs in PATH, or where a build has them.
mkdir -p "$work/bin" "$work/cmake" "$work/build/release/dev8-agentd" "$work/build/release/examples"
ln -s "$daemon" "$ctl" "$emulator" "$work/bin/"
ln -s "$daemon" "$work/build/release/dev8-agentd/"
ln -s "$emulator" "$bulk" "$work/build/release/examples/"
printf '#!/bin/sh\nexit 0\n' >"$work/cmake/setup.sh"
printf '#!/bin/sh\necho ghp_token_of_the_block\n' >"$work/bin/gh"
chmod +x "$work/cmake/setup.sh" "$work/bin/gh"
for variable in $(compgen -e | grep -E '^(AZURE_|AGENT_|DEV8_)'); do unset "$variable"; done
export PATH=$work/bin:$PATH NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
cd "$work"
cmake() { [[ "$*" =~ ^--(preset|build\ --preset)\ release ]] || fail "cmake $*"; }
curl() { command curl --silent --show-error --fail --retry 60 --retry-delay 1 --retry-connrefused "$@" >answer 2>curl.log || fail "curl $*"; }
# A port that was free a moment ago, for programs that are told a port. It is none that the system gives to those who ask
# for any: another test could get it meanwhile.
free_port() {
  local pid line lowest
  read -r lowest _ </proc/sys/net/ipv4/ip_local_port_range
  [ "$lowest" -gt 12000 ] || lowest=12000
  for _ in {1..20}; do
    port=$((10000 + RANDOM % (lowest - 10000)))
    exec 3< <(exec "$daemon" --dev --port $port 2>/dev/null)
    pid=$!
    if read -r line <&3; then
      kill "$pid"
      wait "$pid" 2>/dev/null || true
      return 0
    fi
  done
  fail "the daemon finds no port"
}
# run_block DOCUMENT N: in this shell; each command must succeed. Before the settings of an emulator are read, they are
# waited for.
run_block() {
  block "$top/$1" "$2" | sed -E "s/127\.0\.0\.1:8080/127.0.0.1:$port/; s/ && dev8-agentd$/\ndev8-agentd 2>daemon.log \&/
    s/^(.*> ?emulator.env) &$/: >emulator.env; \1 2>emulator.log \&\nwait_for_settings/" >commands
  [ -s commands ] || fail "$1 has no block $2"
  # shellcheck source=/dev/null
  source ./commands || fail "block $2 of $1"
}
wait_for_settings() {
  grep -q AZURE_REGIONS <(timeout 60 tail -n +1 --pid=$! -f emulator.env) || fail "the emulator prints no settings"
}
port=8080

free_port
export AGENT_PORT=$port
run_block README.md 2 >readme.log 2>&1
grep -q '"environments"' answer || fail "README.md: the list is $(<answer)"
end_all
unset AGENT_PORT

run_block examples/README.md 1 >bulk.log 2>&1
grep -q "20 of 20 done" bulk.log || fail "examples/README.md: $(<bulk.log)"
end_all

# The daemon with an emulator beside it, the state of that, and the command line on both.
free_port
export AGENT_PORT=$port
run_block docs/emulator.md 1
curl "http://127.0.0.1:$port/health"
run_block docs/emulator.md 4
grep -q '"containerGroups"' answer || fail "docs/emulator.md: the state is $(<answer)"
echo key-of-the-block-0000000000000001 >key
dev8ctl() {
  local arguments=("${@/https:\/\/agent.example.com/http://127.0.0.1:$port}")
  command dev8ctl "${arguments[@]}" >>ctl.out 2>>ctl.log || fail "dev8ctl $*"
}
export DATABASE_URL=postgres://user:secret@host/name
run_block docs/dev8ctl.md 1
grep -q '"workspaceId": *"my-workspace"\|"id": *"my-workspace"' ctl.out || fail "docs/dev8ctl.md: the list is $(<ctl.out)"
# Both blocks create my-workspace: each has an emulator of its own.
end_all
free_port
export AGENT_PORT=$port
run_block docs/emulator.md 1
run_block docs/dev8ctl.md 2
[ -s password ] || fail "docs/dev8ctl.md: no file with the password"
end_all

# The faults, and the certificate of TLS.
awk '/^```text$/ { take = 1; next } /^```/ { take = 0 } take' "$top/docs/emulator.md" >faults
grep -q METHOD faults || fail "docs/emulator.md has no faults"
: >emulator.env
dev8-azure-emulator --faults faults >emulator.env 2>emulator.log &
wait_for_settings
end_all
run_block docs/emulator.md 2
grep -q 'BEGIN CERTIFICATE' ca.pem || fail "docs/emulator.md: no certificate"
end_all

# The C program of docs/sdk.md.
{
  printf '#include <stdio.h>\n#include "dev8agent/c.h"\nvoid example(dev8_agent* agent, const char* body);\nvoid example(dev8_agent* agent, const char* body) {\n'
  awk '/^```c$/ { take = 1; next } /^```/ { take = 0 } take' "$top/docs/sdk.md"
  echo '}'
} >example.c
grep -q dev8_create example.c || fail "docs/sdk.md has no program in C"
"$compiler" -std=c17 -Wall -Wextra -Werror -fsyntax-only -I "$top/libdev8agent/include" example.c || fail "docs/sdk.md: the program in C"
echo "The blocks of commands work."
