#!/usr/bin/env bash
# The examples as their readers run them, on the emulator program: run.sh BULK WORK_DIRECTORY EMULATOR DAEMON
# BULK is one of them; the others are beside it. Exits 77 where curl is missing.
set -euo pipefail
examples=$(dirname "$(realpath "${1:?one of the examples}")")
work=${2:?a directory for logs}
emulator=$(realpath "${3:?the emulator program}")
daemon=$(realpath "${4:?the daemon}")
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
command -v curl >/dev/null || { echo "SKIPPED: curl is not installed"; exit 77; }
rm -rf "$work"
mkdir -p "$work"
fail() {
  echo "FAILED: $*"
  exit 1
}
# shows FILE WORDS...: the file holds each of the words.
shows() {
  local file=$1 word
  shift
  for word in "$@"; do grep -qF -- "$word" "$file" || fail "$(basename "$file") does not show \"$word\": $(<"$file")"; done
}

exec 3< <(exec "$emulator" --provisioning-time 1 --start-time 0 --share-deletion-time 0 --quota 1000)
processes=($!)
trap 'kill "${processes[@]}" 2>/dev/null || true; wait 2>/dev/null || true' EXIT
# It prints its settings, then serves.
while read -r line <&3; do
  eval "$line"
  [[ $line != *AZURE_REGIONS* ]] || break
done

"$examples/dev8-coroutines" ann ben >"$work/coroutines" || fail "coroutines"
shows "$work/coroutines" "ann: http://" "ben: http://" "ann: deleted" "ben: deleted"

"$examples/dev8-own-loop" own-loop-1 >"$work/own_loop" || fail "own loop"
shows "$work/own_loop" "http://ws-own-loop-1."
[[ $(tail -n 1 "$work/own_loop") =~ ticked\ [1-9] ]] || fail "the loop did not tick: $(<"$work/own_loop")"

"$examples/dev8-bulk" 200 course-a >"$work/bulk" 2>"$work/bulk.progress" || fail "bulk: $(<"$work/bulk")"
shows "$work/bulk" "200 of 200 done, the first after "
shows "$work/bulk.progress" "200 of 200, 0 failed"

"$examples/dev8-own-transport" >"$work/own_transport" || fail "own transport"
shows "$work/own_transport" "200 environments" "containerGroups.list: 1" "entra.token: 1 in"

# A broker of tokens. It prints what the emulator's authority gives for a client secret.
cat >"$work/broker" <<'END'
#!/usr/bin/env bash
answer=$(curl -sS --fail "$AUTHORITY/$TENANT/oauth2/v2.0/token" --data-urlencode "grant_type=client_credentials" \
  --data-urlencode "client_id=$CLIENT" --data-urlencode "client_secret=$SECRET" --data-urlencode "scope=$1")
token=$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' <<<"$answer")
[ -n "$token" ] && echo "$token 3599"
END
chmod +x "$work/broker"
no_secret=(env -u AZURE_CLIENT_SECRET AUTHORITY="$AZURE_AUTHORITY_HOST" TENANT="$AZURE_TENANT_ID" CLIENT="$AZURE_CLIENT_ID"
  SECRET="$AZURE_CLIENT_SECRET")
"${no_secret[@]}" TOKEN_COMMAND="$work/broker" "$examples/dev8-own-credential" >"$work/own_credential" || fail "own credential"
shows "$work/own_credential" "200 environments"
! "${no_secret[@]}" TOKEN_COMMAND=false "$examples/dev8-own-credential" 2>"$work/refused" || fail "a refused token was taken"
shows "$work/refused" "TOKEN_COMMAND has failed"

"$examples/dev8-bulk" --delete 200 course-a >"$work/bulk.delete" 2>/dev/null || fail "bulk delete: $(<"$work/bulk.delete")"
! "$examples/dev8-bulk" --delete 2 >"$work/gone" 2>/dev/null || fail "deleted what was not there"
shows "$work/gone" "0 of 2 done" "2 x NOT_FOUND"
for words in "" "0" "x" "--delete" "1 a b"; do
  # shellcheck disable=SC2086
  ! "$examples/dev8-bulk" $words 2>"$work/usage" || fail "dev8-bulk took \"$words\""
  shows "$work/usage" "usage:"
done

# Its containers may run as processes, for any daemon.
programs=$(mktemp -d)  # where that user may read
chmod 755 "$programs"
trap 'kill "${processes[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$programs"' EXIT
user=()
[ "$(id -u)" != 0 ] || user=(--user nobody)
kill "${processes[0]}"
wait "${processes[0]}" || fail "the emulator ended with $?"
processes=()
cp "$examples/dev8-workspace" "$programs/"
command="echo \"variables of \$WORKSPACE_ID\"; exec $programs/dev8-workspace"
exec 5< <(exec "$emulator" --provisioning-time 0 --image "vaibhavsing/dev8-workspace=$command" "${user[@]}")
processes+=($!)
while read -r line <&5; do
  eval "$line"
  [[ $line != *AZURE_REGIONS* ]] || break
done
exec 6< <(AGENT_PORT=0 WORKSPACE_READY=http exec "$daemon" 2>"$work/processes.log")
processes+=($!)
read -r line <&6
all=http://127.0.0.1:${line##*:}/api/v1/environments
curl -sS --noproxy '*' --fail-with-body "$all" -H 'Content-Type: application/json' -d '{"workspaceId":"of-processes",
  "name":"Process","cloudRegion":"eastus","cpuCores":1,"memoryGB":2,"storageGB":10}' >"$work/processes" || fail "$(<"$work/processes")"
shows "$work/processes" '"vscodeWebUrl":"http://127.88.'
link=$(sed -n 's/.*"vscodeWebUrl":"\([^"]*\)".*/\1/p' "$work/processes")
curl -sS --noproxy '*' --fail "$link" >"$work/page" || fail "the page of the process"
shows "$work/page" 'type="password"'
# What the process has written is read a moment later.
until curl -sS --noproxy '*' --fail "$all/of-processes/logs" | grep -q "workspace: listening"; do :; done
curl -sS --noproxy '*' --fail "$all/of-processes/logs" >"$work/processes.output" || fail "the log of the process"
shows "$work/processes.output" "variables of of-processes"

if ! command -v node >/dev/null; then
  echo "The example for Node was left out: node is not installed"
  exit 0
fi
exec 4< <(AGENT_PORT=0 exec "$daemon" --dev 2>"$work/daemon.log")
processes+=($!)
read -r line <&4
node "$top/examples/node/lifecycle.mjs" "${line##* }" >"$work/node" || fail "the example for Node: $(<"$work/node")"
shows "$work/node" "RUNNING http://ws-from-node-1."
[ "$(grep -c '^  done$' "$work/node")" = 3 ] || fail "the example for Node: $(<"$work/node")"
