#include "control/lab_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "control/lab_plan_context.h"
#include "control/topology_fixture.h"

namespace scv::control {
namespace {

template <typename T>
const T& SpecOf(const LabPlan& plan, lab::PartKind kind, const std::string& name,
                const std::string& region = kSeoul) {
  const auto* part = plan.Find({kind, region, name});
  if (part == nullptr) throw std::runtime_error("no part " + name);
  return std::get<T>(part->spec);
}

const lab::RouterSpec& Router(const LabPlan& plan) {
  return SpecOf<lab::RouterSpec>(plan, lab::PartKind::kRouter, "vpc-1");
}
const lab::LoadBalancerNodeSpec& Node(const LabPlan& plan, const std::string& name) {
  return SpecOf<lab::LoadBalancerNodeSpec>(plan, lab::PartKind::kLoadBalancerNode, name);
}
const lab::InstanceSpec& Instance(const LabPlan& plan, const std::string& name) {
  return SpecOf<lab::InstanceSpec>(plan, lab::PartKind::kInstance, name);
}
const lab::DatabaseSpec& Database(const LabPlan& plan) {
  return SpecOf<lab::DatabaseSpec>(plan, lab::PartKind::kDatabase, "memo");
}
const lab::NamesSpec& Names(const LabPlan& plan) {
  return SpecOf<lab::NamesSpec>(plan, lab::PartKind::kNames, "names", "global");
}
const lab::RecordSpec* Record(const LabPlan& plan, const std::string& zone, const std::string& name,
                              const std::string& type) {
  const auto records = Names(plan).zones.find(zone);
  if (records == Names(plan).zones.end()) return nullptr;
  for (const auto& record : records->second) {
    if (record.name == name && record.type == type) return &record;
  }
  return nullptr;
}

bool SameParts(const LabPlan& a, const LabPlan& b) {
  return std::ranges::equal(a.parts, b.parts, [](const lab::Part& x, const lab::Part& y) {
    return x.key == y.key && x.spec == y.spec && x.needs == y.needs && x.reason == y.reason;
  });
}

std::vector<std::string> PartNames(const LabPlan& plan) {
  std::vector<std::string> names;
  for (const auto& part : plan.parts) {
    names.push_back(std::string(lab::Name(part.key.kind)) + " " + part.key.name);
  }
  return names;
}

TEST(LabPlan, AnEmptyStateNeedsNothing) {
  AddressBook book;
  Environment environment;
  EXPECT_TRUE(Compile({}, {}, {}, environment, book).parts.empty());
}

TEST(LabPlan, ARegionIsTheseParts) {
  RegionFixture fixture;
  const std::vector<std::string> expected{"internet internet",
                                          "router vpc-1",
                                          "name server vpc-1",
                                          "name server internet",
                                          "names names",
                                          std::string("certificate ") + kCertificateArn,
                                          "database memo",
                                          "load balancer node back/ap-northeast-2a",
                                          "load balancer node back/ap-northeast-2b",
                                          "load balancer node front/ap-northeast-2a",
                                          "load balancer node front/ap-northeast-2b",
                                          "instance i-was-1",
                                          "instance i-was-2",
                                          "instance i-web-1",
                                          "instance i-web-2",
                                          "door door"};
  EXPECT_EQ(PartNames(fixture.Plan()), expected);
}

TEST(LabPlan, NeedsAreParts) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  for (const auto& part : plan.parts) {
    for (const auto& need : part.needs) {
      EXPECT_NE(plan.Find(need), nullptr) << part.key.name << " needs " << need.name;
    }
  }
}

TEST(LabPlan, TheRouterHasTheRouteTables) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  const auto& router = Router(plan);
  EXPECT_EQ(router.cidr, "10.10.0.0/16");
  EXPECT_EQ(router.resolver, "10.10.0.2");
  EXPECT_TRUE(router.internet_gateway);
  EXPECT_EQ(router.uplink_peer, "100.64.1.1/30");
  EXPECT_EQ(router.uplink_address, "100.64.1.2/30");
  ASSERT_EQ(router.subnets.size(), 8U);
  std::map<std::string, lab::SubnetSpec> subnets;
  for (const auto& subnet : router.subnets) subnets[subnet.id] = subnet;
  EXPECT_EQ(subnets["subnet-db-a"].routes.size(), 1U) << "the VPC alone";
  EXPECT_EQ(subnets["subnet-db-a"].gateway, "10.10.48.1");
  ASSERT_EQ(subnets["subnet-public-a"].routes.size(), 2U);
  EXPECT_EQ(subnets["subnet-public-a"].routes[0].destination, "0.0.0.0/0");
  EXPECT_EQ(subnets["subnet-public-a"].routes[0].target, lab::RouteTarget::kInternetGateway);
  EXPECT_EQ(subnets["subnet-web-b"].routes[0].target, lab::RouteTarget::kNatGateway);
  EXPECT_EQ(subnets["subnet-web-b"].routes[0].nat_address, "203.0.113.2");
  EXPECT_EQ(router.nat_addresses, (std::vector<std::string>{"203.0.113.1", "203.0.113.2"}));
  ASSERT_EQ(router.public_addresses.size(), 2U) << "the front's nodes";
  EXPECT_EQ(router.public_addresses[0].address, "203.0.113.125");
  EXPECT_EQ(router.public_addresses[1].address, "203.0.113.126");
}

