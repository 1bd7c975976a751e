#!/usr/bin/env bash
# A whole life of a container group and its share through the Azure CLI, with the commands of docs/emulator.md, and those of
# docs/operations.md and docs/workspaces.md, against the emulator program over TLS: run.sh EMULATOR DIRECTORY
# The directory is for the CLI's settings and for temporary files. Exits 77 where the Azure CLI is missing.
set -euo pipefail
emulator=$(realpath "${1:?the emulator program}")
work=${2:?a directory for the settings of the CLI}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
skip() {
  echo "SKIPPED: $1"
  exit 77
}
fail() {
  echo "FAILED: $*" >&2
  cat az.error emulator.log >&2
  exit 1
}
command -v az >/dev/null || skip "the Azure CLI is not installed (Debian: azure-cli)"
rm -rf "$work"
mkdir -p "$work"
cd "$work"
work=$(pwd)
export HOME=$work AZURE_CONFIG_DIR=$work/azure AZURE_CORE_COLLECT_TELEMETRY=0 AZURE_CORE_ONLY_SHOW_ERRORS=1
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
unset AZURE_CLOUD_NAME AZURE_STORAGE_CONNECTION_STRING AZURE_STORAGE_KEY AZURE_STORAGE_SAS_TOKEN

server=
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
# A deleted share is being deleted for longer than a command takes to begin.
exec 3< <(exec "$emulator" --tls "$work/ca.pem" --provisioning-time 2 --start-time 1 --restart-time 1 \
  --share-deletion-time 3600 2>emulator.log)
server=$!
ready=
while [ -z "$ready" ] && read -r line <&3; do
  eval "$line"
  case $line in *AZURE_CA_FILE*) ready=yes ;; esac
done
: >az.error
[ -n "$ready" ] || fail "the emulator does not start"

