#include "control/lab_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "control/lab_plan_context.h"
#include "control/topology_fixture.h"

namespace scv::control {
namespace {

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
                                          "names vpc-1",
                                          "names ",
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
                                          "health check front/ap-northeast-2a",
                                          "health check front/ap-northeast-2b",
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
