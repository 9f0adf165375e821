// Typed views of RDS's resources. See views_network.h for what a view is.
#ifndef SCV_AWS_VIEWS_DATABASE_H_
#define SCV_AWS_VIEWS_DATABASE_H_

#include <map>
#include <string>
#include <vector>

#include "aws/views_network.h"

namespace scv::aws {

struct DbInstance : View {
  std::string identifier, arn, engine, engine_version, instance_class;
  std::string address;  // the endpoint's name
  int port = 3306;
  std::string zone;  // availability_zone; "": AWS chooses
  bool multi_az = false, publicly_accessible = false;
  std::string subnet_group, parameter_group;
  std::vector<std::string> security_groups;
  std::string username, database;
  std::string replicate_source;      // an identifier or ARN; "": a primary
  std::string master_password_hash;  // the provider's hidden "_master_password_hash"
};
DbInstance ReadDbInstance(const Resource& resource);

struct DbSubnetGroup : View {
  std::string name;
  std::vector<std::string> subnets;
};
DbSubnetGroup ReadDbSubnetGroup(const Resource& resource);

struct DbParameterGroup : View {
  std::string name, family;
  std::map<std::string, std::string> parameters;
};
DbParameterGroup ReadDbParameterGroup(const Resource& resource);

}  // namespace scv::aws

#endif  // SCV_AWS_VIEWS_DATABASE_H_
