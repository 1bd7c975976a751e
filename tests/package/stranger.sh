#!/usr/bin/env bash
# The path of somebody who sees this for the first time: a fresh clone, setup, build, installation; elsewhere the program
# of the README with its CMake lines, which creates an environment on the installed emulator; then a lifecycle by the
# installed command line at the installed daemon. Usage: stranger.sh
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ -z "${DEV8_CLONE:-}" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  git clone -q "$top" "$work/clone"
  export DEV8_CLONE=$work/clone
  if [ "$(id -u)" -eq 0 ]; then
    # In the place of the checkout, where nobody else sees it, so that the compiler cache fits.
    unshare --mount --propagation private bash -c "mount --bind '$DEV8_CLONE' '$top' && exec bash '$top/tests/package/stranger.sh'"
  else
    bash "$DEV8_CLONE/tests/package/stranger.sh"
  fi
  exit 0
fi

home=$DEV8_CLONE/../home
prefix=$(realpath -m "$home/prefix")
mkdir -p "$home/tool"
processes=()
end_all() {
  local process
  for process in "${processes[@]}"; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  processes=()
}
trap end_all EXIT
fail() {
  echo "FAILED: $*" >&2
  tail -n 20 "$home"/*.log >&2
  exit 1
}
# quietly NAME COMMAND...: shows what it says when it fails.
quietly() {
  "${@:2}" >"$home/$1.log" 2>&1 || fail "${*:2}"
}

cd "$top"
[ "$(git rev-parse --show-toplevel)" = "$top" ] && [ ! -e build ] || fail "this is no fresh clone"
echo "== setup and build"
quietly setup cmake/setup.sh
source cmake/build_options.sh
quietly configure cmake --preset release -DDEV8AGENT_BUILD_TESTS=OFF "${launcher[@]}"
quietly build cmake --build --preset release -j "$jobs"
quietly install cmake --install build/release --prefix "$prefix"

echo "== the program of the README"
cd "$home/tool"
awk '/^```cpp$/ { take = 1; next } /^```/ { take = 0 } take' "$top/README.md" >tool.cpp
[ -s tool.cpp ] && [ "$(wc -l <tool.cpp)" -le 20 ] || fail "the README has no program of 20 lines at most"
{
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(tool LANGUAGES CXX)\nadd_executable(tool tool.cpp)\n'
  awk '/^```cmake$/ { take = 1; next } /^```/ { take = 0 } take' "$top/README.md"
} >CMakeLists.txt
quietly tool-configure cmake -G Ninja -S . -B build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
quietly tool-build cmake --build build

echo "== it, on the installed emulator"
PATH=$prefix/bin:$PATH
exec 3< <(exec dev8-azure-emulator --provisioning-time 1 2>"$home/emulator.log")
processes+=($!)
while read -r line <&3; do
  eval "$line"
  [[ $line != *AZURE_REGIONS* ]] || break
done
said=$(build/tool 2>&1) || fail "the program says: $said"
[[ $said == http://ws-workspace-0001.* ]] || fail "the program says: $said"

echo "== a lifecycle: the installed daemon and command line"
exec 4< <(env -i PATH="$PATH" AGENT_DEV_PROVISIONING_MS=10 AGENT_DEV_START_MS=10 dev8-agentd --dev --port 0 2>"$home/daemon.log")
processes+=($!)
read -r line <&4 || fail "the daemon does not start"
ctl() { dev8ctl --agent "${line##* }" "$@" 2>"$home/ctl.log" || fail "dev8ctl $*"; }
# is STATUS: what the environment is.
is() { [[ $(ctl get stranger-0001 -o json) == *"\"status\": \"$1\""* || $(ctl get stranger-0001 -o json) == *"\"status\":\"$1\""* ]] || fail "it is not $1"; }
ctl create stranger-0001 >/dev/null
is RUNNING
ctl stop stranger-0001 >/dev/null
is STOPPED
ctl start stranger-0001 >/dev/null
is RUNNING
ctl delete stranger-0001 --yes --force >/dev/null
[[ $(ctl list -o json) != *stranger-0001* ]] || fail "it is there after its deletion"
[ -s "$prefix/share/man/man1/dev8ctl.1.gz" ] || fail "no man page"
echo "A stranger gets there."
