#!/usr/bin/env bash
# The man pages have exactly the options and commands that the programs take: man.sh DAEMON DEV8CTL EMULATOR
set -euo pipefail
daemon=${1:?the daemon program}
ctl=${2:?dev8ctl}
emulator=${3:?the emulator program}
pages=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../docs/man" && pwd)

failed=0
# compare PAGE WHAT < taken: what the program takes, against what the page names, both a word on each line.
compare() {
  local difference
  difference=$(diff <(sort -u) <(sort -u "$2") || true)
  if [ -n "$difference" ]; then
    printf '%s (< taken by the program, > in the page):\n%s\n' "$1" "$difference"
    failed=1
  fi
}
options_in_help() { grep -oE -- '(^|[ ,])--[a-z][a-z-]*' | sed 's/.*--//'; }
options_in_page() { grep -oE 'Fl -[a-z][a-z-]*' "$pages/$1" | sed 's/Fl -//'; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options_in_page dev8-agentd.8 >"$work/page"
"$daemon" --help | options_in_help | compare dev8-agentd.8 "$work/page"
options_in_page dev8-azure-emulator.1 >"$work/page"
"$emulator" --help | options_in_help | compare dev8-azure-emulator.1 "$work/page"

commands=$("$ctl" --help | sed -n '/^Subcommands:/,/^$/p' | sed -n 's/^  \([a-z]*\) .*/\1/p')
grep -E '^\.It Cm' "$pages/dev8ctl.1" | sed 's/\.It Cm//; s/Ar [A-Z]*//g; s/,//g' | tr -s ' ' '\n' | grep . >"$work/page"
echo "$commands" | compare "dev8ctl.1, commands" "$work/page"
options_in_page dev8ctl.1 >"$work/page"
{
  "$ctl" --help
  for command in $commands; do "$ctl" "$command" --help; done
} | options_in_help | compare "dev8ctl.1, options" "$work/page"

# Where there is a man, it formats them without a warning.
for page in "$pages"/*; do
  command -v man >/dev/null || break
  said=$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null || true)
  [ -z "$said" ] || { echo "$page: $said"; failed=1; }
done
exit $failed
