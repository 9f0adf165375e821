// For the tests of the topology: one region of the service as infra/terraform describes it, built
// resource by resource with ids that can be read, and a way to write attributes as JSON.
#ifndef SCV_CONTROL_TOPOLOGY_FIXTURE_H_
#define SCV_CONTROL_TOPOLOGY_FIXTURE_H_

#include <algorithm>
#include <boost/json/parse.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "control/certificate_plan.h"
#include "control/database_plan.h"
#include "control/lab_plan.h"

namespace scv::control {

inline constexpr const char* kSeoul = "ap-northeast-2";

// `attributes`: JSON with ' in place of ".
inline aws::Resource MakeResource(const std::string& region, const std::string& type,
                                  const std::string& id, std::string attributes,
                                  aws::Status status = aws::Status::kPending) {
  for (char& c : attributes) c = c == '\'' ? '"' : c;
  aws::Resource resource;
  resource.key.region = region;
  resource.key.type = type;
  resource.key.id = id;
  resource.attributes = boost::json::parse(attributes).as_object();
  resource.status = status;
  return resource;
}

inline std::string LoadBalancerArn(const std::string& name) {
  return "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/" + name + "/1";
}
inline std::string TargetGroupArn(const std::string& name) {
  return "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/" + name + "/1";
}
inline constexpr const char* kCertificateArn =
    "arn:aws:acm:ap-northeast-2:123456789012:certificate/1";

class RegionFixture {
 public:
  RegionFixture() {
    environment.regions = RegionIndexes(state);
    environment.validated_certificates = {kCertificateArn};
    AddNetwork();
    AddSecurityGroups();
    AddNames();
    AddLoadBalancer("front", false, "public", "front-alb", 8080);
    AddLoadBalancer("back", true, "web", "back-alb", 8000);
    AddFleet("web", "front");
    AddFleet("was", "back");
    AddDatabase();
    environment.database_roles[DatabaseKey(kSeoul, "memo", 0)] = {};
  }

  void Put(const std::string& type, const std::string& id, const std::string& attributes,
           const std::string& region = kSeoul) {
    state.Put(MakeResource(region, type, id, attributes));
  }
  void MarkDeleting(const std::string& type, const std::string& id,
                    const std::string& region = kSeoul) {
    auto resource = *state.Find(region, type, id);
    resource.status = aws::Status::kDeleting;
    state.Put(std::move(resource));
  }
  const aws::Resource& Get(const std::string& type, const std::string& id,
                           const std::string& region = kSeoul) const {
    return *state.Find(region, type, id);
  }
  void Launch(const std::string& id, const std::string& tier, const std::string& zone,
              const std::string& balancer) {
    InstanceRecord record;
    record.id = id;
    record.region = kSeoul;
    record.zone = kSeoul + zone;
    record.subnet_id = "subnet-" + tier + "-" + zone;
    record.vpc_id = "vpc-1";
    record.group = tier;
    record.launch_template_id = "lt-" + tier;
    record.launch_template_version = 1;
    record.lifecycle = Lifecycle::kInService;
    records.push_back(record);
    registrations.push_back(Registration{id, TargetGroupArn(balancer), false});
  }
  LabPlan Plan() { return Compile(state, records, registrations, environment, book); }

  aws::DesiredState state;
  std::vector<InstanceRecord> records;
  std::vector<Registration> registrations;
  Environment environment;
  AddressBook book;

