# Finds what the project builds on. cmake/setup.sh installs whatever is missing on Debian.
find_package(Threads REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)

# Debian's RapidJSON configuration names include directories but no target.
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/reader.h REQUIRED)
add_library(dev8agent_rapidjson INTERFACE)
target_include_directories(dev8agent_rapidjson SYSTEM INTERFACE "${RAPIDJSON_INCLUDE_DIR}")

# cpp-httplib 0.41 or later: the system's, or the header that cmake/setup.sh unpacked.
set(DEV8AGENT_HTTPLIB_INCLUDE_DIR "" CACHE PATH "Directory that holds httplib.h, 0.41 or later")
function(dev8agent_httplib_version directory result)
  set(${result} "0" PARENT_SCOPE)
  if(EXISTS "${directory}/httplib.h")
    file(STRINGS "${directory}/httplib.h" line REGEX "define CPPHTTPLIB_VERSION \"" LIMIT_COUNT 1)
    string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${line}")
    set(${result} "${version}" PARENT_SCOPE)
  endif()
endfunction()
foreach(candidate "${DEV8AGENT_HTTPLIB_INCLUDE_DIR}" /usr/local/include /usr/include
                  "${PROJECT_SOURCE_DIR}/build/deps/cpp-httplib")
  if(NOT TARGET dev8agent_httplib AND candidate)
    dev8agent_httplib_version("${candidate}" found)
    if(found VERSION_GREATER_EQUAL 0.41)
      message(STATUS "cpp-httplib ${found} in ${candidate}")
      add_library(dev8agent_httplib INTERFACE)
      target_include_directories(dev8agent_httplib SYSTEM INTERFACE "${candidate}")
      target_compile_definitions(dev8agent_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT
                                                             CPPHTTPLIB_LISTEN_BACKLOG=511)
      target_link_libraries(dev8agent_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
    endif()
  endif()
endforeach()
if(NOT TARGET dev8agent_httplib)
  message(FATAL_ERROR "cpp-httplib 0.41 or later was not found: run cmake/setup.sh, "
                      "or name the directory of httplib.h with -DDEV8AGENT_HTTPLIB_INCLUDE_DIR=...")
endif()

if(DEV8AGENT_BUILD_DAEMON)
  find_package(spdlog REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(prometheus-cpp REQUIRED COMPONENTS core)
endif()
if(DEV8AGENT_BUILD_TESTS)
  find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h REQUIRED)
  add_library(dev8agent_doctest INTERFACE)
  target_include_directories(dev8agent_doctest SYSTEM INTERFACE "${DOCTEST_INCLUDE_DIR}")
endif()
