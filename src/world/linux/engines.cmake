# The engines behind the parts, included by CMakeLists.txt beside it.
list(APPEND SCV_WORLD_LINUX_SOURCES
  certificate_authority.cc
  certificate_x509.cc
  dns_query.cc
  name_database.cc
  name_server.cc)
