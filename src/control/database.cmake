# Failover of databases; included by CMakeLists.txt beside it.
list(APPEND SCV_CONTROL_SOURCES
  database.cc
  database_json.cc
  database_looks.cc
  database_promotion.cc
  database_roles.cc
  database_sites.cc
  database_standby.cc
  database_status.cc
  database_switch.cc
)
list(APPEND SCV_CONTROL_TESTS
  database_cluster_test.cc
  database_switch_test.cc
  database_test.cc
)
