# Installation: headers, libraries, the CMake package dev8agent (components are its targets), pkg-config files, programs
# with their man pages. Each part belongs to a component of the installation, from which DebianPackages.cmake makes a
# package.
include(CMakePackageConfigHelpers)
set(pkg_config_names dev8agent)
# Installs a library: what programs need to run as `component`, what is needed to build them as "development".
function(dev8agent_install_library target component)
  install(TARGETS ${target} EXPORT dev8agent-targets
          LIBRARY COMPONENT ${component} NAMELINK_COMPONENT development
          ARCHIVE COMPONENT development
          FILE_SET HEADERS COMPONENT development)
endfunction()
# Installs a program and its man page, where there is such a target.
function(dev8agent_install_program target component section)
  if(TARGET ${target})
    install(TARGETS ${target} RUNTIME COMPONENT ${component})
    set(page "${PROJECT_SOURCE_DIR}/docs/man/${target}.${section}")
    set(compressed "${PROJECT_BINARY_DIR}/man/${target}.${section}.gz")
    file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/man")
    execute_process(COMMAND gzip -9nc "${page}" OUTPUT_FILE "${compressed}" COMMAND_ERROR_IS_FATAL ANY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${page}")
    install(FILES "${compressed}" DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
  endif()
endfunction()

dev8agent_install_library(dev8agent library)
dev8agent_install_library(dev8agent_rest library)
if(DEV8AGENT_BUILD_EMULATOR)
  dev8agent_install_library(dev8agent_emulator emulator_library)
  list(APPEND pkg_config_names dev8agent-emulator)
endif()
if(DEV8AGENT_BUILD_C)
  dev8agent_install_library(dev8agent_c c_library)
  list(APPEND pkg_config_names dev8agent-c)
endif()
dev8agent_install_program(dev8-agentd daemon 8)
dev8agent_install_program(dev8ctl dev8ctl 1)
dev8agent_install_program(dev8-azure-emulator emulator 1)
install(FILES "${CMAKE_CURRENT_LIST_DIR}/../LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT license)

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/dev8agent)
install(EXPORT dev8agent-targets NAMESPACE dev8agent:: DESTINATION ${package_directory} COMPONENT development)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/dev8agent-config.cmake.in"
                              "${PROJECT_BINARY_DIR}/dev8agent-config.cmake" INSTALL_DESTINATION ${package_directory})
write_basic_package_version_file("${PROJECT_BINARY_DIR}/dev8agent-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/dev8agent-config.cmake" "${PROJECT_BINARY_DIR}/dev8agent-config-version.cmake"
        DESTINATION ${package_directory} COMPONENT development)

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
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
          COMPONENT development)
endforeach()