 private:
  void AddNetwork() {
    Put("aws_vpc", "vpc-1",
        "{'cidr_block':'10.10.0.0/16','main_route_table_id':'rtb-main',"
        "'default_security_group_id':'sg-default'}");
    Put("aws_default_security_group", "sg-default", "{'vpc_id':'vpc-1'}");
    Put("aws_internet_gateway", "igw-1", "{'vpc_id':'vpc-1'}");
    int tier_number = 0;
    for (const std::string tier : {"public", "web", "was", "db"}) {
      int zone_number = 0;
      for (const std::string zone : {"a", "b"}) {
        AddSubnet(tier, zone, tier_number * 16 + zone_number++);
      }
      ++tier_number;
    }
    for (const std::string zone : {"a", "b"}) {
      Put("aws_eip", "eipalloc-" + zone,
          "{'domain':'vpc','public_ip':'203.0.113." + std::string(zone == "a" ? "1" : "2") + "'}");
      Put("aws_nat_gateway", "nat-" + zone,
          "{'allocation_id':'eipalloc-" + zone + "','subnet_id':'subnet-public-" + zone +
              "','connectivity_type':'public'}");
    }
  }
  void AddSubnet(const std::string& tier, const std::string& zone, int number) {
    const auto name = tier + "-" + zone;
    Put("aws_subnet", "subnet-" + name,
        "{'vpc_id':'vpc-1','availability_zone':'ap-northeast-2" + zone + "','cidr_block':'10.10." +
            std::to_string(number) + ".0/24','map_public_ip_on_launch':false}");
    Put("aws_route_table", "rtb-" + name, "{'vpc_id':'vpc-1','route':[]}");
    Put("aws_route_table_association", "rtbassoc-" + name,
        "{'subnet_id':'subnet-" + name + "','route_table_id':'rtb-" + name + "'}");
    if (tier == "db") return;
    const auto target = tier == "public" ? std::string("'gateway_id':'igw-1'")
                                         : "'nat_gateway_id':'nat-" + zone + "'";
    Put("aws_route", "r-" + name,
        "{'route_table_id':'rtb-" + name + "','destination_cidr_block':'0.0.0.0/0'," + target +
            "}");
  }
  void AddSecurityGroups() {
    for (const std::string name : {"front-alb", "web", "back-alb", "was", "db"}) {
      Put("aws_security_group", "sg-" + name, "{'vpc_id':'vpc-1','name':'" + name + "'}");
    }
    AddRule("ingress", "clients", "front-alb", "'cidr_ipv4':'0.0.0.0/0'", 443);
    AddPair("front-alb", "web", 8080);
    AddPair("web", "back-alb", 443);
    AddPair("back-alb", "was", 8000);
    AddPair("was", "db", 3306);
    AddRule("egress", "https-web", "web", "'cidr_ipv4':'0.0.0.0/0'", 443);
    AddRule("egress", "https-was", "was", "'cidr_ipv4':'0.0.0.0/0'", 443);
  }
  void AddPair(const std::string& from, const std::string& to, int port) {
    AddRule("ingress", from + "-" + to, to, "'referenced_security_group_id':'sg-" + from + "'",
            port);
    AddRule("egress", from + "-" + to, from, "'referenced_security_group_id':'sg-" + to + "'",
            port);
  }
  void AddRule(const std::string& direction, const std::string& id, const std::string& group,
               const std::string& side, int port) {
    const auto number = std::to_string(port);
    Put("aws_vpc_security_group_" + direction + "_rule", "sgr-" + direction + "-" + id,
        "{'security_group_id':'sg-" + group + "'," + side +
            ",'ip_protocol':'tcp','from_port':" + number + ",'to_port':" + number + "}");
  }
  void AddNames() {
    Put("aws_route53_zone", "Z1",
        "{'zone_id':'Z1','name':'scv.localhost','name_servers':['ns-1.awsdns-01.com']}", "global");
    Put("aws_route53_record", "Z1_www",
        "{'zone_id':'Z1','name':'www.scv.localhost','type':'A','alias':[{'name':"
        "'front-1.ap-northeast-2.elb.amazonaws.com','zone_id':'ZELB',"
        "'evaluate_target_health':true}]}",
        "global");
    Put("aws_route53_record", "Z1_was",
        "{'zone_id':'Z1','name':'was.ap-northeast-2','type':'A','alias':[{'name':"
        "'internal-back-1.ap-northeast-2.elb.amazonaws.com','zone_id':'ZELB',"
        "'evaluate_target_health':false}]}",
        "global");
    Put("aws_route53_record", "Z1_proof",
        "{'zone_id':'Z1','name':'_proof.scv.localhost.','type':'CNAME','ttl':60,"
        "'records':['_value.acm-validations.aws.']}",
        "global");
    Put("aws_acm_certificate", kCertificateArn,
        "{'arn':'" + std::string(kCertificateArn) +
            "','domain_name':'scv.localhost','subject_alternative_names':['www.scv.localhost',"
            "'scv.localhost'],'domain_validation_options':[{'domain_name':'scv.localhost',"
            "'resource_record_name':'_proof.scv.localhost.','resource_record_type':'CNAME',"
            "'resource_record_value':'_value.acm-validations.aws.'}]}");
    Put("aws_acm_certificate_validation", "v1",
        "{'certificate_arn':'" + std::string(kCertificateArn) + "'}");
  }
  void AddLoadBalancer(const std::string& name, bool internal, const std::string& tier,
                       const std::string& group, int port) {
    const auto arn = LoadBalancerArn(name);
    Put("aws_lb", arn,
        "{'arn':'" + arn + "','name':'" + name +
            "','load_balancer_type':'application','internal':" + (internal ? "true" : "false") +
            ",'subnets':['subnet-" + tier + "-b','subnet-" + tier + "-a'],'security_groups':['sg-" +
            group + "'],'dns_name':'" + (internal ? "internal-" : "") + name +
            "-1.ap-northeast-2.elb.amazonaws.com','idle_timeout':60,"
            "'drop_invalid_header_fields':true,'access_logs':[{'enabled':true,'bucket':'logs',"
            "'prefix':'" +
            name + "'}]}");
    const auto target_group = TargetGroupArn(name);
    Put("aws_lb_target_group", target_group,
        "{'arn':'" + target_group + "','name':'" + name +
            "','vpc_id':'vpc-1','target_type':'instance','protocol':'HTTP','port':" +
            std::to_string(port) +
            ",'deregistration_delay':'60','health_check':[{'protocol':'HTTP','path':'/healthz',"
            "'matcher':'200','port':'traffic-port','interval':6,'timeout':2,"
            "'healthy_threshold':2,'unhealthy_threshold':2}]}");
    Put("aws_lb_listener", arn + "/https",
        "{'load_balancer_arn':'" + arn +
            "','port':443,'protocol':'HTTPS','ssl_policy':'ELBSecurityPolicy-TLS13-1-2-2021-06',"
            "'certificate_arn':'" +
            kCertificateArn +
            "','routing_http_response_strict_transport_security_header_value':'max-age=31536000',"
            "'default_action':[{'type':'forward','target_group_arn':'" +
            target_group + "'}]}");
    if (internal) return;
    Put("aws_lb_listener", arn + "/http",
        "{'load_balancer_arn':'" + arn +
            "','port':80,'protocol':'HTTP','default_action':[{'type':'redirect','redirect':["
            "{'protocol':'HTTPS','port':'443','status_code':'HTTP_301'}]}]}");
  }
  void AddFleet(const std::string& tier, const std::string& balancer) {
    // "#!/bin/sh\n", in base 64
    Put("aws_launch_template", "lt-" + tier,
        "{'name':'" + tier +
            "','latest_version':1,'instance_type':'t3.micro','user_data':'IyEvYmluL3NoCg==',"
            "'network_interfaces':[{'associate_public_ip_address':'false','security_groups':['sg-" +
            tier + "']}]}");
    Launch("i-" + tier + "-1", tier, "a", balancer);
    Launch("i-" + tier + "-2", tier, "b", balancer);
  }
  void AddDatabase() {
    Put("aws_db_subnet_group", "memo",
        "{'name':'memo','subnet_ids':['subnet-db-b','subnet-db-a']}");
    Put("aws_db_parameter_group", "memo-mariadb10-11",
        "{'name':'memo-mariadb10-11','family':'mariadb10.11','parameter':[{'name':"
        "'require_secure_transport','value':'1'}]}");
    Put("aws_db_instance", "db-1",
        "{'identifier':'memo','engine':'mariadb','instance_class':'db.t4g.micro','port':3306,"
        "'address':'memo.c1.ap-northeast-2.rds.amazonaws.com','username':'memo','db_name':'memo',"
        "'db_subnet_group_name':'memo','parameter_group_name':'memo-mariadb10-11',"
        "'vpc_security_group_ids':['sg-db'],'_master_password_hash':'*0123'}");
  }
};

// What a plan says, by name.
template <typename T>
const T& SpecOf(const LabPlan& plan, lab::PartKind kind, const std::string& name,
                const std::string& region = kSeoul) {
  const auto* part = plan.Find({kind, region, name});
  if (part == nullptr) throw std::runtime_error("no part " + name);
  return std::get<T>(part->spec);
}

inline const lab::RouterSpec& Router(const LabPlan& plan) {
  return SpecOf<lab::RouterSpec>(plan, lab::PartKind::kRouter, "vpc-1");
}
inline const lab::LoadBalancerNodeSpec& Node(const LabPlan& plan, const std::string& name) {
  return SpecOf<lab::LoadBalancerNodeSpec>(plan, lab::PartKind::kLoadBalancerNode, name);
}
inline const lab::InstanceSpec& Instance(const LabPlan& plan, const std::string& name) {
  return SpecOf<lab::InstanceSpec>(plan, lab::PartKind::kInstance, name);
}
inline const lab::DatabaseSpec& Database(const LabPlan& plan) {
  return SpecOf<lab::DatabaseSpec>(plan, lab::PartKind::kDatabase, "memo");
}
inline const lab::NamesSpec& Names(const LabPlan& plan) {
  return SpecOf<lab::NamesSpec>(plan, lab::PartKind::kNames, "", "global");
}
inline const lab::RecordSpec* Record(const LabPlan& plan, const std::string& zone,
                                     const std::string& name, const std::string& type) {
  const auto records = Names(plan).zones.find(zone);
  if (records == Names(plan).zones.end()) return nullptr;
  for (const auto& record : records->second) {
    if (record.name == name && record.type == type) return &record;
  }
  return nullptr;
}

inline bool SameParts(const LabPlan& a, const LabPlan& b) {
  return std::ranges::equal(a.parts, b.parts, [](const lab::Part& x, const lab::Part& y) {
    return x.key == y.key && x.spec == y.spec && x.needs == y.needs && x.reason == y.reason;
  });
}

inline std::vector<std::string> PartNames(const LabPlan& plan) {
  std::vector<std::string> names;
  for (const auto& part : plan.parts) {
    names.push_back(std::string(lab::Name(part.key.kind)) + " " + part.key.name);
  }
  return names;
}

}  // namespace scv::control

#endif  // SCV_CONTROL_TOPOLOGY_FIXTURE_H_
