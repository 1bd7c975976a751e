#!/usr/bin/env bash
# That examples/deploy fits the tree: variables, the systemd unit, YAML, and that the daemon takes the configurations.
# Usage: deploy.sh DAEMON. Exit code 77: all that could be checked is right, and a tool for the rest is missing.
set -euo pipefail
daemon=$1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
files=examples/deploy
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
missing=()
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# Every variable is documented. Words of the same form that are something else: names of address families and of CMake.
names=$(grep -ohE '\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b' "$files"/* | grep -vE '^(AF_|DDEV8AGENT_)' | sort -u)
[ "$(wc -l <<<"$names")" -ge 10 ] || fail "$files: the variables cannot be read"
for name in $names; do
  grep -q "^| \`$name\` |" docs/configuration.md || fail "$files names $name, which docs/configuration.md does not have"
done

# What the image is built from is there, and is all that CMake asks for. (Compiling it would take minutes.)
mkdir -p "$work/image/build"
for path in $(sed -nE 's/^COPY ([^-].*) [^ ]+$/\1/p' "$files/Containerfile"); do
  [ -e "$path" ] || fail "$files/Containerfile copies $path, which is not there"
  cp -r "$path" "$work/image/"
done
[ ! -d build/deps ] || cp -r build/deps "$work/image/build/"
configure=$(sed -nE 's/^RUN (cmake --preset .*) && \\$/\1/p' "$files/Containerfile")
[ -n "$configure" ] || fail "$files/Containerfile: no line configures the build"
(cd "$work/image" && eval "$configure") >"$work/configured" 2>&1 ||
  fail "$files/Containerfile: $configure: $(tail -n 5 "$work/configured")"

# The image has a stage that builds and one that runs: a number other than 0 as its user, and no shell around the daemon.
stages=$(grep -c '^FROM ' "$files/Containerfile")
last_stage=$(tac "$files/Containerfile" | sed '/^FROM /q')
[ "$stages" = 2 ] || fail "$files/Containerfile has $stages stages, not 2"
grep -q '^COPY --from=build ' <<<"$last_stage" || fail "$files/Containerfile: its last stage takes nothing from the build"
grep -qE '^USER [1-9][0-9]*:[1-9][0-9]*$' <<<"$last_stage" || fail "$files/Containerfile: its user is not a number other than 0"
grep -qE '^ENTRYPOINT \["/' <<<"$last_stage" || fail "$files/Containerfile starts the daemon with a shell"
! grep -qE '^(CMD|SHELL|HEALTHCHECK) ' <<<"$last_stage" || fail "$files/Containerfile: its last stage needs a shell"

# accepts VARIABLE=VALUE...: the daemon takes this configuration.
accepts() { (cd "$work" && env -i "$@" "$daemon" --check-config) >"$work/answer" 2>&1; }
key=0123456789abcdef0123456789abcdef
mapfile -t cluster < <(sed -nE 's/^  ([A-Z][A-Z0-9_]+): "?([^" ]*)"?( +#.*)?$/\1=\2/p' "$files/kubernetes.yaml")
accepts "${cluster[@]}" "API_KEYS=$key" "AGENT_ACTIVITY_SECRET=$key" || fail "kubernetes.yaml: $(<"$work/answer")"
if accepts "${cluster[@]}" || ! grep -q API_KEYS "$work/answer"; then
  fail "kubernetes.yaml: the daemon does not refuse to start without the Secret's keys"
fi
mapfile -t host < <(grep -E '^[A-Z]' "$files/agent.env")
azure=(AZURE_SUBSCRIPTION_ID=00000000-0000-0000-0000-000000000000 AZURE_RESOURCE_GROUP=group AZURE_STORAGE_ACCOUNT=account1)
accepts "${host[@]}" "${azure[@]}" "API_KEYS=$key" || fail "agent.env: $(<"$work/answer")"

# The commands of README.md for systemd, on a root directory of its own. The daemon is there as a build has it.
awk '/^```sh$/ { take = 1; next } /^```/ { take = 0 } take' "$files/README.md" >"$work/commands"
grep -q systemctl "$work/commands" || fail "$files/README.md: no commands for systemd"
host=$work/host
mkdir -p "$host"/usr/local/bin "$host"/etc/systemd/system "$work/clone/build/release/dev8-agentd" "$work/clone/examples"
ln -s "$(realpath "$daemon")" "$work/clone/build/release/dev8-agentd/dev8-agentd"
ln -s "$PWD/$files" "$work/clone/examples/deploy"
set +e # a subshell to the left of || would go on after a command that fails
(
  set -e
  sudo() {
    case $1 in
      install) install "${@:2:$#-2}" "$host${!#}" ;;
      systemctl) printf '%s\n' "${*:2}" >>"$work/systemctl" ;;
      *) echo "sudo $*"; return 1 ;;
    esac
  }
  cd "$work/clone"
  # shellcheck source=/dev/null
  source "$work/commands"
) >"$work/installed" 2>&1
status=$?
set -e
[ "$status" = 0 ] || fail "$files/README.md: the commands for systemd: $(<"$work/installed")"
program=$(sed -nE 's/^ExecStart=([^ ]*).*/\1/p' "$files/dev8-agentd.service")
settings=$(sed -nE 's/^EnvironmentFile=-?(.*)/\1/p' "$files/dev8-agentd.service")
[ -x "$host$program" ] && "$host$program" --version >"$work/version" || fail "$files/README.md installs no $program, which the unit starts"
[ "$(stat -c %a "$host$settings")" = 600 ] || fail "$files/README.md: others may read $settings, which the unit reads"
[ "$(<"$work/systemctl")" = $'daemon-reload\nenable --now dev8-agentd' ] && [ -s "$host/etc/systemd/system/dev8-agentd.service" ] ||
  fail "$files/README.md: systemd is told $(<"$work/systemctl")"

# The unit, with a program that is there.
if command -v systemd-analyze >/dev/null; then
  sed "s|^ExecStart=[^ ]*|ExecStart=$daemon|" "$files/dev8-agentd.service" >"$work/dev8-agentd.service"
  warnings=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$work/dev8-agentd.service" 2>&1) ||
    fail "dev8-agentd.service: $warnings"
  [ -z "$warnings" ] || fail "dev8-agentd.service: $warnings"
  # Its measure of exposure, which is 10 times what it shows: 96 for a service that has no setting of the kind.
  systemd-analyze security --offline=true --threshold=15 --no-pager "$work/dev8-agentd.service" >"$work/exposure" ||
    fail "dev8-agentd.service is exposed: $(tail -n 1 "$work/exposure")"
else
  missing+=("systemd-analyze, so the unit is not verified")
fi

for setting in Type=notify DynamicUser=yes WatchdogSec= 'ExecReload=.* -HUP '; do
  grep -q "^$setting" "$files/dev8-agentd.service" || fail "dev8-agentd.service lacks $setting"
done

# The roles have an action for every kind of call that the client makes.
for role in role role-keyless; do
  for action in containerGroups/{read,write,delete,start/action,stop/action,restart/action,containers/logs/read} \
    locations/{operations,usages,capabilities}/read; do
    grep -q "\"Microsoft.ContainerInstance/$action\"" "$files/$role.json" || fail "$files/$role.json lacks $action"
  done
  grep -q '"Microsoft.Resources/tags/write"' "$files/$role.json" || fail "$files/$role.json lacks Microsoft.Resources/tags/write"
  if command -v python3 >/dev/null; then python3 -m json.tool "$files/$role.json" >"$work/role" || fail "$files/$role.json is no JSON"; fi
done
grep -q 'listKeys' "$files/role.json" || fail "$files/role.json lacks listKeys"
! grep -q 'listKeys' "$files/role-keyless.json" || fail "$files/role-keyless.json may read keys"

# The manifests are YAML, each is an object with a kind and a name, and the pod has its rights, probes and times.
if python3 -c 'import yaml' 2>/dev/null; then
  python3 - "$files/kubernetes.yaml" <<'PYTHON' || fail "kubernetes.yaml: its manifests are not as they should be"
import sys, yaml
manifests = {}
for manifest in yaml.safe_load_all(open(sys.argv[1])):
    assert manifest["kind"] and manifest["apiVersion"] and manifest["metadata"]["name"], manifest
    manifests[manifest["kind"]] = manifest

def same(what, found, wanted):
    assert found == wanted, f"{what}: {found} instead of {wanted}"

template = manifests["Deployment"]["spec"]["template"]
pod = template["spec"]
container = pod["containers"][0]
for probe, path in (("startupProbe", "/live"), ("livenessProbe", "/live"), ("readinessProbe", "/ready")):
    same(probe, container[probe]["httpGet"]["path"], path)
same("the user", pod["securityContext"]["runAsNonRoot"], True)
rights = container["securityContext"]
same("a read-only root file system", rights["readOnlyRootFilesystem"], True)
same("more rights", rights["allowPrivilegeEscalation"], False)
same("dropped capabilities", rights["capabilities"]["drop"], ["ALL"])
assert "exec" not in str(container), "a probe or hook that needs a program in the image"
labels = template["metadata"]["labels"]
same("what disruptions spare", manifests["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"].items() <= labels.items(), True)
assert manifests["PodDisruptionBudget"]["spec"]["maxUnavailable"] < manifests["Deployment"]["spec"]["replicas"]
same("workload identity of the pods", labels["azure.workload.identity/use"], "true")
same("their account", pod["serviceAccountName"], manifests["ServiceAccount"]["metadata"]["name"])
assert manifests["ServiceAccount"]["metadata"]["annotations"]["azure.workload.identity/client-id"]
settings = manifests["ConfigMap"]["data"]
grace = container["lifecycle"]["preStop"]["sleep"]["seconds"] + int(settings["AGENT_SHUTDOWN_GRACE_SECONDS"])
assert grace + 10 <= pod["terminationGracePeriodSeconds"], "the pod is killed before the daemon has ended"
PYTHON
else
  missing+=("python3 with yaml, so the manifests are not parsed")
fi

[ "$failures" -eq 0 ] || exit 1
echo "examples/deploy agrees with the tree."
[ ${#missing[@]} -eq 0 ] || { printf 'SKIPPED, as it is missing: %s\n' "${missing[@]}"; exit 77; }
