# Compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(SCV_TEST_OPTIONS -O1)
option(SCV_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(SCV_BENCH "Build the benchmarks" OFF)
set(SCV_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize= (address,undefined or thread)")

# As CMake's Release has it, but -O3 only where it pays (src/memo): it takes a third longer.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

add_compile_options(-Wall -Wextra -Werror -Wno-psabi -fno-omit-frame-pointer
                    -fstack-protector-strong -D_GLIBCXX_ASSERTIONS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives in coroutine frames and std::optional/expected moves at -O2.
  add_compile_options(-Wno-maybe-uninitialized -Wno-mismatched-new-delete -Wno-stringop-overflow
                      -Wno-array-bounds -Wno-restrict -Wno-stringop-overread -Wno-nonnull
                      -Wno-dangling-pointer -Wno-free-nonheap-object)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
if(SCV_SANITIZE)
  add_compile_options(-fsanitize=${SCV_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SCV_SANITIZE})
endif()
if(SCV_SANITIZE MATCHES "thread")
  # ThreadSanitizer knows no fences; Asio's queues are ordered by their mutexes without them.
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(SCV_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# Boost.JSON of Debian's boost 1.81 is linked as a library, the other parts are headers only.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
                        BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_BOOST_ARRAY
                        BOOST_ALLOW_DEPRECATED_HEADERS)
add_compile_definitions(SCV_VERSION="${PROJECT_VERSION}")