# What the commands of the document and those below call. Each must succeed.
commands=0
az() {
  commands=$((commands + 1))
  command az "$@" 2>az.error || fail "az ${*:1:3}"
}
# tells WORDS COMMAND...: the command prints exactly these words, in as many lines as it likes.
tells() {
  local wanted=$1 told
  shift
  told=$("$@" --output tsv)
  told=${told//[[:space:]]/ }
  [ "$told" = "$wanted" ] || fail "${*:1:4}: '$told' instead of '$wanted'"
  commands=$((commands + 1))
}
# refuses TEXT COMMAND...: the command fails and says this text.
refuses() {
  local wanted=$1
  shift
  if command az "$@" >az.output 2>az.error; then fail "az ${*:1:3} is not refused"; fi
  grep -qF "$wanted" az.error || fail "az ${*:1:3}: no $wanted"
  commands=$((commands + 1))
}

# The part of the document ends with a group that runs. Its first block starts an emulator, as this script has.
awk '/^## / { here = /Azure CLI/; blocks = 0 } here && /^```sh/ { take = ++blocks > 1; next } /^```/ { take = 0 } take' \
  "$top/docs/emulator.md" >commands.sh
grep -q 'az container create' commands.sh || fail "docs/emulator.md has no commands for az"
key=  # of the storage account; the document sets it
# shellcheck source=/dev/null
source commands.sh >document.output
grep -q "listening" document.output || fail "az container logs: $(tail -n 3 document.output)"
tells "Emulator" az account show --query name
tells "$AZURE_RESOURCE_GROUP" az group list --query '[].name'
tells "$AZURE_STORAGE_ACCOUNT" az storage account list --query '[].name'
tells "Standard_LRS" az storage account show --name "$AZURE_STORAGE_ACCOUNT" --query sku.name

tells "12" az storage share show --name fs-cli --query properties.quota
refuses "ShareAlreadyExists" storage share create --name fs-cli --fail-on-exist
echo "hello from the CLI" >hello.txt
az storage directory create --share-name fs-cli --name docs >az.output
az storage file upload --share-name fs-cli --path docs/hello.txt --source hello.txt --no-progress >az.output
tells "hello.txt" az storage file list --share-name fs-cli --path docs --query '[].name'
az storage file download --share-name fs-cli --path docs/hello.txt --dest "$work/back.txt" --no-progress >az.output
cmp hello.txt back.txt

share_rm() { az storage share-rm "$1" --storage-account "$AZURE_STORAGE_ACCOUNT" "${@:2}"; }
tells "fs-rm" share_rm create --name fs-rm --quota 7 --query name
tells "fs-rm" share_rm update --name fs-rm --quota 9 --query name
tells "9" share_rm show --name fs-rm --query shareQuota
tells "fs-cli fs-rm" share_rm list --query '[].name'
tells "9" az storage share show --name fs-rm --query properties.quota
share_rm delete --name fs-rm --yes
tells "fs-cli" share_rm list --query '[].name'

# The commands of a document that have this text. What a reader fills in is filled in.
commands_with() {
  awk -v text="$2" '/^```sh/ { take = 1; all = ""; next } /^```/ { if (take && index(all, text)) printf "%s", all; take = 0 } take { all = all $0 "\n" }' \
    "$top/docs/$1" | sed "s|https://management.azure.com|$AZURE_RESOURCE_MANAGER_ENDPOINT|
      s|subscriptions/SUBSCRIPTION|subscriptions/$AZURE_SUBSCRIPTION_ID|; s|resourceGroups/GROUP|resourceGroups/$AZURE_RESOURCE_GROUP|
      s|Accounts/ACCOUNT|Accounts/$AZURE_STORAGE_ACCOUNT|; s|-name ACCOUNT|-name $AZURE_STORAGE_ACCOUNT|
      s|fs-ID|fs-leased|; s|SNAPSHOT_TIME|$snapshot|" >commands.sh
  grep -q '^az' commands.sh || fail "docs/$1 has no commands with $2"
}
# Leases on a share and on its snapshot, which docs/operations.md breaks.
az storage share create --name fs-leased >az.output
az storage share snapshot --name fs-leased --query snapshot --output tsv >snapshot.txt
snapshot=$(<snapshot.txt)
commands_with operations.md lease
for of in "" "$snapshot"; do
  az rest --method post --body '{"action": "Acquire", "leaseDuration": -1}' ${of:+--headers "x-ms-snapshot=$of"} \
    --url "$(sed -n 's/^shares=//p' commands.sh)/fs-leased/lease?api-version=2025-06-01" >az.output
done
refuses "LeaseIdMissing" storage share delete --name fs-leased --delete-snapshots include
# shellcheck source=/dev/null
source commands.sh >document.output
grep -qF "$snapshot" document.output || fail "docs/operations.md: the snapshot is not listed: $(<document.output)"
tells "true" az storage share delete --name fs-leased --delete-snapshots include --query deleted

az container show --name aci-cli --output json >shown.json
if grep -qF -e "$key" shown.json; then fail "the account key is shown"; fi
tells "Succeeded Running ws-cli.eastus.azurecontainer.io fs-cli" az container show --name aci-cli \
  --query '[provisioningState, instanceView.state, ipAddress.fqdn, volumes[0].azureFile.shareName]'
tells "COLOUR blue TOKEN None" az container show --name aci-cli \
  --query 'containers[0].environmentVariables[].[name, value]'
tells "aci-cli" az container list --query '[].name'
refuses "is reserved" container create --name aci-bad --image nginx --ip-address Public --ports 22
refuses "ResourceGroupNotFound" container create --resource-group nobody --name aci-bad --image nginx

az container stop --name aci-cli
tells "Stopped" az container show --name aci-cli --query instanceView.state
# become STATE STARTS: waits until the group is in the state and its container has been started so often.
become() {
  local deadline=$((SECONDS + 600)) told=
  until [ "$told" = "$1 $2" ]; do
    [ $SECONDS -lt $deadline ] || fail "the group is '$told', not '$1 $2'"
    told=$(az container show --name aci-cli --output tsv \
      --query "[instanceView.state, containers[0].instanceView.events[?name=='Started'].count | [0]]")
    told=${told//[[:space:]]/ }
  done
}
az container start --name aci-cli --no-wait
become Running 1
az container restart --name aci-cli --no-wait
become Running 2
tells "aci-cli" az container delete --name aci-cli --yes --query name
refuses "ResourceNotFound" container show --name aci-cli
tells "true" az storage share delete --name fs-cli --query deleted
refuses "ShareBeingDeleted" storage share create --name fs-cli --fail-on-exist
# Soft delete, as docs/workspaces.md sets it: for the account, so at the end.
commands_with workspaces.md file-service-properties
# shellcheck source=/dev/null
source commands.sh >document.output
tells "true 7" az storage account file-service-properties show --account-name "$AZURE_STORAGE_ACCOUNT" \
  --query 'shareDeleteRetentionPolicy.[enabled, days]'
refuses "MSIS9622" login --service-principal --username "$AZURE_CLIENT_ID" --password wrong --tenant "$AZURE_TENANT_ID"

kill "$server"
wait "$server"
echo "$(command az version --query '"azure-cli"' --output tsv): $commands commands went as they should"