TEST(LabPlan, ARouteIntoNothingIsABlackHole) {
  RegionFixture fixture;
  fixture.MarkDeleting("aws_nat_gateway", "nat-b");
  fixture.MarkDeleting("aws_internet_gateway", "igw-1");
  const auto plan = fixture.Plan();
  for (const auto& subnet : Router(plan).subnets) {
    for (const auto& route : subnet.routes) {
      if (route.destination != "0.0.0.0/0") continue;
      EXPECT_EQ(route.target, lab::RouteTarget::kBlackhole) << subnet.id;
    }
  }
  EXPECT_TRUE(Router(plan).nat_addresses.empty()) << "a NAT gateway needs a way out itself";
  EXPECT_TRUE(Router(plan).public_addresses.empty());
}

TEST(LabPlan, SubnetsWithoutATableFollowTheMainOne) {
  RegionFixture fixture;
  fixture.state.Remove(fixture.Get("aws_route_table_association", "rtbassoc-db-a").key);
  fixture.Put("aws_default_route_table", "rtb-main",
              "{'vpc_id':'vpc-1','route':[{'cidr_block':'0.0.0.0/0','gateway_id':'igw-1'}]}");
  const auto plan = fixture.Plan();
  for (const auto& subnet : Router(plan).subnets) {
    if (subnet.id != "subnet-db-a") continue;
    ASSERT_EQ(subnet.routes.size(), 2U);
    EXPECT_EQ(subnet.routes[0].target, lab::RouteTarget::kInternetGateway);
  }
}

TEST(LabPlan, FirewallsAreTheGroupsUnion) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  const auto& web = Instance(plan, "i-web-1").firewall;
  ASSERT_EQ(web.ingress.size(), 1U);
  EXPECT_EQ(web.ingress[0].group, "sg-front-alb");
  EXPECT_EQ(web.ingress[0].from_port, 8080);
  ASSERT_EQ(web.egress.size(), 2U);
  EXPECT_EQ(web.resolver, "10.10.0.2");
  const auto& front_a = Node(plan, "front/ap-northeast-2a");
  const auto& front_b = Node(plan, "front/ap-northeast-2b");
  EXPECT_EQ(web.members.at("sg-front-alb"),
            (std::set<std::string>{front_a.interface.address, front_b.interface.address}));
  EXPECT_TRUE(web.members.contains("sg-back-alb"));
  EXPECT_EQ(web.members.size(), 2U) << "only groups that rules name";
  const auto& database = Database(plan).firewall;
  EXPECT_EQ(database.members.at("sg-was"),
            (std::set<std::string>{Instance(plan, "i-was-1").interface.address,
                                   Instance(plan, "i-was-2").interface.address}));
  EXPECT_TRUE(database.egress.empty());
}

