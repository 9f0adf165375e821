list(APPEND SCV_WORLD_LINUX_SOURCES
  memory_fd_store.cc
  unique_fd.cc)
list(APPEND SCV_WORLD_LINUX_TESTS
  memory_fd_store_test.cc)
