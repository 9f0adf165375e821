# A tree that is built as a whole (./scv up, ./scv test) compiles several files of a target as one,
# which takes two thirds of the processor time. For work on single files: the preset "debug", or
# -DSCV_UNITY=OFF, which also shows what lacks an include.
#
#   scv_unity(<target>)
#
# The compiler says "redefinition" when two files of a target have helpers of the same name: rename
# one, or list the file here, to be compiled by itself.
option(SCV_UNITY "Compile several files of a target as one" OFF)

set(SCV_UNITY_APART
  src/cli/down.cc
  src/cli/events.cc
  src/cli/failover.cc
  src/cli/logs.cc
  src/control/recorded_region_test.cc
  src/daemon/graph_file.cc
  src/daemon/lab_parts_makers.cc
  src/daemon/unacknowledged.cc
  src/drill/clients_main.cc
  src/drill/report_html.cc
  src/drill/report_json.cc
  src/memo/http/request.cc
  src/memo/store/mariadb_data_test.cc
  src/memo/store/mariadb_store_test.cc
  src/memo/store/sqlite_store_test.cc
  src/provider/cloudformation_stack.cc
  src/provider/cloudformation_template.cc
  src/provider/hooks_certificate.cc
  src/provider/hooks_template.cc
  src/render/haproxy_words.cc
  src/render/nftables_peers.cc
  src/render/nftables_peers_test.cc
  src/render/nftables_test.cc
  src/services/disk_object_store.cc
  src/services/disk_object_upload.cc
  src/services/encrypted_secret_store.cc
  src/services/iam_condition.cc
  src/services/iam_policy.cc
  src/services/s3_endpoint.cc
  src/services/s3_multipart.cc
  src/services/s3_put.cc
  src/world/linux/database_template.cc
  src/world/linux/endpoint_check.cc
  src/world/linux/haproxy_socket.cc
  src/world/linux/lab_init_record.cc
  src/world/linux/load_balancer.cc
  src/world/linux/name_server.cc
  src/world/linux/netlink.cc
  src/world/linux/network.cc
  src/world/linux/network_router.cc
  src/world/linux/network_wide_area.cc
  src/world/linux/processes_store.cc
  src/world/linux/processes_test.cc
  src/world/sim/database_simulate_test.cc
  test/fault/relay_test.cc
  test/fault/sqlite_scenarios.cc)

function(scv_unity target)
  if(NOT SCV_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # It takes what is local to a file for local to a header, which these files look like.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE relative)
    if(relative IN_LIST SCV_UNITY_APART)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
