#!/usr/bin/env bash
# Installs what the build needs on Debian 12 and is quiet when nothing is missing.
# Packages come from the machine's own apt sources. cpp-httplib comes as source package from a newer suite of the same
# mirror, unpacked under build/deps: the machine's sources stay as they are.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

packages=(g++ cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev rapidjson-dev doctest-dev
          libcli11-dev prometheus-cpp-dev curl ca-certificates xz-utils dpkg-dev "$@")

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]}"
  # A machine that has just started may be installing updates: wait for them.
  lock=(-o DPkg::Lock::Timeout=600)
  as_root apt-get "${lock[@]}" update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get "${lock[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# cpp-httplib: any version from 0.41 on and before 1.0 that is installed will do; else the pinned one; else, once the
# suites no longer carry that, the newest that they do.
pinned=0.41.0
checksum=7acb492bffdd95165677d22145c2c4890e6432c5ef53d0f781defe8dec48f567  # cpp-httplib_0.41.0+ds.orig.tar.xz
target=$top/build/deps/cpp-httplib

# in_range VERSION: true from 0.41 on and before 1.0.
in_range() {
  [[ ${1:-} =~ ^[0-9]+\.[0-9]+ ]] && [ "$(printf '%s\n' 0.41 "$1" 1.0 | sort -V | sed -n 2p)" = "$1" ] && [ "$1" != 1.0 ]
}

# usable_header DIRECTORY: true when its httplib.h is in the range.
usable_header() {
  [ -f "$1/httplib.h" ] && in_range "$(sed -n 's/^#define CPPHTTPLIB_VERSION "\([0-9.]*\)".*/\1/p' "$1/httplib.h" | head -n1)"
}

mirror() {  # the address that the machine's own apt sources use for its main archive
  apt-get indextargets --format '$(SITE) $(CREATED_BY)' 2>/dev/null |
    awk '$2 == "Packages" { print $1 }' | grep -v security | head -n1
}

# choose < VERSIONS: the Debian version to fetch, one that begins with $1 where there is one, else the newest in range.
choose() {
  local wanted=$1 best= line
  while read -r line; do
    if [[ $line == "$wanted"[+~-]* ]]; then echo "$line"; return; fi
    if in_range "${line%%[+~-]*}"; then best=$line; fi
  done < <(sort -V)
  echo "$best"
}

# fetch_from SUITE SITE WORK: unpacks the header of what choose() takes. apt checks the archive against the suite's
# signed index; the pinned version also has to have its pinned checksum.
fetch_from() {
  local suite=$1 site=$2 work=$3 version
  local options=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
                 -o Dir::State::lists="$work/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache=
                 -o APT::Sandbox::User=root)
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main" >"$work/sources.list"
  rm -rf "$work"/lists "$work"/cpp-httplib*
  mkdir -p "$work/lists/partial"
  apt-get "${options[@]}" -qq update || return 1
  version=$(apt-cache "${options[@]}" showsrc cpp-httplib | sed -n 's/^Version: //p' | choose "$pinned")
  [ -n "$version" ] || { echo "$suite has no cpp-httplib in the range"; return 1; }
  (cd "$work" && apt-get "${options[@]}" -qq source --download-only --only-source "cpp-httplib=$version") || return 1
  if [[ $version == "$pinned"[+~-]* ]]; then
    echo "$checksum  $(ls "$work"/cpp-httplib_*.orig.tar.xz)" | sha256sum --check --status ||
      { echo "cpp-httplib from $suite does not match its pinned checksum"; return 1; }
  fi
  tar -xaf "$work"/cpp-httplib_*.orig.tar.* -C "$work" --wildcards '*/httplib.h' || return 1
  mkdir -p "$target"
  install -m 644 "$work"/cpp-httplib-*/httplib.h "$target/httplib.h"
  echo "setup: unpacked cpp-httplib $version from $suite" >&3
}

fetch_httplib() {
  local work site suite
  work=$(mktemp -d)
  trap 'rm -rf "$work"' RETURN
  site=$(mirror)
  [ -n "$site" ] || { echo "setup: no Debian mirror among this machine's apt sources; install cpp-httplib 0.41 or later" >&2; return 1; }
  exec 3>&1
  for suite in forky sid trixie-backports; do
    if fetch_from "$suite" "$site" "$work" >>"$work/log" 2>&1; then return 0; fi
  done
  cat "$work/log" >&2
  echo "setup: cpp-httplib could not be fetched; put httplib.h (0.41 or later) into $target" >&2
  return 1
}

if ! usable_header /usr/include && ! usable_header /usr/local/include && ! usable_header "$target"; then
  fetch_httplib
fi
