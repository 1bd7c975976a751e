# Installation: headers, libraries, the CMake package dev8agent (components are its targets), pkg-config files, daemon.
include(CMakePackageConfigHelpers)
install(TARGETS dev8agent dev8agent_emulator EXPORT dev8agent-targets FILE_SET HEADERS)
if(TARGET dev8-agentd)
  install(TARGETS dev8-agentd)
endif()
install(FILES "${CMAKE_CURRENT_LIST_DIR}/../LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/dev8agent)
install(EXPORT dev8agent-targets NAMESPACE dev8agent:: DESTINATION ${package_directory})
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/dev8agent-config.cmake.in"
                              "${PROJECT_BINARY_DIR}/dev8agent-config.cmake" INSTALL_DESTINATION ${package_directory})
write_basic_package_version_file("${PROJECT_BINARY_DIR}/dev8agent-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/dev8agent-config.cmake" "${PROJECT_BINARY_DIR}/dev8agent-config-version.cmake"
        DESTINATION ${package_directory})

# Whoever links a shared library needs that library's dependencies only for a static link (Requires.private); a static
# library needs them always.
if(BUILD_SHARED_LIBS)
  set(private .private)
  set(emulator_requires "")
else()
  set(private "")
  set(emulator_requires ", libssl >= 3.0")
endif()
file(RELATIVE_PATH path_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
foreach(name dev8agent dev8agent-emulator)
  configure_file("${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
