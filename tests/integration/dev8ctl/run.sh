#!/usr/bin/env bash
# dev8ctl through lifecycles, on a daemon and with the library on the emulator: run.sh DEV8CTL WORK_DIRECTORY DAEMON EMULATOR
# Checks output in all formats, exit codes, that secrets stay out of arguments and output, and Ctrl-C.
set -euo pipefail
ctl=$(realpath "${1:?dev8ctl}")
work=${2:?a directory for logs}
daemon=$(realpath "${3:?the daemon program}")
emulator=$(realpath "${4:?the emulator program}")
rm -rf "$work"
mkdir -p "$work"
cd "$work"
key=key-of-the-dev8ctl-test-00000001
token=ghp_secret_of_the_dev8ctl_test_000001
unset DEV8_AGENT DEV8_API_KEY "${!AZURE_@}"  # no test works on what the user's own variables name
processes=()
end_processes() {
  local process
  for process in "${processes[@]}"; do kill "$process" 2>/dev/null && wait "$process" || true; done
}

fail() {
  echo "FAILED on the $backend: $*"
  tail -n 30 out err ./*.log 2>/dev/null || true
  exit 1
}

# dev CODE ARGUMENT...: runs dev8ctl; its output goes to out and err, and its exit code must be CODE.
dev() {
  local expected=$1 code=0
  shift
  "$ctl" "$@" >out 2>err </dev/null || code=$?
  [ "$code" = "$expected" ] || fail "dev8ctl $*: exit code $code instead of $expected"
}
# shows FILE TEXT...: the file has each text.
shows() {
  local file=$1 text
  shift
  for text in "$@"; do grep -qF -- "$text" "$file" || fail "no '$text' in $file"; done
}
has_not() { ! grep -qF -- "$2" "$1" || fail "'$2' is in $1"; }

# start_daemon NAME MILLISECONDS: a daemon whose Azure takes so long; its URL is in $url.
start_daemon() {
  exec 3< <(API_KEYS=$key AGENT_DEV_PROVISIONING_MS=$2 AGENT_DEV_START_MS=200 exec "$daemon" --dev --port 0 2>"$1.log")
  processes+=($!)
  read -r line <&3 || fail "the daemon does not start"
  url=${line##* }
}
# start_emulator NAME SECONDS OPTION...: an emulator; its variables are in NAME.env.
start_emulator() {
  exec 4< <(exec "$emulator" --provisioning-time "$2" --start-time 0 --restart-time 0 --share-deletion-time 0 "${@:3}" \
    2>"$1.log")
  processes+=($!)
  : >"$1.env"
  while read -r line <&4; do
    echo "${line#export }" >>"$1.env"
    case $line in *AZURE_REGIONS*) return 0 ;; esac
  done
  fail "the emulator does not start"
}

# lifecycle OPTION...: everything with these options, which choose the backend.
lifecycle() {
  local id=workspace-0001
  printf '%s\n' "$token" >token
  dev 0 "$@" create $id --region eastus --name 'Of the test' --secret-file githubToken=token --password-file password \
    --env A=1 --env 'B=x, y' --label team=blue --git https://example.com/a.git --secret-file env:MY_TOKEN=token
  shows out "ID:  " "$id" "Status:  " RUNNING "Web:  " http:// "Variables:  " "A, B" "Repository:  " "Labels:  " team=blue
  has_not out 'x, y'
  shows err "Creating $id in eastus" provisioning "done in"
  has_not err "done: done"
  has_not out Password
  [ "$(stat -c %a password)" = 600 ] && [ -s password ] || fail "the password is not in its file"
  rm password
  dev 0 "$@" -q create $id --region eastus --name 'Of the test' --env A=1 --env 'B=x, y' --label team=blue \
    --git https://example.com/a.git
  [ ! -s err ] || fail "--quiet is not quiet"
  dev 4 "$@" create $id --region eastus --env A=1
  shows err "another environmentVariables, gitRepository, labels"
  dev 2 "$@" create workspace-0003 --region eastus --image not/allowed --env DEV8_X=1 --git http://example.com
  shows err "--image: must be one of" "--env: must not name" "--git: must be an https://"
  dev 2 "$@" create workspace-0003 --region eastus --label team
  shows err "--label: must be NAME=TEXT"
  dev 4 "$@" create $id --region eastus --cpu 4
  shows err CONFLICT

  dev 0 "$@" list
  shows out "ID  " NAME STATUS "$id" "Of the test" RUNNING "4 GB"
  dev 0 "$@" list -o json --status running
  shows out '"id": "workspace-0001"' '"cpuCores": 2'
  dev 0 "$@" list --output yaml
  shows out "- id: $id" 'name: "Of the test"' 'status: RUNNING'
  dev 0 "$@" list --user nobody -o json
  [ "$(<out)" = "[]" ] || fail "list --user shows others"
  dev 0 "$@" list --label team=blue
  shows out "$id"
  dev 0 "$@" list --label team=blue --label stage=test -o json
  [ "$(<out)" = "[]" ] || fail "list --label shows others"
  dev 0 "$@" get $id -o yaml --region eastus
  shows out "id: $id" "connectionUrls:" "  vscodeWebUrl: "
  dev 0 "$@" open $id
  [[ $(<out) == http://* ]] || fail "open prints no link"
  dev 0 "$@" open $id --link ssh --print
  [[ $(<out) == ssh://* ]] || fail "open --link ssh prints no link"
  dev 0 "$@" logs $id
  [ -s out ] || fail "no log"
  dev 0 "$@" logs $id --tail 1 -o json
  shows out '"content": '
  dev 0 "$@" events $id
  shows out "TIME  " container Started RUNNING
  dev 0 "$@" regions
  shows out "GROUPS" eastus AVAILABLE "MAX CPU" "100 GB"
  dev 0 "$@" regions -o json
  shows out '"limits": {' '"storageGB": 100'

  dev 0 "$@" doctor --no-registry
  shows out VERDICT credentials "storage:eastus"
  if [ "$backend" = daemon ]; then
    shows out "embedded emulator"
    dev 1 "$@" doctor --probe-share
    shows err "without --agent only"
  else
    shows out "permissions:subscription  " "3 actions are allowed" DEV8-STORAGE-NO-SOFT-DELETE "--enable-delete-retention true"
    dev 0 "$@" doctor --no-registry --probe-share -o json
    shows out '"subject": "share:' '"missingActions": []'
  fi

  dev 0 "$@" update $id --name 'Renamed one' --label team=red --label old=1 --idle-stop 0
  shows err "Updating $id" ": done in"
  shows out 'Renamed one' RUNNING
  dev 0 "$@" update $id --label team=blue --remove-label old --default-idle-stop -o json
  shows out '"name": "Renamed one"' '"team": "blue"'
  ! grep -qE '"old"|idleStopMinutes' out || fail "a label or an idle stop that was taken away is shown"
  dev 0 "$@" list --label team=blue
  shows out $id
  dev 2 "$@" update $id
  shows err "nothing to change"
  dev 2 "$@" update $id --label a=1 --remove-label a
  shows err "must not name what --label sets"
  dev 2 "$@" update $id --idle-stop 5 --default-idle-stop
  dev 3 "$@" update nothing-0001 --name x
  dev 0 "$@" restart $id
  shows err "Restarting $id"
  dev 0 "$@" stop $id
  shows err "Stopping $id"
  shows out STOPPED
  has_not out "Detail:"
  dev 4 "$@" open $id
  shows err "dev8ctl start $id"
  dev 0 "$@" start $id -o json
  shows out '"status": "RUNNING"'

  # A stream of events ends with the environment, which it may notice some seconds later: see check_stream.
  : >events
  "$ctl" "$@" events -f $id -o json >events 2>events.log &
  follower=$!
  processes+=($!)
  until grep -q '"RUNNING"' events; do kill -0 $follower || fail "events -f has ended"; done
  dev 2 "$@" delete $id
  shows err --yes
  dev 4 "$@" delete $id --yes
  shows err "\`dev8ctl delete $id --force\`"
  dev 0 "$@" delete $id --yes --force
  shows out "Deleted $id"

  dev 3 "$@" get $id
  shows err NOT_FOUND
  if [ "$backend" = daemon ]; then  # whose emulator keeps deleted files
    shows err "can be restored until"
    dev 0 "$@" restore $id
    dev 0 "$@" get $id
    shows out STOPPED
    dev 4 "$@" restore $id
    dev 0 "$@" delete $id --yes
  else
    dev 3 "$@" restore $id
  fi
  dev 3 "$@" stop $id
  dev 3 "$@" logs -f $id
  dev 0 "$@" list
  [ ! -s out ] || fail "the environment is still there"
  shows err "No environments."
  dev 0 "$@" orphans --older-than 0
  [ ! -s out ] || fail "there are orphans"
  shows err "No orphans."
  dev 0 "$@" sweep
  shows err "No orphans."
  has_not err "Nothing was removed"
  dev 0 "$@" sweep --yes -o json
  [ "$(<out)" = "[]" ] || fail "there was something to sweep"
}

# wrong OPTION...: what is refused before anything is done.
wrong() {
  dev 2 "$@" create workspace-0002 --cpu 9
  shows err "--cpu: "
  dev 2 "$@" create x
  shows err "ID: "
  dev 2 "$@" create workspace-0002 --secret-file password=token
  dev 2 "$@" create workspace-0002 --secret-file "$token"
  has_not err "$token"
  dev 2 "$@" list --status SLEEPING
  dev 2 "$@" creat workspace-0002
  shows err 'dev8ctl: there is no command "creat"; did you mean create?' '`dev8ctl --help`'
  dev 2 "$@" create workspace-0002 --cpus 2
  shows err 'dev8ctl create: there is no option --cpus; did you mean --cpu?' '`dev8ctl create --help`'
  dev 2 "$@" get
  shows err 'dev8ctl get: ID is required'
  dev 2 "$@" list -o xml
  shows err 'dev8ctl list: --output: must be table, json or yaml'
  dev 2 "$@" open workspace-0002 --link ftp
  shows err 'dev8ctl open: --link: must be web, desktop or ssh'
  dev 2 "$@" list --limit 0
  shows err 'dev8ctl list: --limit: must be an integer between 1 and 1000000'
  dev 2 "$@" create workspace-0002 --cpu nine
  shows err 'dev8ctl create: --cpu: must be an integer'
  dev 2 "$@" create workspace-0002 --cpu
  shows err 'dev8ctl create: --cpu: needs a value'
  dev 2 "$@" create workspace-0002 --idle-stop 5 --idle-stop 6
  shows err 'dev8ctl create: --idle-stop: may be given once only'
  dev 2 "$@" delete workspace-0002 --yes=maybe
  shows err 'dev8ctl delete: --yes: takes no value'
  dev 2 "$@" nothing
  shows err nothing
  dev 2 "$@"
}

# interrupted OPTION...: Ctrl-C while Azure is at work, with a secret from standard input.
interrupted() {
  local id=workspace-0003 code=0
  : >err
  "$ctl" "$@" create $id --region eastus --secret-file githubToken=- >out 2>err <<<"$token" &
  local creating=$!
  processes+=($creating)
  # Stages and what Azure tells are shown while it goes on.
  until grep -q '^provisioning' err && grep -q 'Pulling: ' err; do kill -0 $creating || fail "the create has ended"; done
  ! tr '\0' '\n' <"/proc/$creating/cmdline" | grep -qF "$token" || fail "the secret is an argument"
  kill -INT $creating
  wait $creating || code=$?
  [ "$code" = 130 ] || fail "Ctrl-C: exit code $code instead of 130"
  shows err "waiting for the roll-back" "Nothing is left of $id"
  has_not out "$token"
  has_not err "$token"
  dev 3 "$@" get $id
  dev 0 "$@" orphans --older-than 0 -o json
  [ "$(<out)" = "[]" ] || fail "the roll-back has left something"
}

backend="command line"
dev 0 --help
shows out create completion "Exit codes"
cp out help
dev 0 help
cmp out help || fail "help is not --help"
dev 0 help create
shows out "dev8ctl create [OPTIONS] ID" "Names of secrets"
dev 2 help creat
shows err 'there is no command "creat"; did you mean create?'
dev 2 completion ksh
shows err "dev8ctl completion: SHELL: must be bash, zsh or fish"
dev 0 version
[[ $(<out) == "dev8ctl "* ]] || fail "no version"
dev 0 completion bash
cp out completion.bash
# completes WORDS WORD...: what bash offers for the last word.
completes() {
  local expected=$1 offered
  shift
  offered=$(bash -c 'source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dev8ctl; echo "${COMPREPLY[*]}"' \
    bash "$@")
  [ "$offered" = "$expected" ] || fail "bash offers '$offered' instead of '$expected' after $*"
}
: >'a file'
completes --password-file dev8ctl create --pass
completes "create completion" dev8ctl c
completes "--agent" dev8ctl --ag
completes "web desktop ssh" dev8ctl open workspace-0001 --link ''
completes "RUNNING" dev8ctl list --status R
completes "json" dev8ctl list -o j
completes "json" dev8ctl list --output = j
completes "table json yaml" dev8ctl list --output =
completes "bash" dev8ctl completion b
completes "a file" dev8ctl list --key-file a
completes "a file" dev8ctl create workspace-0001 --secret-file githubToken = a
# What cannot be known, such as a name, is left to the user: no option stands there.
completes "" dev8ctl list --region ''
completes "" dev8ctl create workspace-0001 --label team = ''
dev 2 create workspace-0001
shows err AZURE_SUBSCRIPTION_ID
dev 2 --agent ftp://127.0.0.1 list
dev 2 --agent http://user:password@127.0.0.1 list
DEV8_API_KEY=$key dev 2 --agent http://agent.example list
shows err --plaintext
dev 6 --agent http://127.0.0.1:1 list
shows err "the agent at http://127.0.0.1:1 cannot be reached" "Check the URL of --agent"
has_not err status.azure.com

check_stream() {
  wait $follower || fail "events -f does not end well"
  shows events '"type":"done"'
}

# refused: what the doctor says of an identity that lacks two actions.
refused() {
  local stop=Microsoft.ContainerInstance/containerGroups/stop/action tags=Microsoft.Resources/tags/write
  start_emulator strict_emulator 0 --retention-days 7 --deny $tags --deny $stop
  dev 1 --env-file strict_emulator.env doctor --no-registry
  shows out "failed" DEV8-AZURE-PERMISSION "$stop is missing" "az role definition create" "\"$tags\""
  has_not out DEV8-STORAGE-NO-SOFT-DELETE
  sed -n '/^{/,$p' out >role.json
  python3 -c "import json; assert json.load(open('role.json'))['Actions'] == ['$stop', '$tags']" || fail "the role is no role"
  sed 's/^AZURE_CLIENT_SECRET=.*/AZURE_CLIENT_SECRET=wrong/' strict_emulator.env >wrong.env
  dev 1 --env-file wrong.env doctor --no-registry
  shows out DEV8-AZURE-CREDENTIALS AADSTS7000215
}