TEST(LabPlan, ANewMemberTouchesFirewallsTargetsAndNamesOnly) {
  RegionFixture fixture;
  const auto before = fixture.Plan();
  fixture.Launch("i-was-3", "was", "a", "back");
  const auto after = fixture.Plan();
  for (const auto& part : after.parts) {
    const auto* old = before.Find(part.key);
    if (part.key.name == "i-was-3") continue;
    ASSERT_NE(old, nullptr);
    if (part.key.kind == lab::PartKind::kDatabase) {
      auto spec = std::get<lab::DatabaseSpec>(part.spec);
      EXPECT_EQ(spec.firewall.members.at("sg-was").size(), 3U);
      spec.firewall.members = std::get<lab::DatabaseSpec>(old->spec).firewall.members;
      EXPECT_TRUE(lab::Spec(spec) == old->spec) << "nothing but members";
    } else if (part.key.name.starts_with("back/")) {
      auto spec = std::get<lab::LoadBalancerNodeSpec>(part.spec);
      const auto& old_spec = std::get<lab::LoadBalancerNodeSpec>(old->spec);
      EXPECT_EQ(spec.target_groups[0].targets.size(), 3U);
      spec.target_groups = old_spec.target_groups;
      spec.firewall.members = old_spec.firewall.members;
      EXPECT_TRUE(spec == old_spec);
    } else if (part.key.kind != lab::PartKind::kNames) {
      EXPECT_TRUE(part.spec == old->spec) << part.key.name;
    }
  }
}

TEST(LabPlan, InlineRulesAndDefaultGroupsCountToo) {
  RegionFixture fixture;
  fixture.Put(
      "aws_security_group", "sg-inline",
      "{'vpc_id':'vpc-1','ingress':[{'from_port':22,'to_port':22,'protocol':'6',"
      "'cidr_blocks':['10.0.0.0/8'],'security_groups':[],'self':true}],"
      "'egress':[{'from_port':0,'to_port':0,'protocol':'-1','cidr_blocks':['0.0.0.0/0']}]}");
  fixture.Put("aws_security_group_rule", "sgrule-1",
              "{'type':'ingress','security_group_id':'sg-inline','protocol':'udp','from_port':1194,"
              "'to_port':1194,'source_security_group_id':'sg-web'}");
  fixture.Put("aws_instance", "i-vpn",
              "{'subnet_id':'subnet-public-a','instance_type':'t3.nano','user_data':'#!/bin/sh',"
              "'vpc_security_group_ids':['sg-inline'],'associate_public_ip_address':true}");
  fixture.Put("aws_instance", "i-bare", "{'subnet_id':'subnet-public-a','instance_type':'x9.odd'}");
  const auto plan = fixture.Plan();
  const auto& vpn = Instance(plan, "i-vpn");
  ASSERT_EQ(vpn.firewall.ingress.size(), 3U);
  EXPECT_EQ(vpn.firewall.ingress[0].protocol, "tcp");
  EXPECT_EQ(vpn.firewall.members.at("sg-inline"), (std::set<std::string>{vpn.interface.address}));
  EXPECT_EQ(vpn.firewall.egress.size(), 1U);
  EXPECT_EQ(Router(plan).public_addresses.size(), 3U);
  const auto& bare = Instance(plan, "i-bare");
  EXPECT_TRUE(bare.firewall.ingress.empty()) << "the default group is managed and has no rules";
  EXPECT_EQ(bare.limits, lab::Limits());
  EXPECT_EQ(bare.user_data, "");
  EXPECT_EQ(vpn.user_data, "#!/bin/sh");
  fixture.state.Remove(fixture.Get("aws_default_security_group", "sg-default").key);
  const auto unmanaged = fixture.Plan();
  EXPECT_EQ(Instance(unmanaged, "i-bare").firewall.egress.at(0).cidr, "0.0.0.0/0");
}

