#!/usr/bin/env bash
# Installs what the build needs on Debian 12 and is quiet when nothing is missing.
# Packages come from the machine's own apt sources. cpp-httplib 0.41 comes, checksum pinned, as source package
# from a newer suite of the same mirror, unpacked under build/deps: the machine's sources stay as they are.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

packages=(g++ cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev rapidjson-dev doctest-dev
          libspdlog-dev libcli11-dev prometheus-cpp-dev curl ca-certificates xz-utils dpkg-dev "$@")

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
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

version=0.41.0
checksum=7acb492bffdd95165677d22145c2c4890e6432c5ef53d0f781defe8dec48f567  # cpp-httplib_0.41.0+ds.orig.tar.xz
target=$top/build/deps/cpp-httplib

httplib_is_recent() {
  local header=$1/httplib.h found
  [ -f "$header" ] || return 1
  found=$(sed -n 's/^#define CPPHTTPLIB_VERSION "\([0-9.]*\)".*/\1/p' "$header" | head -n1)
  [ -n "$found" ] && [ "$(printf '%s\n' 0.41 "$found" | sort -V | head -n1)" = 0.41 ]
}

mirror() {  # the address that the machine's own apt sources use for its main archive
  apt-get indextargets --format '$(SITE) $(CREATED_BY)' 2>/dev/null |
    awk '$2 == "Packages" { print $1 }' | grep -v security | head -n1
}

fetch_httplib() {
  local work site suite
  work=$(mktemp -d)
  trap 'rm -rf "$work"' RETURN
  site=$(mirror)
  [ -n "$site" ] || { echo "setup: no Debian mirror among this machine's apt sources; install cpp-httplib >= 0.41" >&2; return 1; }
  mkdir -p "$work/lists/partial"
  local options=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
                 -o Dir::State::lists="$work/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache=
                 -o APT::Sandbox::User=root)
  for suite in forky sid trixie-backports; do
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main" >"$work/sources.list"
    rm -f "$work"/lists/*_*
    apt-get "${options[@]}" -qq update >"$work/log" 2>&1 || continue
    (cd "$work" && apt-get "${options[@]}" -qq source --download-only --only-source "cpp-httplib=$(
      apt-cache "${options[@]}" showsrc cpp-httplib 2>/dev/null | sed -n "s/^Version: \($version[^ ]*\).*/\1/p" | head -n1)" >>"$work/log" 2>&1) || continue
    if echo "$checksum  $(ls "$work"/cpp-httplib_*.orig.tar.xz)" | sha256sum --check --status; then
      mkdir -p "$target"
      tar -xJf "$work"/cpp-httplib_*.orig.tar.xz -C "$work" --wildcards '*/httplib.h'
      install -m 644 "$work"/cpp-httplib-*/httplib.h "$target/httplib.h"
      return 0
    fi
    echo "setup: cpp-httplib from $suite does not match its pinned checksum" >&2
  done
  cat "$work/log" >&2
  echo "setup: cpp-httplib $version could not be fetched; put httplib.h (0.41 or later) into $target" >&2
  return 1
}

if ! httplib_is_recent /usr/include && ! httplib_is_recent /usr/local/include && ! httplib_is_recent "$target"; then
  echo "setup: fetching cpp-httplib $version"
  fetch_httplib
fi
