# Installation: headers, libraries, the CMake package dev8agent (components are its targets), pkg-config files, daemon,
# command line tool.
include(CMakePackageConfigHelpers)
set(libraries dev8agent)
set(pkg_config_names dev8agent)
if(DEV8AGENT_BUILD_EMULATOR)
  list(APPEND libraries dev8agent_emulator)
  list(APPEND pkg_config_names dev8agent-emulator)
endif()
if(DEV8AGENT_BUILD_C)
  list(APPEND libraries dev8agent_c)
  list(APPEND pkg_config_names dev8agent-c)
endif()
install(TARGETS ${libraries} EXPORT dev8agent-targets FILE_SET HEADERS)
if(TARGET dev8-agentd)
  install(TARGETS dev8-agentd)
endif()
if(TARGET dev8ctl)
  install(TARGETS dev8ctl)
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
  set(shared_definition " -DDEV8AGENT_SHARED_LIBRARY")
  set(emulator_requires "")
else()
  set(private "")
  set(shared_definition "")
  set(emulator_requires ", libssl >= 3.0")
endif()
file(RELATIVE_PATH path_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
foreach(name ${pkg_config_names})
  configure_file("${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