TEST(LabPlan, LoadBalancersHaveANodePerZone) {
  RegionFixture fixture;
  fixture.registrations[0].draining = true;  // i-web-1
  const auto plan = fixture.Plan();
  const auto& node = Node(plan, "front/ap-northeast-2a");
  EXPECT_FALSE(node.internal);
  EXPECT_TRUE(node.drop_invalid_header_fields);
  ASSERT_TRUE(node.access_log);
  EXPECT_EQ(node.access_log->prefix, "front");
  ASSERT_EQ(node.listeners.size(), 2U);
  EXPECT_EQ(node.listeners[0].port, 80);
  EXPECT_EQ(node.listeners[0].default_action.kind, lab::ActionSpec::Kind::kRedirect);
  EXPECT_EQ(node.listeners[0].default_action.status, 301);
  EXPECT_EQ(node.listeners[0].default_action.path, "/#{path}");
  EXPECT_EQ(node.listeners[1].certificates, (std::vector<std::string>{kCertificateArn}));
  EXPECT_EQ(node.listeners[1].strict_transport_security, "max-age=31536000");
  ASSERT_EQ(node.target_groups.size(), 1U);
  const auto& group = node.target_groups[0];
  EXPECT_EQ(group.health_check.interval, std::chrono::milliseconds(100));
  EXPECT_EQ(group.deregistration_delay, std::chrono::seconds(1));
  ASSERT_EQ(group.targets.size(), 2U);
  EXPECT_TRUE(group.targets[0].draining);
  EXPECT_FALSE(group.targets[1].draining);
  EXPECT_EQ(group.targets[0].port, 8080);
  EXPECT_EQ(group.targets[0].address, Instance(plan, "i-web-1").interface.address);
  EXPECT_TRUE(Node(plan, "back/ap-northeast-2a").internal);
  EXPECT_EQ(plan.target_group_nodes.at(TargetGroupArn("front")).size(), 2U);
}

TEST(LabPlan, AtAwsPaceNumbersAreAsWritten) {
  RegionFixture fixture;
  fixture.environment.pace.kind = PaceKind::kAws;
  const auto plan = fixture.Plan();
  const auto& check = Node(plan, "front/ap-northeast-2a").target_groups[0].health_check;
  EXPECT_EQ(check.interval, std::chrono::seconds(6));
  EXPECT_EQ(check.timeout, std::chrono::seconds(2));
  EXPECT_EQ(Record(plan, "scv.localhost", "www.scv.localhost", "A")->ttl, 60);
}

TEST(LabPlan, RulesAreOrderedAndOddOnesSaid) {
  RegionFixture fixture;
  const auto listener = LoadBalancerArn("front") + "/https";
  const auto put = [&](const std::string& id, int priority, const std::string& condition) {
    fixture.Put("aws_lb_listener_rule", id,
                "{'listener_arn':'" + listener + "','priority':" + std::to_string(priority) +
                    ",'action':[{'type':'fixed-response','fixed_response':[{'content_type':"
                    "'text/plain','message_body':'no','status_code':'403'}]}],'condition':[" +
                    condition + "]}");
  };
  put("rule-1", 20, "{'path_pattern':[{'values':['/admin*']}]}");
  put("rule-2", 10, "{'host_header':[{'values':['old.*']}]}");
  put("rule-3", 5, "{'source_ip':[{'values':['10.0.0.0/8']}]}");
  const auto plan = fixture.Plan();
  const auto& rules = Node(plan, "front/ap-northeast-2a").listeners[1].rules;
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0].hosts, (std::vector<std::string>{"old.*"}));
  EXPECT_EQ(rules[1].action.status, 403);
  EXPECT_TRUE(plan.not_honoured.contains(fixture.Get("aws_lb_listener_rule", "rule-3").key));
}

TEST(LabPlan, AListenerWaitsForItsCertificate) {
  RegionFixture fixture;
  fixture.environment.validated_certificates.clear();
  const auto plan = fixture.Plan();
  EXPECT_EQ(Node(plan, "front/ap-northeast-2a").listeners.size(), 1U);
  EXPECT_TRUE(plan.missing.contains(
      fixture.Get("aws_lb_listener", LoadBalancerArn("front") + "/https").key));
  EXPECT_TRUE(plan.missing.contains(fixture.Get("aws_acm_certificate_validation", "v1").key));
}

