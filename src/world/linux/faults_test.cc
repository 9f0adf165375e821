// Faults injected and healed, on a real lab of two regions with real processes.
#include "world/linux/faults.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "world/linux/processes_stat.h"
#include "world/linux/wan_test_lab.h"

namespace scv::world {
namespace {

using lab::Fault;
using Kind = lab::Fault::Kind;
using std::chrono::milliseconds;

constexpr const char* kSeoul = "ap-northeast-2";

class FaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<WanTestLab>();
    Open();
  }
  void TearDown() override {
    if (faults_) {
      EXPECT_EQ(ErrorOf(faults_->HealAll()), "");
    }
  }

  void Open() {
    faults_ = nullptr;
    auto opened = Faults::Open(
        {.network = *lab_->network,
         .wide_areas = *lab_->wide_areas,
         .processes = lab_->processes,
         .processes_in =
             [this](const std::string& region, const std::string& zone) {
               std::vector<std::string> names;
               for (const auto& [name, place] : places_) {
                 if (place.starts_with(region) && (zone.empty() || place == zone)) {
                   names.push_back(name);
                 }
               }
               return names;
             },
         .process_of =
             [this](const std::string& part) { return part == "none" || unknown_ ? "" : part; },
         .disk = [this](const std::string& part, bool full) -> Result<void> {
           if (part == "broken") return Fail(ErrorKind::kUnavailable, "no such volume");
           full_ = full ? part : "";
           return {};
         }},
        File());
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    faults_ = std::move(*opened);
  }
  std::filesystem::path File() { return lab_->directory.path / "faults.json"; }

  void Start(const std::string& name, const std::string& zone,
             std::vector<std::string> arguments = {"sleep", "60"}) {
    places_[name] = zone;
    ProcessSpec spec;
    spec.name = name;
    spec.arguments = std::move(arguments);
    spec.environment = {"PATH=/usr/bin:/bin"};
    spec.log = lab_->directory.path / "log";
    ASSERT_TRUE(lab_->processes.Start(spec).has_value());
  }
  bool Runs(const std::string& name) {
    const auto status = lab_->processes.Find(name);
    return status.has_value() && status->running;
  }
  std::string Inject(const Fault& fault) {
    const auto injected = faults_->Inject(fault);
    return injected.has_value() ? injected->id : injected.error().message;
  }
  static Fault Of(Kind kind, std::string region, std::string zone = "", std::string part = "") {
    Fault fault;
    fault.kind = kind;
    fault.region = std::move(region);
    fault.zone = std::move(zone);
    fault.part = std::move(part);
    return fault;
  }
  static Fault At(Kind kind, std::string part) { return Of(kind, "", "", std::move(part)); }

  std::map<std::string, std::string> places_;
  std::string full_;
  bool unknown_ = false;  // no part is known, as when the daemon has just started
  std::unique_ptr<WanTestLab> lab_;
  std::unique_ptr<Faults> faults_;  // first to go
};

TEST_F(FaultsTest, AZoneWithoutPowerIsDeadAndStartsNothing) {
  lab_->EnsureRegions();
  const TestFlow across = lab_->Open("web", "was", "10.0.2.5", 9000);
  for (const char* name : {"one", "two", "three"}) Start(name, "ap-northeast-2c");
  Start("other", "ap-northeast-2a");
  ASSERT_EQ(Inject(Of(Kind::kZonePower, kSeoul, "c")), "f-1");
  for (const char* name : {"one", "two", "three"}) EXPECT_FALSE(Runs(name)) << name;
  EXPECT_TRUE(Runs("other"));
  EXPECT_TRUE(across.IsCut());
  EXPECT_EQ(faults_->Refuses(kSeoul, "ap-northeast-2c"), "zone ap-northeast-2c has no power");
  EXPECT_FALSE(faults_->Refuses(kSeoul, "ap-northeast-2a"));
  EXPECT_FALSE(faults_->Refuses(kSeoul, ""));
  ASSERT_EQ(faults_->List().size(), 1U);
  EXPECT_EQ(faults_->List()[0].zone, "ap-northeast-2c");
  ASSERT_EQ(Inject(Of(Kind::kRegionPower, kSeoul)), "f-2");
  EXPECT_FALSE(Runs("other"));
  EXPECT_EQ(faults_->Refuses(kSeoul, ""), "region ap-northeast-2 has no power");
  EXPECT_FALSE(faults_->Refuses("ap-northeast-1", "ap-northeast-1a"));
  ASSERT_EQ(ErrorOf(faults_->HealAll()), "");
  EXPECT_FALSE(faults_->Refuses(kSeoul, "ap-northeast-2c"));
  EXPECT_TRUE(across.LivesAgain());
}

