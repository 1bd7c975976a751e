#!/usr/bin/env bash
# Makes the Debian symbols file of a C++ library: symbols.sh LIBRARY PACKAGE VERSION REFERENCE OUTPUT
# REFERENCE is that of tests/package/abi.sh, the binary interface of MAJOR.MINOR.0. Its names are all that this needs, so
# there is no second list that somebody has to keep: a name of the reference that the library no longer has is an error;
# the names of the reference are there since MAJOR.MINOR.0; others count as new in VERSION.
set -euo pipefail
usage="usage: symbols.sh LIBRARY PACKAGE VERSION REFERENCE OUTPUT"
library=${1:?$usage} package=${2:?$usage} version=${3:?$usage} reference=${4:?$usage} output=${5:?$usage}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
soname=$(objdump -p "$library" | sed -n 's/^ *SONAME *//p')
xz --decompress --stdout "$reference" | sed -n "s/^ *<elf-symbol name='\([^']*\)'.*/\1/p" | LC_ALL=C sort -u >"$work/names"
[ "$(wc -l <"$work/names")" -gt 20 ] || { echo "FAILED: $reference has no names" >&2; exit 1; }
# dpkg-gensymbols itself says nothing of a name that has gone in the version that brought it.
gone=$(nm --dynamic --defined-only "$library" | awk '{ print $NF }' | LC_ALL=C sort -u | LC_ALL=C comm -23 "$work/names" -)
[ -z "$gone" ] || {
  echo "FAILED: $library has no longer all names of $reference: raise the minor version, then tests/package/abi.sh --update" >&2
  echo "$gone" >&2
  exit 1
}
{
  echo "$soname $package #MINVER#"
  echo "* Build-Depends-Package: libdev8agent-dev"
  sed "s/.*/ &@Base ${version%.*}.0/" "$work/names"
} >"$work/symbols"
mkdir -p "$work/package" "$(dirname "$output")"
dpkg-gensymbols -q -p"$package" -v"$version" -P"$work/package" -e"$library" -I"$work/symbols" -O"$output"
