#!/usr/bin/env bash
# That examples/quickstart.sh --serve prints the address of a daemon that goes on, and of its console. It runs in a tree whose
# programs are those of this build. Usage: quickstart.sh DAEMON WORKSPACE
set -euo pipefail
daemon=$(realpath "$1")
workspace=$(realpath "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v curl >/dev/null || { echo "skipped: no curl on this machine"; exit 77; }
work=$(mktemp -d)
pid=
end() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
fail() {
  echo "FAILED: $*"
  cat "$work/said" "$work/tree/build/quickstart-daemon.log" 2>/dev/null || true
  exit 1
}

# The workspace runs as another user where the daemon is root's.
chmod 755 "$work"
mkdir -p "$work/bin" "$work/tree/cmake" "$work/tree/build/release/dev8-agentd" "$work/tree/build/release/examples"
cp -r examples "$work/tree/"
ln -s "$daemon" "$work/tree/build/release/dev8-agentd/"
ln -s "$workspace" "$work/tree/build/release/examples/"
printf '#!/bin/sh\nexit 0\n' | tee "$work/tree/cmake/setup.sh" >"$work/bin/cmake"
chmod +x "$work/tree/cmake/setup.sh" "$work/bin/cmake"
for variable in $(compgen -e | grep -E '^(AZURE_|AGENT_|DEV8_)'); do unset "$variable"; done

PATH=$work/bin:$PATH "$work/tree/examples/quickstart.sh" --serve >"$work/said" 2>&1 || fail "quickstart.sh --serve"
pid=$(sed -n "s/.*'kill \([0-9]*\)' ends it.*/\1/p" "$work/said")
console=$(sed -n 's|^The web console is at \(http://[^ ]*/console/\)\.$|\1|p' "$work/said")
[ -n "$pid" ] || fail "it does not say how to end the daemon"
[ -n "$console" ] || fail "it does not print the address of the console"
curl -sS --noproxy '*' --fail -o "$work/page" "$console" || fail "$console does not answer"
grep -q '<title>' "$work/page" || fail "$console is no page: $(<"$work/page")"
grep -q 'It stays open: http' "$work/said" || fail "it leaves no workspace to open"
kill "$pid" || fail "no daemon is there any more"
timeout 60 tail --pid="$pid" -f /dev/null || fail "'kill $pid' does not end the daemon"
pid=
echo "The quick start prints the address of its console."
