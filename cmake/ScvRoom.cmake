# A room is a directory under src/: one static library that links only what it may include
# (docs/architecture.md has the table of arrows). tools/check_arrows verifies the includes as well.
#
#   scv_room(<name> SOURCES ... [LINKS ...])   the library scv_<name>
#   scv_room_that_waits()   for a directory of rooms that wait for others: they compile quickly
#   scv_room_tests(<name> SOURCES ... [LINKS ...])   its unit tests, x_test.cc beside x.cc
function(scv_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(scv_${name} STATIC ${ARG_SOURCES})
  target_include_directories(scv_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(scv_${name} PUBLIC ${ARG_LINKS})
  scv_precompiled(scv_${name})
  scv_unity(scv_${name})
endfunction()

macro(scv_room_that_waits)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-O1)
  endif()
endmacro()

function(scv_room_tests name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(SCV_FUZZ)
    return()
  endif()
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test
    PRIVATE scv_${name} ${ARG_LINKS} GTest::gtest GTest::gtest_main)
  scv_precompiled_tests(${name}_test)
  scv_unity(${name}_test)
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