# images: a registry that gives tokens to everybody, and has one of two images.
images() {
  cat >registry.py <<'END'
from http.server import BaseHTTPRequestHandler, HTTPServer

class Registry(BaseHTTPRequestHandler):
    def reply(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/token?service=test&scope=repository%3Ateam%3Apull":
            return self.reply(200, b'{"token":"for-everybody"}')
        self.reply(200 if self.path == "/v2/" else 404)

    def do_HEAD(self):
        if self.headers["Authorization"] != "Bearer for-everybody":
            realm = "http://127.0.0.1:%d/token" % self.server.server_port
            challenge = 'Bearer realm="%s",service="test",scope="repository:team:pull"' % realm
            return self.reply(401, headers=[("WWW-Authenticate", challenge)])
        self.reply(200 if self.path == "/v2/team/dev/manifests/1" else 404)

server = HTTPServer(("127.0.0.1", 0), Registry)
print(server.server_port, flush=True)
server.serve_forever()
END
  exec 5< <(exec python3 registry.py 2>registry.log)
  processes+=($!)
  local port
  read -r port <&5 || fail "no registry"
  start_emulator images_emulator 0 --retention-days 7
  cp images_emulator.env images.env
  echo "CONTAINER_IMAGE=127.0.0.1:$port/team/dev:1" >>images.env
  dev 0 --env-file images.env doctor
  shows out "image:127.0.0.1:$port/team/dev:1"
  has_not out DEV8-
  echo "WORKSPACE_IMAGES=127.0.0.1:$port/team/dev:2" >>images.env
  dev 0 --env-file images.env doctor
  shows out "image:127.0.0.1:$port/team/dev:2" DEV8-IMAGE-NOT-FOUND "status 404"
  sed -i "s|team/dev:1$|team/other:1|" images.env
  dev 1 --env-file images.env doctor
  shows out failed "image:127.0.0.1:$port/team/other:1"
}

# keyless: an account that forbids its keys, a way to the shares that is found out, and a variable from a vault.
keyless() {
  local identity=/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/dev8-emulator
  local client=44444444-4444-4444-8444-444444444444 secret=https://team.vault.azure.net/secrets/licence
  identity+=/providers/Microsoft.ManagedIdentity/userAssignedIdentities/workspaces
  start_emulator keyless_emulator 0 --account-keys off --smb-oauth on --identity "$identity=$client" \
    --vault-secret "$secret=canary-licence"
  cat >>keyless_emulator.env <<END
AZURE_STORAGE_AUTH=auto
AZURE_MOUNT_AUTH=identity
AZURE_MOUNT_IDENTITY=$identity
AZURE_MOUNT_IDENTITY_CLIENT_ID=$client
WORKSPACE_SECRET_IDENTITY=$identity
WORKSPACE_SECRET_URIS=LICENCE=$secret
END
  dev 0 --env-file keyless_emulator.env create keyless-0001 --region eastus
  dev 2 --env-file keyless_emulator.env create keyless-0002 --region eastus --env LICENCE=own
  shows err "--env: must not name a variable that the operator takes from a vault: LICENCE"
  dev 0 --env-file keyless_emulator.env stop keyless-0001
  dev 0 --env-file keyless_emulator.env start keyless-0001 --cpu 1
  dev 0 --env-file keyless_emulator.env delete keyless-0001 --force --yes
  ! grep -qF canary-licence out err || fail "a secret of the vault is shown"
}

# adopted: a container group and a share without the marks of an agent, as others have made them.
adopted() {
  local id=by-others-0001
  start_emulator others_emulator 0
  dev 0 --env-file others_emulator.env create $id --region eastus --zone 2
  shows out "Zone:  " 2
  (
    set -a
    . ./others_emulator.env
    python3 - "$id" <<'END'
import json, os, sys, urllib.parse, urllib.request
env = os.environ
def ask(method, url, body, headers):
    urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers, method=method)).read()
form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": env["AZURE_CLIENT_ID"],
    "client_secret": env["AZURE_CLIENT_SECRET"], "scope": "https://management.azure.com/.default"})
