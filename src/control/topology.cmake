# From AWS's resources to the lab's parts; included by CMakeLists.txt beside it.
set(SCV_CONTROL_TOPOLOGY_SOURCES)
set(SCV_CONTROL_TOPOLOGY_TESTS)
