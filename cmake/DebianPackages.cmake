# Debian packages of a build with shared libraries and the prefix /usr: `cpack -G DEB` in its directory, or
# cmake/debian/build.sh, which makes such a build.
set(version ${PROJECT_VERSION}-1)
set(abi ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(DEV8AGENT_PACKAGE_MAINTAINER "libdev8agent maintainers <maintainers@localhost.localdomain>" CACHE STRING
    "Who answers for the Debian packages: NAME <MAIL>")
set(files "${CMAKE_CURRENT_LIST_DIR}/debian")
set(made "${PROJECT_BINARY_DIR}/debian")

# dev8agent_debian_package(COMPONENT NAME SECTION SUMMARY DEPENDS [TEXT ...]): a package of one component, with the
# documents that every package has.
function(dev8agent_debian_package component name section summary depends)
  string(TOUPPER ${component} key)
  set(CPACK_DEBIAN_${key}_PACKAGE_NAME ${name} PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_FILE_NAME DEB-DEFAULT PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_DEPENDS "${depends}" PARENT_SCOPE)
  string(JOIN "\n" text ${ARGN})
  set(CPACK_DEBIAN_${key}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${component} PARENT_SCOPE)
  install(FILES "${files}/copyright" "${made}/changelog.Debian.gz" "${made}/changelog.gz" DESTINATION share/doc/${name}
          COMPONENT ${component} EXCLUDE_FROM_ALL)
endfunction()

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file("${files}/changelog.in" "${made}/changelog.Debian" @ONLY)
foreach(document "${made}/changelog.Debian=changelog.Debian.gz" "${PROJECT_SOURCE_DIR}/CHANGELOG.md=changelog.gz")
  string(REGEX MATCH "^(.*)=(.*)$" pair "${document}")
  execute_process(COMMAND gzip -9nc "${CMAKE_MATCH_1}" OUTPUT_FILE "${made}/${CMAKE_MATCH_2}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# dev8agent_debian_symbols(TARGET COMPONENT): the symbols file of a C++ library, which cpack makes before the packages.
function(dev8agent_debian_symbols target component)
  string(TOUPPER ${component} key)
  set(package ${CPACK_DEBIAN_${key}_PACKAGE_NAME})
  string(REPLACE "${abi}" "" reference ${package})
  set(symbols "${made}/${package}/symbols")
  file(GENERATE OUTPUT "${made}/${package}/symbols.cmake" CONTENT
    "execute_process(COMMAND bash \"${files}/symbols.sh\" \"$<TARGET_FILE:${target}>\" ${package} ${PROJECT_VERSION}
                 \"${PROJECT_SOURCE_DIR}/libdev8agent/abi/${reference}.abi.xz\" \"${symbols}\"
                 COMMAND_ERROR_IS_FATAL ANY)
")
  set(CPACK_PRE_BUILD_SCRIPTS ${CPACK_PRE_BUILD_SCRIPTS} "${made}/${package}/symbols.cmake" PARENT_SCOPE)
  set(CPACK_DEBIAN_${key}_PACKAGE_CONTROL_EXTRA "${files}/triggers" "${symbols}" PARENT_SCOPE)
endfunction()

set(libraries "libdev8agent${abi} (= ${version})")
dev8agent_debian_package(library libdev8agent${abi} libs "development environments on Azure: library" ""
  "libdev8agent creates, starts, stops and deletes development environments on"
  "Azure Container Instances, each with its files on an Azure Files share."
  "."
  "This package has the library for programs in C++.")
dev8agent_debian_symbols(dev8agent library)
if(DEV8AGENT_BUILD_EMULATOR)
  list(APPEND libraries "libdev8agent-emulator${abi} (= ${version})")
  dev8agent_debian_package(emulator_library libdev8agent-emulator${abi} libs
    "development environments on Azure: emulator library" "libdev8agent${abi} (= ${version})"
    "libdev8agent creates, starts, stops and deletes development environments on"
    "Azure Container Instances, each with its files on an Azure Files share."
    "."
    "This package has the library that emulates Azure, for tests.")
  dev8agent_debian_symbols(dev8agent_emulator emulator_library)
endif()
if(DEV8AGENT_BUILD_C)
  list(APPEND libraries "libdev8agent-c0 (= ${version})")
  dev8agent_debian_package(c_library libdev8agent-c0 libs "development environments on Azure: C library"
    "libdev8agent${abi} (= ${version})"
    "libdev8agent creates, starts, stops and deletes development environments on"
    "Azure Container Instances, each with its files on an Azure Files share."
    "."
    "This package has the library for programs in C and in languages that call C.")
  set(CPACK_DEBIAN_C_LIBRARY_PACKAGE_CONTROL_EXTRA "${files}/triggers" "${files}/libdev8agent-c0/symbols")
endif()
string(JOIN ", " libraries ${libraries})
dev8agent_debian_package(development libdev8agent-dev libdevel "development environments on Azure: headers"
  "${libraries}, libcurl4-openssl-dev, libssl-dev"
  "libdev8agent creates, starts, stops and deletes development environments on"
  "Azure Container Instances, each with its files on an Azure Files share."
  "."
  "This package has the headers, and what CMake and pkg-config need.")
if(TARGET dev8-agentd)
  dev8agent_debian_package(daemon dev8-agentd net "development environments on Azure: daemon"
    "libdev8agent${abi} (= ${version}), libdev8agent-emulator${abi} (= ${version})"
    "dev8-agentd serves a REST API that creates, starts, stops and deletes"
    "development environments on Azure Container Instances. It needs no database:"
    "any number of daemons may serve the same environments."
    "."
    "Fill in /etc/dev8-agentd/agent.env, then enable the service dev8-agentd.")
  set(CPACK_DEBIAN_DAEMON_PACKAGE_CONTROL_EXTRA "${files}/dev8-agentd/conffiles" "${files}/dev8-agentd/postinst"
      "${files}/dev8-agentd/prerm" "${files}/dev8-agentd/postrm")
  file(READ "${PROJECT_SOURCE_DIR}/examples/deploy/dev8-agentd.service" unit)
  string(REPLACE /usr/local/bin /usr/bin unit "${unit}")
  file(WRITE "${made}/dev8-agentd.service" "${unit}")
  install(FILES "${made}/dev8-agentd.service" DESTINATION lib/systemd/system COMPONENT daemon EXCLUDE_FROM_ALL)
  install(FILES "${PROJECT_SOURCE_DIR}/examples/deploy/agent.env" DESTINATION /etc/dev8-agentd
          PERMISSIONS OWNER_READ OWNER_WRITE COMPONENT daemon EXCLUDE_FROM_ALL)
  install(FILES "${files}/dev8-agentd/lintian-overrides" DESTINATION share/lintian/overrides RENAME dev8-agentd
          COMPONENT daemon EXCLUDE_FROM_ALL)
endif()
if(TARGET dev8ctl)
  dev8agent_debian_package(dev8ctl dev8ctl utils "development environments on Azure: command line"
    "libdev8agent${abi} (= ${version})"
    "dev8ctl creates, starts, stops and deletes development environments on Azure"
    "Container Instances, by itself or through the daemon dev8-agentd.")
  foreach(completion bash=bash-completion/completions/dev8ctl zsh=zsh/vendor-completions/_dev8ctl
                     fish=fish/vendor_completions.d/dev8ctl.fish)
    string(REGEX MATCH "^(.*)=((.*)/(.*))$" parts "${completion}")
    set(shell ${CMAKE_MATCH_1})
    set(directory ${CMAKE_MATCH_3})
    set(name ${CMAKE_MATCH_4})
    add_custom_command(OUTPUT "${made}/dev8ctl.${shell}" COMMAND dev8ctl completion ${shell} > "${made}/dev8ctl.${shell}"
                       DEPENDS dev8ctl VERBATIM)
    list(APPEND completions "${made}/dev8ctl.${shell}")
    install(FILES "${made}/dev8ctl.${shell}" DESTINATION share/${directory} RENAME ${name} COMPONENT dev8ctl
            EXCLUDE_FROM_ALL)
  endforeach()
  add_custom_target(dev8ctl_completions ALL DEPENDS ${completions})
endif()
if(TARGET dev8-azure-emulator)
  dev8agent_debian_package(emulator dev8-azure-emulator utils "development environments on Azure: emulator"
    "libdev8agent${abi} (= ${version}), libdev8agent-emulator${abi} (= ${version})"
    "dev8-azure-emulator serves an emulated Azure on this machine: container groups,"
    "file shares and tokens. For tests, and for work without an account.")
endif()

set(CPACK_PACKAGE_NAME libdev8agent)
set(CPACK_PACKAGE_CONTACT "${DEV8AGENT_PACKAGE_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${DEV8AGENT_PACKAGE_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SOURCE libdev8agent)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}/libdev8agent")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY =)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
include(CPack)
