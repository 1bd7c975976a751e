# Finds what the project builds on. cmake/setup.sh installs whatever is missing on Debian.
find_package(Threads REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)

# Debian's RapidJSON configuration names include directories but no target. Its namespace, as that of cpp-httplib
# below, gets a name of our own: a program may use another version of them beside our static libraries.
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/reader.h REQUIRED)
add_library(dev8agent_rapidjson INTERFACE)
target_include_directories(dev8agent_rapidjson SYSTEM INTERFACE "${RAPIDJSON_INCLUDE_DIR}")
target_compile_definitions(dev8agent_rapidjson INTERFACE rapidjson=dev8agent_own_rapidjson)

if(DEV8AGENT_BUILD_EMULATOR)
  include(Httplib)
endif()
if(DEV8AGENT_BUILD_DAEMON OR DEV8AGENT_BUILD_EXAMPLES)
  find_package(CLI11 REQUIRED)
endif()
if(DEV8AGENT_BUILD_DAEMON)
  find_package(prometheus-cpp REQUIRED COMPONENTS core)
endif()
if(DEV8AGENT_BUILD_TESTS)
  find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h REQUIRED)
  add_library(dev8agent_doctest INTERFACE)
  target_include_directories(dev8agent_doctest SYSTEM INTERFACE "${DOCTEST_INCLUDE_DIR}")
endif()
