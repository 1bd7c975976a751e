#!/usr/bin/env bash
# The path of somebody who sees this for the first time: the commands and files of docs/quick-start.md in a fresh clone, as
# they stand there. Installation; elsewhere a program, which creates an environment on the installed emulator; then a
# lifecycle by the installed command line at the installed daemon. Usage: stranger.sh
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

home=$(realpath -m "$DEV8_CLONE/../home")
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
page=$top/docs/quick-start.md
# block LANGUAGE N: the Nth block in a language.
block() {
  awk -v language="$1" -v wanted="$2" '/^```/ { if (open) { open = take = 0; next } open = 1; if ($0 == "```" language) take = ++count == wanted; next }
    take' "$page" | grep . || fail "docs/quick-start.md has no block $2 of $1"
}
# run N: the Nth block of commands. It ends with the first command that fails, and shows then what it has said.
run() {
  block sh "$1" | sed "s|http://127.0.0.1:8080|$url|" >"$home/commands"
  HOME=$home bash -euo pipefail "$home/commands" >"$home/$1.log" 2>&1 || fail "block $1 of docs/quick-start.md: $(<"$home/commands")"
}
# serve N: the command of the Nth block, which goes on. Descriptor 3 has what it says.
serve() {
  mkfifo "$home/said-$1"
  HOME=$home bash -euo pipefail -c "exec $(block sh "$1")" >"$home/said-$1" 2>"$home/$1.log" &
  processes+=($!)
  exec 3<"$home/said-$1"
}
url=""

cd "$top"
[ "$(git rev-parse --show-toplevel)" = "$top" ] && [ ! -e build ] || fail "this is no fresh clone"
[ "$(grep -c '^```sh$' "$page")" = 6 ] || fail "docs/quick-start.md has other blocks of commands than those that are run here"
# So that the compiler cache helps where there is one.
source cmake/build_options.sh
[ ${#launcher[@]} -eq 0 ] || export CMAKE_CXX_COMPILER_LAUNCHER=${launcher[0]#*=}
export CMAKE_BUILD_PARALLEL_LEVEL=$jobs
echo "== setup, build, installation"
run 1

echo "== a program"
cd "$home/tool"
block cpp 1 >tool.cpp
[ "$(wc -l <tool.cpp)" -le 20 ] || fail "the program of docs/quick-start.md has more than 20 lines"
block cmake 1 >CMakeLists.txt
CXXFLAGS="-Wall -Wextra -Werror" run 2

echo "== it, on the installed emulator"
: >emulator.env
serve 3
grep -q AZURE_REGIONS <(timeout 60 tail -n +1 --pid=$! -f emulator.env) || fail "the emulator prints no settings"
run 4
grep -q '^http://ws-workspace-0001\.' "$home/4.log" || fail "the program says: $(<"$home/4.log")"

echo "== a lifecycle: the installed daemon and command line"
export AGENT_PORT=0 AGENT_DEV_PROVISIONING_MS=10 AGENT_DEV_START_MS=10
serve 5
read -r -t 60 line <&3 || fail "the daemon does not start"
url=${line##* }
run 6
grep -q 'workspace-0002.*RUNNING' "$home/6.log" || fail "the list does not show the environment: $(<"$home/6.log")"
grep -q 'Deleted workspace-0002' "$home/6.log" || fail "it is not deleted: $(<"$home/6.log")"
[ -s "$home/dev8/share/man/man1/dev8ctl.1.gz" ] || fail "no man page"
echo "A stranger gets there."
