#!/usr/bin/env bash
# Builds the Debian packages, checks them with lintian, and installs, uses, and purges them in a fresh Debian of its own:
#   debian.sh BUILD_DIRECTORY WORK_DIRECTORY
# Needs root for chroot, and a mirror of Debian: that of the machine's own apt sources.
set -euo pipefail
# What is mounted here is seen by nobody else, and is gone at the end.
[ -n "${DEV8_OWN_MOUNTS:-}" ] || exec env DEV8_OWN_MOUNTS=1 unshare --mount --propagation private bash "$0" "$@"
usage="usage: debian.sh BUILD_DIRECTORY WORK_DIRECTORY"
build=$(realpath -m "${1:?$usage}")
work=$(realpath -m "${2:?$usage}")
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
root=$work/root
rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

"$top/cmake/setup.sh" lintian debootstrap
"$top/cmake/debian/build.sh" "$build" >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log"; fail "no packages"; }
packages=("$build"/packages/*.deb)
[ ${#packages[@]} -eq 7 ] || fail "${#packages[@]} packages instead of 7"

echo "== lintian"
# Not asked: what packages of Debian itself need, a bug that wants them and a maintainer's address; scripts that CPack adds.
not_asked=initial-upload-closes-no-bugs,bogus-mail-host,bogus-mail-host-in-debian-changelog,maintscript-calls-ldconfig
lintian --allow-root --fail-on error,warning --suppress-tags $not_asked "${packages[@]}"

echo "== symbols"
# symbols PACKAGE NAME: its symbols file has the name.
symbols() {
  dpkg-deb --ctrl-tarfile "$build"/packages/"$1"_*.deb | tar -x --to-stdout ./symbols >"$work/symbols" || fail "$1 has no symbols file"
  grep -q "^ $2@" "$work/symbols" || fail "the symbols file of $1 has no $2"
}
symbols libdev8agent0.1 _ZN9dev8agent4v0_123EnvironmentOrchestrator16from_environmentEv
symbols libdev8agent-emulator0.1 _ZNK9dev8agent8emulator4v0_18Emulator6groupsEv
symbols libdev8agent-c0 dev8_create
# A name that the reference has and the library has not.
reference=$top/libdev8agent/abi/libdev8agent.abi.xz
xz --decompress --stdout "$reference" | sed "0,/<elf-symbol name='_ZN/s//<elf-symbol name='_ZN3goneEv_ZN/" | xz -1 >"$work/reference.xz"
! "$top/cmake/debian/symbols.sh" "$build"/libdev8agent/libdev8agent.so libdev8agent0.1 0.1.0 "$work/reference.xz" "$work/none" \
  >"$work/gone" 2>&1 || fail "a name may disappear"
grep -q _ZN3goneEv "$work/gone" || fail "a name that disappears is not told: $(<"$work/gone")"

echo "== a fresh Debian"
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(CREATED_BY)' |
  awk '$3 == "Packages" && $2 == "bookworm" { print $1; exit }')
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/debootstrap.log" || fail "no Debian: see $work/debootstrap.log"
mount -t proc proc "$root/proc"
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
mkdir -p "$root/packages/build/debian/packages"
cp "${packages[@]}" "$root/packages/build/debian/packages"
# Where apt finds what the packages need: as this machine does.
cp -r /etc/apt/. "$root/etc/apt/"

echo "== install"
in_root apt-get update -qq
# The daemon by the commands of docs/operations.md: with the packages as they were built, and stand-ins for the editor and for
# systemd, which does not run here.
mkdir -p "$root/packages/cmake/debian"
printf '#!/bin/sh\nls build/debian/packages/*.deb\n' >"$root/packages/cmake/debian/build.sh"
chmod +x "$root/packages/cmake/debian/build.sh"
{
  cat <<'STAND_INS'
set -euo pipefail
cd /packages
apt() { apt-get "$1" -y -qq --no-install-recommends "${@:2}"; }
editor() {
  ! dev8-agentd --check-config --env-file "$1" >/packages/empty 2>&1 || { echo "an empty configuration is accepted"; return 1; }
  for setting in AZURE_SUBSCRIPTION_ID=33333333-3333-4333-8333-333333333333 AZURE_RESOURCE_GROUP=group AZURE_STORAGE_ACCOUNT=account \
    API_KEYS=0123456789abcdef0123456789abcdef; do
    grep -q "^${setting%%=*}=" "$1" || echo "${setting%%=*}=" >>"$1"
    sed -i "s|^${setting%%=*}=.*|$setting|" "$1"
  done
}
systemctl() { [ "$*" = "enable --now dev8-agentd" ] && [ -s /lib/systemd/system/dev8-agentd.service ]; }
STAND_INS
  awk '/^```sh$/ { take = 1; all = ""; next } /^```/ { if (take && all ~ /apt install/) printf "%s", all; take = 0 } take { all = all $0 "\n" }' \
    "$top/docs/operations.md"
} >"$root/packages/commands"
grep -q '^apt install' "$root/packages/commands" || fail "docs/operations.md has no commands for the installation"
in_root bash /packages/commands >"$work/install.log" 2>&1 || { tail -n 20 "$work/install.log"; fail "docs/operations.md: the installation"; }
grep -q AZURE_SUBSCRIPTION_ID "$root/packages/empty" || fail "the check of the configuration says: $(<"$root/packages/empty")"
in_root sh -c 'apt-get install -y -qq --no-install-recommends /packages/build/debian/packages/*.deb' >"$work/install.log" 2>&1 ||
  { tail -n 20 "$work/install.log"; fail "they cannot be installed"; }
[ "$(stat -c '%a %u' "$root/etc/dev8-agentd/agent.env")" = "600 0" ] || fail "others may read the configuration"
for file in usr/share/man/man8/dev8-agentd.8.gz usr/share/man/man1/dev8ctl.1.gz usr/share/man/man1/dev8-azure-emulator.1.gz \
  usr/share/bash-completion/completions/dev8ctl usr/share/zsh/vendor-completions/_dev8ctl \
  usr/share/fish/vendor_completions.d/dev8ctl.fish lib/systemd/system/dev8-agentd.service; do
  [ -s "$root/$file" ] || fail "no $file"
done
grep -q '^ExecStart=/usr/bin/dev8-agentd$' "$root/lib/systemd/system/dev8-agentd.service" || fail "the unit starts another program"
grep -q '^DynamicUser=yes$' "$root/lib/systemd/system/dev8-agentd.service" || fail "the service has no user of its own"

echo "== a lifecycle: the daemon and the command line"
exec 3< <(chroot "$root" /usr/bin/env -i PATH=/usr/bin AGENT_DEV_PROVISIONING_MS=10 AGENT_DEV_START_MS=10 \
  dev8-agentd --dev --port 0 2>"$work/daemon.log")
daemon=$!
read -r line <&3 || fail "the daemon does not start"
url=${line##* }
ctl() { in_root dev8ctl --agent "$url" "$@"; }
ctl create workspace-0001 --label team=blue >"$work/created"
grep -q RUNNING "$work/created" || fail "no environment"
ctl stop workspace-0001 && ctl start workspace-0001 >/dev/null && ctl delete workspace-0001 --yes --force
kill "$daemon"
wait "$daemon" || true

echo "== a program in C and one in C++"
in_root apt-get install -y -qq --no-install-recommends g++ pkg-config dpkg-dev >"$work/compiler.log" 2>&1 || fail "no compiler"
cp "$top/examples/c/lifecycle.c" "$top/tests/package/consumer.cpp" "$root/root/"
in_root sh -c 'cd && cc lifecycle.c $(pkg-config --cflags --libs dev8agent-c) -o in-c &&
  g++ -std=c++20 consumer.cpp $(pkg-config --cflags --libs dev8agent-emulator) -o in-cpp && ./in-cpp'
# What a package of this program would depend on: the symbols files say it.
needs=$(in_root sh -c 'cd && mkdir debian && printf "Source: in-cpp\n\nPackage: in-cpp\nArchitecture: any\n" >debian/control && dpkg-shlibdeps -O in-cpp')
for package in libdev8agent0.1 libdev8agent-emulator0.1; do
  [[ $needs == *"$package (>= "* ]] || fail "dpkg-shlibdeps finds no $package: $needs"
done
rm -r "$root"/root/*

echo "== purge"
names=$(for package in "${packages[@]}"; do dpkg-deb -f "$package" Package; done)
# shellcheck disable=SC2086
in_root dpkg --purge $names >"$work/purge.log" 2>&1 || { cat "$work/purge.log"; fail "they cannot be purged"; }
left=$(in_root find / -xdev -name '*dev8*' -not -path '/packages*' -not -path '/var/log/*')
[ -z "$left" ] || fail "a purge leaves: $left"
umount "$root/proc"
rm -rf --one-file-system "$root"
echo "The packages are sound: $(echo "$names" | tr '\n' ' ')"