TEST(LabPlan, ACertificateStaysIssued) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  fixture.environment.validated_certificates.clear();  // a new process does not know yet
  fixture.book = *AddressBook::FromJson(fixture.book.ToJson());
  EXPECT_TRUE(SameParts(plan, fixture.Plan()));
}

TEST(LabPlan, ACertificateIsIssuedOnceItsProofIsServed) {
  RegionFixture fixture;
  EXPECT_EQ(ValidatedCertificates(fixture.state, Names(fixture.Plan())),
            (std::set<std::string>{kCertificateArn}));
  fixture.MarkDeleting("aws_route53_record", "Z1_proof", "global");
  EXPECT_TRUE(ValidatedCertificates(fixture.state, Names(fixture.Plan())).empty());
}

TEST(LabPlan, TheDatabaseStaysWhereItIs) {
  RegionFixture fixture;
  auto plan = fixture.Plan();
  EXPECT_EQ(Database(plan).zone, "ap-northeast-2a");
  EXPECT_EQ(Database(plan).endpoint, "memo.c1.ap-northeast-2.rds.amazonaws.com");
  EXPECT_EQ(Database(plan).parameters.at("require_secure_transport"), "1");
  EXPECT_EQ(Database(plan).master_password_hash, "*0123");
  EXPECT_GT(Database(plan).limits.memory_bytes, 0);
  const auto address = Database(plan).interface.address;
  fixture.Put("aws_subnet", "subnet-db-0",
              "{'vpc_id':'vpc-1','availability_zone':'ap-northeast-20','cidr_block':"
              "'10.10.60.0/24'}");
  fixture.Put("aws_db_subnet_group", "memo",
              "{'name':'memo','subnet_ids':['subnet-db-0','subnet-db-a','subnet-db-b']}");
  plan = fixture.Plan();
  EXPECT_EQ(Database(plan).interface.address, address) << "an earlier zone does not move it";
}

TEST(LabPlan, NamesLeadToAddresses) {
  RegionFixture fixture;
  fixture.Put("aws_route53_record", "Z1_txt",
              "{'zone_id':'Z1','name':'','type':'TXT','ttl':300,'records':['v=spf1 -all']}",
              "global");
  fixture.Put("aws_route53_record", "Z1_api",
              "{'zone_id':'Z1','name':'api','type':'A','set_identifier':'seoul',"
              "'failover_routing_policy':[{'type':'PRIMARY'}],'ttl':60,'records':['1.2.3.4']}",
              "global");
  const auto plan = fixture.Plan();
  const std::vector<std::string> front{"203.0.113.125", "203.0.113.126"};
  EXPECT_EQ(Record(plan, "scv.localhost", "www.scv.localhost", "A")->values, front);
  EXPECT_EQ(Record(plan, "amazonaws.com", "front-1.ap-northeast-2.elb.amazonaws.com", "A")->values,
            front);
  const auto* back = Record(plan, "scv.localhost", "was.ap-northeast-2.scv.localhost", "A");
  ASSERT_NE(back, nullptr);
  EXPECT_TRUE(back->values[0].starts_with("10.10.16."));
  EXPECT_EQ(Record(plan, "amazonaws.com", "memo.c1.ap-northeast-2.rds.amazonaws.com", "A")->values,
            (std::vector<std::string>{Database(plan).interface.address}));
  for (const std::string name :
       {"s3.ap-northeast-2.amazonaws.com", "*.s3.ap-northeast-2.amazonaws.com", "s3.amazonaws.com",
        "secretsmanager.ap-northeast-2.amazonaws.com", "sts.ap-northeast-2.amazonaws.com",
        "truststore.pki.rds.amazonaws.com"}) {
    const auto* record = Record(plan, "amazonaws.com", name, "A");
    ASSERT_NE(record, nullptr) << name;
    EXPECT_EQ(record->values, (std::vector<std::string>{"192.0.2.11"})) << name;
  }
  const auto& instance = Instance(plan, "i-web-1");
  EXPECT_EQ(Record(plan, "ap-northeast-2.compute.internal", instance.hostname, "A")->values,
            (std::vector<std::string>{instance.interface.address}));
  EXPECT_EQ(Record(plan, "scv.localhost", "_proof.scv.localhost", "CNAME")->values[0],
            "_value.acm-validations.aws.");
  EXPECT_EQ(Record(plan, "scv.localhost", "scv.localhost", "TXT")->values[0], "\"v=spf1 -all\"");
  EXPECT_NE(Record(plan, "scv.localhost", "scv.localhost", "SOA"), nullptr);
  EXPECT_EQ(Record(plan, "scv.localhost", "scv.localhost", "NS")->values[0], "ns-1.awsdns-01.com.");
  EXPECT_EQ(Record(plan, "scv.localhost", "api.scv.localhost", "A"), nullptr);
  EXPECT_TRUE(
      plan.not_honoured.contains(fixture.Get("aws_route53_record", "Z1_api", "global").key));
}

