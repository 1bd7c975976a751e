# dev8agent_test_level(level timeout libraries...): the doctest executable <level>_tests of tests/<level>/*.cpp, which
# may look at the library's internals. Each *_test.cpp is one ctest test with the label <level> and `timeout` seconds,
# so that ctest runs them in parallel and names what failed. A level without such files has no target.
function(dev8agent_test_level level timeout)
  file(GLOB sources CONFIGURE_DEPENDS "${level}/*.cpp")
  file(GLOB tests CONFIGURE_DEPENDS "${level}/*_test.cpp")
  if(NOT tests)
    return()
  endif()
  add_executable(${level}_tests main.cpp ${sources})
  dev8agent_target(${level}_tests)
  target_link_libraries(${level}_tests PRIVATE test_support ${ARGN})
  # What is tested is optimised and has all sanitizers. With them, the tests' own code takes three times as long to
  # compile.
  target_compile_options(${level}_tests PRIVATE -O0)
  if(DEV8AGENT_SANITIZERS)
    target_compile_options(${level}_tests PRIVATE -fno-sanitize=undefined)
  endif()
  # One source for each test, whose names of its own need not differ from those of others.
  set_target_properties(${level}_tests PROPERTIES UNITY_BUILD OFF)
  target_precompile_headers(${level}_tests PRIVATE support/precompiled.h)
  set_source_files_properties(main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)  # it holds doctest itself
  if((DEV8AGENT_SANITIZERS OR DEV8AGENT_COVERAGE) AND timeout LESS 600)
    set(timeout 600)  # instrumented code takes up to 50 times as long
  endif()
  foreach(source IN LISTS tests)
    get_filename_component(file "${source}" NAME)
    string(REGEX REPLACE "_test\\.cpp$" "" subject "${file}")
    add_test(NAME ${level}.${subject} COMMAND ${level}_tests --source-file=*/${file} --no-skipped-summary)
    set_tests_properties(${level}.${subject} PROPERTIES LABELS ${level} TIMEOUT ${timeout}
                         FAIL_REGULAR_EXPRESSION "test cases: +0 ")  # a test that runs nothing proves nothing
  endforeach()
endfunction()
