#!/usr/bin/env bash
# Compares the binary interfaces of the shared libraries with the references of the last release, by libabigail:
#   abi.sh BUILD_DIRECTORY             fails where programs would have to be built anew
#   abi.sh BUILD_DIRECTORY --update    makes the present ones the references, of a new minor version
# BUILD_DIRECTORY holds the libraries with debug information. Only what the public headers declare counts. The names in
# the references are also those of the Debian symbols files (cmake/debian/symbols.sh).
set -euo pipefail
build=${1:?usage: abi.sh BUILD_DIRECTORY [--update]}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in libdev8agent libdev8agent-emulator; do
  reference=libdev8agent/abi/$name.abi.xz
  library=$(find "$build/libdev8agent" -name "${name/-/_}.so.*.*.*" | head -n 1)
  [ -n "$library" ] || { echo "FAILED: no shared $name in $build" >&2; exit 1; }
  abidw --suppr libdev8agent/abi/exported.ini --headers-dir libdev8agent/include --drop-private-types --no-corpus-path --no-comp-dir-path --no-show-locs \
    --type-id-style hash --out-file "$work/now.abi" "$library"
  if [ "${2:-}" = --update ]; then
    xz -9 --stdout "$work/now.abi" >"$reference"
    ls -l "$reference"
    continue
  fi
  xz --decompress --stdout "$reference" >"$work/reference.abi"
  # A changed size or a removed function; new functions change nothing for programs.
  abidiff --no-added-syms "$work/reference.abi" "$work/now.abi" ||
    { echo "FAILED: the binary interface of $name has changed: raise the minor version, then --update" >&2; exit 1; }
  echo "The binary interface of $name is that of the reference, or more."
done
