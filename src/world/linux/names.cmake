# What watches endpoints by their names, and the tests of names that depend on place, health and
# where the client is.
list(APPEND SCV_WORLD_LINUX_SOURCES endpoint_check.cc endpoint_probe.cc)

if(NOT SCV_FUZZ)
  add_executable(world_names_test
    endpoint_check_test.cc
    engines_test_support.cc
    name_routing_test.cc
    name_test_lab.cc
    network_test_lab.cc)
  target_link_libraries(world_names_test
    PRIVATE scv_world_linux GTest::gtest GTest::gtest_main)
  scv_precompiled_tests(world_names_test)
  scv_unity(world_names_test)
  gtest_discover_tests(world_names_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endif()
