# The engines behind the lab's parts. Their tests start real servers: a program of their own.
list(APPEND SCV_WORLD_LINUX_SOURCES
  access_log.cc
  access_log_line.cc
  octet_frames.cc
  certificate_authority.cc
  certificate_x509.cc
  database_admin.cc
  database_cut.cc
  database_disk.cc
  database_facts.cc
  database_monitor.cc
  database_probe.cc
  database_role.cc
  database_server.cc
  database_setup.cc
  database_template.cc
  dns_query.cc
  door.cc
  haproxy_socket.cc
  silent_peers.cc load_balancer.cc
  load_balancer_node.cc
  name_database.cc
  name_server.cc)

list(APPEND SCV_WORLD_LINUX_TESTS access_log_line_test.cc octet_frames_test.cc)

if(NOT SCV_FUZZ)
  add_executable(world_engines_test
    certificate_authority_test.cc
    door_test.cc
    engines_test_support.cc
    load_balancer_test.cc
    load_balancer_test_lab.cc
    name_server_test.cc
    network_test_lab.cc)
  target_link_libraries(world_engines_test
    PRIVATE scv_world_linux GTest::gtest GTest::gtest_main)
  scv_precompiled_tests(world_engines_test)
  scv_unity(world_engines_test)
  gtest_discover_tests(world_engines_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)

  add_executable(world_database_test
    database_disk_test.cc
    database_replication_test.cc
    database_test.cc
    database_test_lab.cc
    engines_test_support.cc
    network_test_lab.cc)
  target_link_libraries(world_database_test
    PRIVATE scv_world_linux GTest::gtest GTest::gtest_main)
  scv_precompiled_tests(world_database_test)
  scv_unity(world_database_test)
  # In one process: the tests share the template, which is most of the work.
  add_test(NAME Database COMMAND world_database_test)
  set_tests_properties(Database PROPERTIES TIMEOUT 300)
endif()