login = urllib.request.urlopen(env["AZURE_AUTHORITY_HOST"] + "/" + env["AZURE_TENANT_ID"] + "/oauth2/v2.0/token", form.encode())
headers = {"Authorization": "Bearer " + json.load(login)["access_token"], "Content-Type": "application/json"}
group = env["AZURE_RESOURCE_MANAGER_ENDPOINT"] + "/subscriptions/" + env["AZURE_SUBSCRIPTION_ID"] + "/resourceGroups/" + env["AZURE_RESOURCE_GROUP"]
ask("PATCH", group + "/providers/Microsoft.ContainerInstance/containerGroups/aci-" + sys.argv[1] + "?api-version=2025-09-01", '{"tags": {}}', headers)
ask("PATCH", group + "/providers/Microsoft.Storage/storageAccounts/" + env["AZURE_STORAGE_ACCOUNT"] + "/fileServices/default/shares/fs-" + sys.argv[1] + "?api-version=2023-05-01", '{"properties": {"metadata": {}}}', headers)
END
  ) || fail "the marks cannot be taken away"
  dev 4 --env-file others_emulator.env stop $id
  dev 0 --env-file others_emulator.env adopt $id --user ada --name 'Of others'
  shows err "Adopting $id"
  shows out "Of others" ada RUNNING "Zone:  "
  dev 0 --env-file others_emulator.env adopt $id --user ada
  dev 4 --env-file others_emulator.env adopt $id --user eve
  dev 3 --env-file others_emulator.env adopt nothing-0001
  dev 0 --env-file others_emulator.env stop $id
  dev 0 --env-file others_emulator.env delete $id --yes
  dev 1 --agent http://127.0.0.1:1 adopt $id
  shows err "without --agent only"
}

