# The vcpkg port of the library. It builds this very tree: use it as an overlay port,
#   vcpkg install dev8agent --overlay-ports=cmake/vcpkg
# A registry puts vcpkg_from_git() with a released version in the place of the first line.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS feature_options FEATURES emulator DEV8AGENT_BUILD_EMULATOR)
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS ${feature_options} -DDEV8AGENT_BUILD_DAEMON=OFF -DDEV8AGENT_BUILD_EXAMPLES=OFF -DDEV8AGENT_BUILD_TESTS=OFF
          -DDEV8AGENT_BUILD_C=OFF -DDEV8AGENT_WARNINGS_AS_ERRORS=OFF
          "-DDEV8AGENT_HTTPLIB_INCLUDE_DIR=${CURRENT_INSTALLED_DIR}/include"
  MAYBE_UNUSED_VARIABLES DEV8AGENT_HTTPLIB_INCLUDE_DIR)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/dev8agent)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share"
     "${CURRENT_PACKAGES_DIR}/share/doc")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
