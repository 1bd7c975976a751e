# cpp-httplib, header only: the target dev8agent_httplib. The system's, or the header that cmake/setup.sh unpacked.
# From 0.41 on; versions before 1.0 are taken, those after DEV8AGENT_HTTPLIB_TESTED with a remark.
set(DEV8AGENT_HTTPLIB_TESTED 0.41)  # the newest that all tests have run with
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
    if(found VERSION_GREATER_EQUAL 0.41 AND found VERSION_LESS 1.0)
      message(STATUS "cpp-httplib ${found} in ${candidate}")
      string(REGEX MATCH "^[0-9]+\\.[0-9]+" series "${found}")
      if(series VERSION_GREATER DEV8AGENT_HTTPLIB_TESTED)
        message(STATUS "cpp-httplib ${found} is newer than ${DEV8AGENT_HTTPLIB_TESTED}, which is tested")
      endif()
      add_library(dev8agent_httplib INTERFACE)
      target_include_directories(dev8agent_httplib SYSTEM INTERFACE "${candidate}")
      # The namespace is renamed: a program may use another version beside our static libraries.
      target_compile_definitions(dev8agent_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT
                                                             CPPHTTPLIB_LISTEN_BACKLOG=511
                                                             httplib=dev8agent_own_httplib)
      target_link_libraries(dev8agent_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
    endif()
  endif()
endforeach()
if(NOT TARGET dev8agent_httplib)
  message(FATAL_ERROR "cpp-httplib 0.41 or later was not found: run cmake/setup.sh, name the directory of httplib.h "
                      "with -DDEV8AGENT_HTTPLIB_INCLUDE_DIR=..., or leave the emulator and the daemon out with "
                      "-DDEV8AGENT_BUILD_EMULATOR=OFF")
endif()