# on_terminal: what a person sees who works at a terminal of 80 columns.
on_terminal() {
  local id=at-a-terminal
  start_emulator terminal_emulator 0
  # The terminal's lines end with CR and LF.
  typed() {
    TERM=xterm script -qec "stty cols 80 rows 24; $1" /dev/null </dev/null | tr -d '\r' >out || fail "on a terminal: $1"
  }
  typed "'$ctl' --env-file terminal_emulator.env create $id --region eastus"
  shows out $'\e[K' "  + provisioning" "Status:  "
  typed "'$ctl' --env-file terminal_emulator.env doctor --no-registry | cat"
  [ "$(wc -L <out)" -gt 80 ] || fail "the doctor's lines are short where it writes to a pipe"
  typed "'$ctl' --env-file terminal_emulator.env doctor --no-registry"
  [ "$(sed '/^$/,$d' out | wc -L)" -le 80 ] || fail "the doctor's table is wider than the terminal"
  printf '#!/bin/sh\nprintf "%%s|" "$@" >opened\n' >browser
  chmod +x browser
  typed "BROWSER='$PWD/browser --new  window' '$ctl' --env-file terminal_emulator.env open $id"
  [ "$(<opened)" = "--new|window|$(head -n 1 out)|" ] || fail "the browser got $(<opened)"
}

on_library() {
  on_terminal
  refused
  images
  keyless
  adopted
  start_emulator emulator 0
  lifecycle --env-file emulator.env
  wrong --env-file emulator.env
  start_emulator slow_emulator 30
  interrupted --env-file slow_emulator.env
  check_stream
}

on_daemon() {
  printf '%s\n' "$key" >key
  start_daemon daemon 300
  dev 5 --agent "$url" list
  lifecycle --agent "$url" --key-file key
  wrong --agent "$url" --key-file key
  start_daemon slow_daemon 30000
  interrupted --agent "$url" --key-file key
  has_not daemon.log "$token"
  has_not slow_daemon.log "$token"
  DEV8_AGENT=$url DEV8_API_KEY=$key dev 0 list
  check_stream
}

# Both at once, each in a directory of its own.
runs=()
for backend in library daemon; do
  (
    trap end_processes EXIT
    mkdir "$backend"
    cd "$backend"
    "on_$backend"
  ) &
  runs+=($!)
done
failures=0
for run in "${runs[@]}"; do wait "$run" || failures=$((failures + 1)); done
[ $failures -eq 0 ] || exit 1
echo "dev8ctl does all of this on the daemon and with the library."
