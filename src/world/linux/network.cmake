list(APPEND SCV_WORLD_LINUX_SOURCES
  memory_fd_store.cc
  namespace.cc
  netlink.cc
  netlink_route.cc
  netlink_state.cc
  network.cc
  network_conntrack.cc
  network_difference.cc
  network_host.cc
  network_internet.cc
  network_nftables.cc
  network_places.cc
  network_router.cc
  network_worker.cc
  unique_fd.cc)
list(APPEND SCV_WORLD_LINUX_TESTS
  memory_fd_store_test.cc
  netlink_test.cc
  network_difference_test.cc
  network_speed_test.cc
  network_test.cc
  network_test_lab.cc
  network_userns_test.cc)
