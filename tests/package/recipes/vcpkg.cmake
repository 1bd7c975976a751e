# Stands in for vcpkg, which needs the network: runs the port as vcpkg would, with the libraries of this machine.
#   cmake -DPORT=DIRECTORY -DWORK=DIRECTORY -DHTTPLIB=PREFIX [-DLAUNCHER=PROGRAM] -P vcpkg.cmake
# WORK/packages is then what the port installs. Only the functions that the port uses are here.
cmake_minimum_required(VERSION 3.25)
set(CURRENT_PACKAGES_DIR "${WORK}/packages")
set(CURRENT_INSTALLED_DIR "${HTTPLIB}")
set(PORT_FEATURES emulator)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

function(vcpkg_check_features)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_FEATURE_OPTIONS" "FEATURES")
  set(options)
  while(arg_FEATURES)
    list(POP_FRONT arg_FEATURES feature option)
    if(feature IN_LIST PORT_FEATURES)
      list(APPEND options -D${option}=ON)
    else()
      list(APPEND options -D${option}=OFF)
    endif()
  endwhile()
  set(${arg_OUT_FEATURE_OPTIONS} ${options} PARENT_SCOPE)
endfunction()

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS;MAYBE_UNUSED_VARIABLES")
  run("${CMAKE_COMMAND}" -G Ninja -S "${arg_SOURCE_PATH}" -B "${WORK}/build" -DCMAKE_BUILD_TYPE=Release
      -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF
      -DCMAKE_UNITY_BUILD=ON -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} ${arg_OPTIONS})
endfunction()

function(vcpkg_cmake_install)
  run("${CMAKE_COMMAND}" --build "${WORK}/build" --target install)
endfunction()

# vcpkg keeps the files of CMake under share/NAME.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH" "")
  if(NOT EXISTS "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/dev8agent-config.cmake")
    message(FATAL_ERROR "the port names ${arg_CONFIG_PATH}, where no dev8agent-config.cmake is")
  endif()
endfunction()

function(vcpkg_fixup_pkgconfig)
  file(GLOB files "${CURRENT_PACKAGES_DIR}/lib/pkgconfig/*.pc")
  if(NOT files)
    message(FATAL_ERROR "the port installs no pkg-config file")
  endif()
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  file(INSTALL ${arg_FILE_LIST} DESTINATION "${CURRENT_PACKAGES_DIR}/share/dev8agent" RENAME copyright)
endfunction()

# The names of the manifest are those that the port and this file know.
file(READ "${PORT}/vcpkg.json" manifest)
string(JSON name GET "${manifest}" name)
string(JSON httplib GET "${manifest}" features emulator dependencies 0)
if(NOT name STREQUAL "dev8agent" OR NOT httplib STREQUAL "cpp-httplib")
  message(FATAL_ERROR "vcpkg.json: ${name}, ${httplib}")
endif()
include("${PORT}/portfile.cmake")
