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
running=
trap '[ -z "$running" ] || { echo "FAILED: $running"; tail -n 20 "$work"/*.log; } >&9 2>/dev/null; end_all; rm -rf "$work"' EXIT
exec 9>&2
fail() {
  { echo "FAILED: $*"; tail -n 20 "$work"/*.log; } >&9 2>/dev/null
  exit 1
}

# block DOCUMENT N: the Nth block of commands of a document; all of them without N.
block() {
  awk -v wanted="${2:-0}" '/^ *```/ { if (open) { open = take = 0; next } open = 1; if (/^ *```(sh)?$/) take = ++count == wanted || !wanted; next }
    take; END { if (!wanted) print count + 0 }' "$1"
}

# commands_outside DOCUMENT: the commands that stand in no block of commands: in one of another language, or indented.
commands_outside() {
  awk '/^ *```/ { open = !open; take = open && !/^ *```(sh|cpp|c|cmake|json|diff)?$/; before = "x"; next }
    open { if (take) print; next }
    /^    / && (before == "" || indented) { print; indented = 1; next }
    { indented = 0; before = $0 }' "$1" |
    grep -E '^ *(\$ +)?(sudo +|[A-Z_][A-Z0-9_]*=[^ ]* +)*((apt(-get)?|az|bash|caddy|cat|cd|chmod|chown|cmake|conan|cp|ctest|curl|dev8[a-z-]*|docker|dpkg|echo|editor|env|export|gh|git|go|install|jq|kill|kubectl|ln|make|mkdir|mount|mv|ninja|node|nohup|npm|npx|openssl|pip3?|pkg-config|podman|python3?|rm|sed|sh|source|ssh|sudo|systemctl|tar|unshare|vcpkg|wget) +[^ ]|\.?[a-z0-9_./-]+\.sh( |$)|\./[a-z]|\.ci/[a-z]|build/[a-z0-9_./-]+/[a-z0-9_-]+( |$))' || true
}
printf '%s\n' '```text' 'az group list' 'client -- epoll loop' '```' '' '    sudo A=b cmake/setup.sh' '    base/ text' '' '```sh' 'cd /' '```' \
  'cd in a sentence' '```console' '$ X=1 build/release/tests/unit_tests' '```' '- a list' '    git is in its item' >"$work/sample.md"
[ "$(commands_outside "$work/sample.md" | tr '\n' '|')" = 'az group list|    sudo A=b cmake/setup.sh|$ X=1 build/release/tests/unit_tests|' ] ||
  fail "commands outside of blocks are not found: $(commands_outside "$work/sample.md")"

# Who runs the blocks of which document, and how many: one more is a block that nobody runs.
expected="README.md 3 CONTRIBUTING.md 0 SECURITY.md 0 tests/README.md 5 examples/README.md 1 examples/workspace/README.md 0
  docs/dev8ctl.md 2 docs/emulator.md 4 docs/operations.md 3 docs/quick-start.md 6 docs/rest.md 7 docs/sdk.md 1 docs/workspaces.md 2
  examples/deploy/README.md 1"
# The first of README.md is the stages quickstart and tests of .ci/run. docs.commands runs its third, those of rest.md and one
# of operations.md; integration.azure_cli one of emulator.md and those of operations.md and workspaces.md for az;
# tests/package/debian.sh the installation of operations.md; integration.workspace_tls the other one of workspaces.md;
# docs.doxygen that of sdk.md; tests/package/stranger.sh those of quick-start.md; docs.deploy that of examples/deploy.
for document in *.md docs/*.md tests/*.md examples/*.md examples/*/*.md; do
  found=$(block "$document" | tail -n 1)
  [[ " $expected " =~ [[:space:]]$document\ ([0-9]+) ]] && count=${BASH_REMATCH[1]} || count=0
  [ "$found" = "$count" ] || fail "$document has $found blocks of commands, and the tests run $count"
  outside=$(commands_outside "$document")
  [ -z "$outside" ] || fail "$document has commands that stand in no \`\`\`sh block, so that nobody runs them: $outside"
done
for file in examples/quickstart.sh tests/run.sh; do
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
  running="block $2 of $1" # without ||, which lets commands go on after one that fails
  # shellcheck source=/dev/null
  source ./commands
  running=
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

# The commands of tests/README.md. What takes minutes or builds is replaced: the selection of tests is only listed, scripts
# are only read by bash, a long simulation lasts a second.
build=$(dirname "$daemon")/..
run_tests() {
  if [ "${1:-}" = --preset ]; then grep -q "\"name\": \"$2\"" "$top/CMakePresets.json" || fail "no preset $2"; shift 2; fi
  ctest --test-dir "$build" -N "$@" | grep '^Total Tests: [1-9]' >/dev/null || fail "tests/run.sh $* runs no test"
}
read_script() {
  bash -n "$top/$1" || fail "$1 is no script"
  case "$1 ${2:-}" in
    *"/run.sh ["* | *" ") ;;
    tests/mutation/*) grep -q "$2" "$top/tests/mutation/mutations.txt" || fail "no mutation $2" ;;
    *) grep -q "$2" "$top/$1" || fail "$1 does not know $2" ;;
  esac
}
list_cells() {
  [ "$DEV8_PRINT_CELLS" = 1 ] || grep -qF "\"$DEV8_PRINT_CELLS\"" "$top"/tests/simulation/*.cpp "$top"/tests/support/*.cpp ||
    fail "no scenario $DEV8_PRINT_CELLS"
  "$build/tests/simulation_tests" --list-test-cases "$@" | grep '^\[doctest\] unskipped test cases passing.*: [1-9]' >/dev/null || fail "simulation_tests $*"
}
for number in 1 2 3 4 5; do
  block "$top/tests/README.md" $number | sed -E 's/ +#.*//' >commands
  [ -s commands ] || fail "tests/README.md has no block $number"
  while read -r line; do
    case $line in
      tests/run.sh*) eval "run_tests ${line#tests/run.sh}" ;;
      *--target\ dev8-connections*) grep -q '^build dev8-connections: ' "$build/build.ninja" || fail "no dev8-connections" ;;
      DEV8_PRINT_CELLS=*) eval "${line/build\/release\/tests\/simulation_tests/list_cells}" ;;
      build/release/tests/dev8-simulate*)
        line=${line/3600/1}
        eval "${line/build\/release/\$build}" >simulate.log 2>&1 || fail "$line"
        ;;
      tests/*/run.sh* | .ci/*) set -f; read_script $line; set +f ;;
      *) fail "tests/README.md has a command that is not known here: $line" ;;
    esac
  done <commands
done

# The C program of docs/sdk.md.
{
  printf '#include <stdio.h>\n#include "dev8agent/c.h"\nvoid example(dev8_agent* agent, const char* body);\nvoid example(dev8_agent* agent, const char* body) {\n'
  awk '/^```c$/ { take = 1; next } /^```/ { take = 0 } take' "$top/docs/sdk.md"
  echo '}'
} >example.c
grep -q dev8_create example.c || fail "docs/sdk.md has no program in C"
"$compiler" -std=c17 -Wall -Wextra -Werror -fsyntax-only -I "$top/libdev8agent/include" example.c || fail "docs/sdk.md: the program in C"
echo "The blocks of commands work."
