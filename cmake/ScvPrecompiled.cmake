# Headers parsed once for the whole tree instead of once per file (cmake/pch.h, pch_test.h): a build
# takes much less time on two cores. One set per kind of code, since a precompiled header
# fits only files with the same flags.
#
#   scv_precompiled(<target>)        for a library
#   scv_precompiled_tests(<target>)  for the files of a test program
#
# Off with CMAKE_DISABLE_PRECOMPILE_HEADERS, and for clang (SCV_FUZZ), which shows what lacks an
# include.
if(SCV_FUZZ)
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()

# Their libraries' own definitions, known to every file: a header that is read once has one meaning.
add_compile_definitions(BOOST_JSON_NO_LIB BOOST_JSON_DYN_LINK BOOST_CONTAINER_NO_LIB
                        BOOST_CONTAINER_DYN_LINK FMT_SHARED GTEST_HAS_PTHREAD=1)

set(SCV_PRECOMPILED_DIRECTORY ${CMAKE_BINARY_DIR}/precompiled)
file(WRITE ${SCV_PRECOMPILED_DIRECTORY}/library.cc.new "")
file(WRITE ${SCV_PRECOMPILED_DIRECTORY}/tests.cc.new "int main() { return 0; }\n")
foreach(name library tests)
  configure_file(${SCV_PRECOMPILED_DIRECTORY}/${name}.cc.new
                 ${SCV_PRECOMPILED_DIRECTORY}/${name}.cc COPYONLY)
endforeach()

add_library(scv_precompiled STATIC ${SCV_PRECOMPILED_DIRECTORY}/library.cc)
target_precompile_headers(scv_precompiled PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pch.h)

add_executable(scv_precompiled_tests ${SCV_PRECOMPILED_DIRECTORY}/tests.cc)
target_precompile_headers(scv_precompiled_tests PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pch_test.h)
target_compile_options(scv_precompiled_tests PRIVATE ${SCV_TEST_OPTIONS})

function(scv_precompiled target)
  target_precompile_headers(${target} REUSE_FROM scv_precompiled)
endfunction()

# What is tested is optimized as it ships; the tests around it compile in half the time.
function(scv_precompiled_tests target)
  target_compile_options(${target} PRIVATE ${SCV_TEST_OPTIONS})
  target_precompile_headers(${target} REUSE_FROM scv_precompiled_tests)
endfunction()