TEST_F(FaultsTest, APausedPartStandsStillWithAllThatItStarts) {
  const auto ticks = lab_->directory.path / "ticks";
  const std::string script =
      "while :; do sh -c 'echo x >> " + ticks.string() + "; sleep 0.005'; done";
  std::vector<std::string> arguments{"sh", "-c", script};
  // As an instance: in a PID namespace of its own.
  if (::geteuid() == 0)
    arguments.insert(arguments.begin(), {"unshare", "--pid", "--fork", "--kill-child"});
  Start("i-1", "ap-northeast-2a", arguments);
  const auto size = [&] {
    std::error_code none;
    const auto bytes = std::filesystem::file_size(ticks, none);
    return none ? 0 : bytes;
  };
  ASSERT_TRUE(Eventually([&] { return size() > 4; }));
  ASSERT_EQ(Inject(At(Kind::kPause, "i-1")), "f-1");
  const auto before = size();
  EXPECT_FALSE(Eventually([&] { return size() != before; }, milliseconds(60)));
  EXPECT_TRUE(Runs("i-1"));
  ASSERT_EQ(ErrorOf(faults_->Heal("f-1")), "");
  EXPECT_TRUE(Eventually([&] { return size() > before; }));
  EXPECT_EQ(Inject(At(Kind::kKill, "i-1")), "f-2");
  EXPECT_TRUE(Eventually([&] { return !Runs("i-1"); }));
  EXPECT_TRUE(faults_->List().empty());
  EXPECT_EQ(faults_->Inject(At(Kind::kPause, "i-1")).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(faults_->List().empty());
}

TEST_F(FaultsTest, HoldUntilTheyAreHealedWhateverTheDaemonDoes) {
  lab_->EnsureRegions();
  lab_->EnsureWideArea(0);
  const TestFlow wide = lab_->Open("db", "far-db", "10.20.3.5", 3306);
  const TestFlow inside = lab_->Open("web", "was", "10.0.2.5", 9000);
  Fault breach;
  breach.kind = Kind::kWideArea;
  breach.loss_percent = 100;
  ASSERT_EQ(Inject(breach), "f-1");
  ASSERT_EQ(Inject(At(Kind::kIsolate, "web")), "f-2");
  ASSERT_EQ(Inject(At(Kind::kDiskFull, "db")), "f-3");
  EXPECT_TRUE(wide.IsCut());
  EXPECT_TRUE(inside.IsCut());
  const auto before = faults_->List();
  full_.clear();
  faults_ = nullptr;
  lab_->RestartAll();
  unknown_ = true;
  Open();
  lab_->EnsureRegions();
  lab_->EnsureWideArea(0);
  EXPECT_EQ(faults_->List(), before);
  EXPECT_EQ(full_, "db");
  EXPECT_TRUE(wide.IsCut());
  EXPECT_TRUE(inside.IsCut());
  for (const char* id : {"f-1", "f-2", "f-3"}) EXPECT_EQ(ErrorOf(faults_->Heal(id)), "");
  EXPECT_EQ(full_, "");
  EXPECT_TRUE(wide.LivesAgain());
  EXPECT_TRUE(inside.LivesAgain());
  EXPECT_EQ(Inject(breach), "f-4");
}

TEST_F(FaultsTest, RefusesWhatIsNoneOrTooMuch) {
  const auto kind_of = [&](const Fault& fault) { return faults_->Inject(fault).error().kind; };
  EXPECT_EQ(kind_of(At(Kind::kIsolate, "")), ErrorKind::kInvalid);
  EXPECT_EQ(kind_of(At(Kind::kIsolate, "\"; flush ruleset")), ErrorKind::kInvalid);
  EXPECT_EQ(kind_of(At(Kind::kIsolate, std::string(201, 'x'))), ErrorKind::kInvalid);
  EXPECT_EQ(kind_of(At(Kind::kIsolate, "none")), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(Of(Kind::kZonePartition, kSeoul)), ErrorKind::kInvalid);
  EXPECT_EQ(kind_of(Of(Kind::kRegionPower, "")), ErrorKind::kInvalid);
  EXPECT_EQ(kind_of(Of(Kind::kWideArea, "")), ErrorKind::kInvalid);
  EXPECT_EQ(kind_of(At(Kind::kDiskFull, "broken")), ErrorKind::kUnavailable);
  EXPECT_EQ(faults_->Heal("f-1").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(faults_->List().empty());
  for (std::size_t i = 0; i < Faults::kFaultsMax; ++i) {
    ASSERT_TRUE(faults_->Inject(At(Kind::kIsolate, "i-" + std::to_string(i))).has_value());
  }
  EXPECT_EQ(kind_of(At(Kind::kIsolate, "i-0")), ErrorKind::kConflict);
  EXPECT_EQ(kind_of(At(Kind::kIsolate, "i-64")), ErrorKind::kOverloaded);
}

TEST_F(FaultsTest, ADamagedRecordMeansThatAllIsHealed) {
  ASSERT_EQ(Inject(Of(Kind::kZonePartition, kSeoul, "a")), "f-1");
  for (const char* text : {"", "{", "[]", R"({"next":1,"faults":[{"id":"f-1","kind":99}]})"}) {
    std::ofstream(File()) << text;
    Open();
    EXPECT_TRUE(faults_->List().empty()) << text;
  }
}

}  // namespace
}  // namespace scv::world
