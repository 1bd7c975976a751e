#!/usr/bin/env bash
# Builds the Debian packages for this machine: cmake/debian/build.sh [DIRECTORY]
# DIRECTORY (build/debian) is the build; the packages are in its folder packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${1:-build/debian}
cmake/setup.sh dpkg-dev fakeroot file
source cmake/build_options.sh
architecture=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
# Debian's own flags for hardening.
CXXFLAGS=$(dpkg-buildflags --get CXXFLAGS) CPPFLAGS=$(dpkg-buildflags --get CPPFLAGS) \
  LDFLAGS=$(dpkg-buildflags --get LDFLAGS) \
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_UNITY_BUILD=ON -DBUILD_SHARED_LIBS=ON \
  -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR="lib/$architecture" "${launcher[@]}"
cmake --build "$build" -j "$jobs"
(cd "$build" && rm -rf packages && cpack -G DEB -B packages && rm -rf packages/_CPack_Packages)
ls "$build"/packages/*.deb
