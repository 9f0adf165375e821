#include "aws/views_database.h"

#include <utility>

#include "aws/read_number.h"

namespace scv::aws {

DbInstance ReadDbInstance(const Resource& resource) {
  const auto& a = resource.attributes;
  DbInstance db;
  db.resource = &resource;
  db.identifier = String(a, "identifier");
  if (db.identifier.empty()) db.identifier = resource.key.id;
  db.arn = String(a, "arn");
  db.engine = String(a, "engine");
  db.engine_version = String(a, "engine_version");
  db.instance_class = String(a, "instance_class");
  db.address = String(a, "address");
  db.port = NumberOr(a, "port", 3306);
  db.zone = String(a, "availability_zone");
  db.multi_az = Boolean(a, "multi_az");
  db.publicly_accessible = Boolean(a, "publicly_accessible");
  db.subnet_group = String(a, "db_subnet_group_name");
  db.parameter_group = String(a, "parameter_group_name");
  db.security_groups = Strings(a, "vpc_security_group_ids");
  db.username = String(a, "username");
  db.database = String(a, "db_name");
  db.replicate_source = String(a, "replicate_source_db");
  db.master_password_hash = String(a, "_master_password_hash");
  return db;
}

DbSubnetGroup ReadDbSubnetGroup(const Resource& resource) {
  return {{&resource}, resource.key.id, Strings(resource.attributes, "subnet_ids")};
}

DbParameterGroup ReadDbParameterGroup(const Resource& resource) {
  DbParameterGroup group{{&resource}, resource.key.id, String(resource.attributes, "family"), {}};
  for (const auto* parameter : Blocks(resource.attributes, "parameter")) {
    if (auto name = String(*parameter, "name"); !name.empty()) {
      group.parameters.insert_or_assign(std::move(name), String(*parameter, "value"));
    }
  }
  return group;
}

}  // namespace scv::aws
