list(APPEND SCV_WORLD_LINUX_SOURCES linux_world.cc part_executor.cc)
