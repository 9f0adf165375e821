# The lab's init, the launcher and the first process of an instance are small programs of their own:
# they take only the files they need, not the whole room with its databases and firewalls.
add_library(scv_world_linux_processes STATIC
  cgroup.cc fd_store_client.cc lab_init_packets.cc launcher.cc launcher_spec.cc overlay.cc
  overlay_skeleton.cc overlay_upper.cc processes.cc processes_stat.cc processes_store.cc
  processes_table.cc processes_watch.cc)
target_include_directories(scv_world_linux_processes PUBLIC ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(scv_world_linux_processes
  PUBLIC scv_lab scv_base Boost::json Threads::Threads)
scv_precompiled(scv_world_linux_processes)
list(APPEND SCV_WORLD_LINUX_SOURCES $<TARGET_OBJECTS:scv_world_linux_processes>)

add_executable(scv-lab-init
  lab_init.cc lab_init_listeners.cc lab_init_namespaces.cc lab_init_options.cc lab_init_probe.cc
  lab_init_record.cc lab_init_server.cc lab_init_supervisor.cc unique_fd.cc)
add_executable(scv-launch launcher_main.cc launcher_child.cc unique_fd.cc)
add_executable(scv-instance-init
  instance_init.cc instance_init_metadata.cc instance_init_user_data.cc unique_fd.cc)
foreach(program scv-lab-init scv-launch scv-instance-init)
  target_link_libraries(${program} PRIVATE scv_world_linux_processes boost_impl)
  target_link_options(${program} PRIVATE -Wl,--as-needed)
endforeach()
# Every instance has one of its own, so what it does not share it does not need.
target_link_options(scv-instance-init PRIVATE -static-libstdc++ -static-libgcc)

if(NOT SCV_FUZZ)
  add_executable(scv-lab-init-test-daemon lab_init_test_daemon.cc unique_fd.cc)
  target_link_libraries(scv-lab-init-test-daemon PRIVATE scv_world_linux_processes)
  add_executable(world_linux_processes_test
    cgroup_test.cc fd_store_client_test.cc instance_init_test.cc lab_init_test.cc
    lab_init_test_lab.cc memory_fd_store.cc processes_test.cc unique_fd.cc)
  target_link_libraries(world_linux_processes_test
    PRIVATE scv_world_linux_processes GTest::gtest GTest::gtest_main)
  scv_precompiled_tests(world_linux_processes_test)
  scv_unity(world_linux_processes_test)
  add_dependencies(world_linux_processes_test
    scv-lab-init scv-launch scv-instance-init scv-lab-init-test-daemon)
  gtest_discover_tests(world_linux_processes_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
endif()