TEST(LabPlan, AnAliasOfNothingIsMissing) {
  RegionFixture fixture;
  fixture.MarkDeleting("aws_lb", LoadBalancerArn("front"));
  const auto plan = fixture.Plan();
  EXPECT_TRUE(plan.missing.contains(fixture.Get("aws_route53_record", "Z1_www", "global").key));
  EXPECT_EQ(plan.Find({lab::PartKind::kLoadBalancerNode, kSeoul, "front/ap-northeast-2a"}),
            nullptr);
}

TEST(LabPlan, AddressesStay) {
  RegionFixture fixture;
  const auto first = fixture.Plan();
  EXPECT_TRUE(SameParts(first, fixture.Plan()));
  // The book survives as JSON.
  auto restored = AddressBook::FromJson(fixture.book.ToJson());
  ASSERT_TRUE(restored.has_value());
  EXPECT_TRUE(*restored == fixture.book);
  fixture.book = *restored;
  EXPECT_TRUE(SameParts(first, fixture.Plan()));
  // An address of what goes is not given to what comes in its place, not even after it is gone.
  const auto address = Instance(first, "i-was-1").interface.address;
  std::erase_if(fixture.records, [](const auto& record) { return record.id == "i-was-1"; });
  fixture.Launch("i-was-0", "was", "a", "back");
  EXPECT_NE(Instance(fixture.Plan(), "i-was-0").interface.address, address);
}

TEST(LabPlan, ElasticAddressesAreNeverGivenTwice) {
  RegionFixture fixture;
  const auto before = Router(fixture.Plan()).public_addresses;
  fixture.Put("aws_eip", "eipalloc-late", "{'public_ip':'" + before[0].address + "'}");
  const auto plan = fixture.Plan();
  for (const auto& address : Router(plan).public_addresses) {
    EXPECT_NE(address.address, before[0].address);
  }
}

TEST(LabPlan, TerminatedInstancesHaveNoPart) {
  RegionFixture fixture;
  fixture.Plan();
  fixture.records[0].lifecycle = Lifecycle::kTerminated;
  const auto plan = fixture.Plan();
  EXPECT_EQ(plan.Find({lab::PartKind::kInstance, kSeoul, fixture.records[0].id}), nullptr);
  EXPECT_EQ(Node(plan, "front/ap-northeast-2a").target_groups[0].targets.size(), 1U);
}

TEST(LabPlan, LaunchTemplateVersionsAreKept) {
  RegionFixture fixture;
  fixture.Put("aws_launch_template", "lt-web",
              "{'name':'web','latest_version':2,'instance_type':'t3.small','user_data':"
              "'IyEvYmluL2Jhc2gK','vpc_security_group_ids':['sg-web'],'_versions':[{'version':1,"
              "'instance_type':'t3.micro','user_data':'IyEvYmluL3NoCg==',"
              "'vpc_security_group_ids':['sg-web']}]}");
  fixture.records[0].launch_template_version = 2;
  const auto plan = fixture.Plan();
  EXPECT_EQ(Instance(plan, "i-web-1").user_data, "#!/bin/bash\n");
  EXPECT_EQ(Instance(plan, "i-web-2").user_data, "#!/bin/sh\n");
  EXPECT_LT(Instance(plan, "i-web-2").limits.memory_bytes,
            Instance(plan, "i-web-1").limits.memory_bytes + 1);
}

