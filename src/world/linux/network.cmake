list(APPEND SCV_WORLD_LINUX_SOURCES
  faults.cc
  faults_file.cc
  faults_tree.cc
  memory_fd_store.cc
  namespace.cc
  netlink.cc
  netlink_route.cc
  netlink_state.cc
  network.cc
  network_conntrack.cc
  network_difference.cc
  network_faults.cc
  network_host.cc
  network_internet.cc
  network_nftables.cc
  network_places.cc
  network_router.cc
  network_shortcuts.cc
  network_sides.cc
  network_wide_area.cc
  network_worker.cc
  unique_fd.cc
  wan_area.cc
  wan_queue.cc
  wan_settings.cc)
list(APPEND SCV_WORLD_LINUX_TESTS
  memory_fd_store_test.cc
  netlink_test.cc
  network_difference_test.cc
  network_speed_test.cc
  network_shortcuts_test.cc
  network_test.cc
  network_test_lab.cc
  network_userns_test.cc)

# The relay of a wide area: a process of its own, of few files.
add_executable(scv-wan-relay wan_relay.cc wan_link.cc wan_queue.cc wan_settings.cc unique_fd.cc)
target_link_libraries(scv-wan-relay PRIVATE scv_base)
target_include_directories(scv-wan-relay PRIVATE ${CMAKE_SOURCE_DIR}/src)

# What faults do to a lab of two regions, with real namespaces: a program of its own.
if(NOT SCV_FUZZ)
  add_executable(world_faults_test
    engines_test_support.cc
    faults_test.cc
    network_faults_test.cc
    network_test_lab.cc
    wan_area_test.cc
    wan_queue_test.cc
    wan_test_lab.cc)
  target_link_libraries(world_faults_test
    PRIVATE scv_world_linux GTest::gtest GTest::gtest_main)
  scv_precompiled_tests(world_faults_test)
  scv_unity(world_faults_test)
  add_dependencies(world_faults_test scv-wan-relay)
  gtest_discover_tests(world_faults_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endif()
