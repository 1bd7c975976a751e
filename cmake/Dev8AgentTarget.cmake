# Language level, visibility, warnings, sanitizers and coverage, applied alike to every target of the project.
set(DEV8AGENT_SANITIZER_IGNORE "${CMAKE_CURRENT_LIST_DIR}/sanitizer-ignore.txt")
function(dev8agent_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
                                             CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                                             UNITY_BUILD_BATCH_SIZE 10)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                           -Wold-style-cast -Wconversion -Wno-sign-conversion)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)  # false alarms in std::string (GCC bug 105651)
  endif()
  if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC takes a source that another one includes for a header, where an anonymous namespace would be wrong. Its
    # uninitialised-value analysis misfires on sources this large.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage -Wno-maybe-uninitialized)
  endif()
  if(DEV8AGENT_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(NOT DEV8AGENT_SANITIZERS AND NOT DEV8AGENT_COVERAGE)
    # A program keeps what it uses of a static library, function by function, whoever links it.
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
  endif()
  if(DEV8AGENT_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
    target_link_options(${target} PUBLIC --coverage)
  endif()
  if(DEV8AGENT_SANITIZERS)
    target_compile_options(${target} PRIVATE -fsanitize=${DEV8AGENT_SANITIZERS} -fno-omit-frame-pointer
                                             -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${DEV8AGENT_SANITIZERS})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      # Clang 14 cannot assemble coroutines with the check of function types.
      target_compile_options(${target} PRIVATE -fno-sanitize=function
                                               "-fsanitize-ignorelist=${DEV8AGENT_SANITIZER_IGNORE}")
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC's uninitialised-value analysis misfires on instrumented code.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
endfunction()