// The same whatever the order of records and registrations.
TEST(LabPlan, OrderDoesNotMatter) {
  RegionFixture reference;
  for (int i = 0; i < 20; ++i) {
    reference.Launch("i-more-" + std::to_string(i), i % 2 == 0 ? "web" : "was",
                     i % 3 == 0 ? "a" : "b", i % 2 == 0 ? "front" : "back");
  }
  auto shuffled = reference;
  const auto expected = reference.Plan();
  std::mt19937 random(7);
  for (int round = 0; round < 10; ++round) {
    auto again = shuffled;
    std::shuffle(again.records.begin(), again.records.end(), random);
    std::shuffle(again.registrations.begin(), again.registrations.end(), random);
    EXPECT_TRUE(SameParts(expected, again.Plan()));
  }
}

TEST(LabPlan, HostileAttributesOnlyLeaveThingsOut) {
  RegionFixture fixture;
  fixture.Put("aws_subnet", "subnet-public-a", "{'vpc_id':7,'cidr_block':['x']}");
  fixture.Put("aws_vpc", "vpc-2", "{}");
  fixture.Put("aws_lb", "lb-odd", "{'subnets':'no','subnet_mapping':[1,{'subnet_id':null}]}");
  fixture.Put("aws_lb_listener", "l-odd", "{'load_balancer_arn':'lb-odd','port':'x'}");
  fixture.Put("aws_db_instance", "db-odd", "{'identifier':'odd','port':99999999999}");
  fixture.Put("aws_route53_record", "odd", "{'zone_id':'Z1','type':'A','alias':[{'name':'odd'}]}",
              "global");
  fixture.Put("aws_route53_record", "loop",
              "{'zone_id':'Z1','name':'l','type':'A','alias':[{'name':'l.scv.localhost'}]}",
              "global");
  fixture.Put("aws_acm_certificate", "c-odd", "{}");
  fixture.environment.validated_certificates.insert("c-odd");
  fixture.Put("aws_launch_template", "lt-web", "{'user_data':'%%%','_versions':{'version':'1'}}");
  const auto plan = fixture.Plan();
  EXPECT_FALSE(plan.parts.empty());
  EXPECT_TRUE(plan.missing.contains(fixture.Get("aws_db_instance", "db-odd").key));
}

TEST(LabPlan, ExplainsInSentences) {
  RegionFixture fixture;
  const auto before = fixture.Plan();
  EXPECT_TRUE(Explain(before, before).empty());
  EXPECT_EQ(Explain({}, before).size(), before.parts.size());
  fixture.Launch("i-was-3", "was", "a", "back");
  const auto sentences = Explain(before, fixture.Plan());
  const auto has = [&](const std::string& sentence) {
    return std::ranges::find(sentences, sentence) != sentences.end();
  };
  EXPECT_TRUE(has("makes the instance i-was-3: auto scaling group was"));
  EXPECT_TRUE(has("changes the database memo: members of security groups"));
  EXPECT_TRUE(
      has("changes the load balancer node back/ap-northeast-2a: members of security "
          "groups, 1 target added"));
  EXPECT_TRUE(has("changes the names: 1 record added"));
}

// What a decision costs; the limits are generous, the printed figures are what counts.
TEST(LabPlan, IsFast) {
  for (const int instances : {10, 1000}) {
    RegionFixture fixture;
    for (int i = 4; i < instances; ++i) {
      fixture.Launch("i-" + std::to_string(100000 + i), i % 2 == 0 ? "web" : "was",
                     i % 4 < 2 ? "a" : "b", i % 2 == 0 ? "front" : "back");
    }
    fixture.Plan();
    const auto start = std::chrono::steady_clock::now();
    constexpr int kRounds = 10;
    for (int round = 0; round < kRounds; ++round) fixture.Plan();
    const auto took =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start) /
        kRounds;
    RecordProperty("milliseconds_" + std::to_string(instances), std::to_string(took.count()));
    std::printf("a plan of %d instances takes %.2f ms\n", instances, took.count());
    EXPECT_LT(took.count(), instances == 10 ? 30.0 : 300.0);
  }
}

}  // namespace
}  // namespace scv::control
