# From AWS's resources to the lab's parts; included by CMakeLists.txt beside it.
set(SCV_CONTROL_TOPOLOGY_SOURCES
  address_book.cc address_book_json.cc alarm_plan.cc certificate_plan.cc check_plan.cc
  database_plan.cc
  instance_plan.cc lab_plan.cc lab_plan_context.cc lab_plan_explain.cc lab_plan_index.cc
  load_balancer_plan.cc load_balancer_plan_listeners.cc load_balancer_plan_targets.cc names_plan.cc
  names_plan_routing.cc names_plan_zones.cc network_plan.cc network_plan_firewall.cc
  node_checks.cc reconcile.cc reconcile_observed.cc routing.cc routing_json.cc settled.cc
  settled_types.cc
  wide_area_plan.cc)
set(SCV_CONTROL_TOPOLOGY_TESTS
  address_book_test.cc alarm_plan_test.cc check_plan_test.cc database_plan_test.cc lab_plan_test.cc
  load_balancer_plan_test.cc names_plan_routing_test.cc names_plan_test.cc network_plan_test.cc
  reconcile_test.cc recorded_region_test.cc routing_test.cc settled_test.cc
  wide_area_plan_test.cc)
