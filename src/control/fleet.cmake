# The fleets: auto scaling groups and what scales, refreshes and replaces their instances; included
# by CMakeLists.txt beside it.
