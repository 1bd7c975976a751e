#!/usr/bin/env bash
# Compares the binary interface of the shared library with the reference of the last release, by libabigail:
#   abi.sh BUILD_DIRECTORY             fails where programs would have to be built anew
#   abi.sh BUILD_DIRECTORY --update    makes the present one the reference
# BUILD_DIRECTORY holds libdev8agent.so with debug information. Only what the public headers declare counts.
set -euo pipefail
build=${1:?usage: abi.sh BUILD_DIRECTORY [--update]}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
reference=libdev8agent/abi/libdev8agent.abi.xz
library=$(find "$build/libdev8agent" -name 'libdev8agent.so.*.*.*' | head -n 1)
[ -n "$library" ] || { echo "FAILED: no shared library in $build" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
abidw --suppr libdev8agent/abi/exported.ini --headers-dir libdev8agent/include --drop-private-types --no-corpus-path --no-comp-dir-path --no-show-locs \
  --type-id-style hash --out-file "$work/now.abi" "$library"
if [ "${2:-}" = --update ]; then
  mkdir -p "$(dirname "$reference")"
  xz -9 --stdout "$work/now.abi" >"$reference"
  ls -l "$reference"
  exit 0
fi
xz --decompress --stdout "$reference" >"$work/reference.abi"
# A changed size or a removed function; new functions change nothing for programs.
abidiff --no-added-syms "$work/reference.abi" "$work/now.abi" ||
  { echo "FAILED: the binary interface has changed: raise the minor version, then --update" >&2; exit 1; }
echo "The binary interface is that of the reference, or more."
