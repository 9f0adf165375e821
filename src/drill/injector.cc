#include "drill/injector.h"

#include <fmt/format.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "drill/selector.h"

namespace scv::drill {
namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kHealWithin{20};
constexpr std::chrono::seconds kTerraformWithin{300};
constexpr std::chrono::milliseconds kTryAgain{200};

struct RegionFile {
  std::string_view region, name;
};
constexpr std::array kRegionFiles{RegionFile{"ap-northeast-2", "seoul"},
                                  RegionFile{"ap-northeast-1", "tokyo"}};

std::string FileNameOf(const std::string& region) {
  for (const auto& known : kRegionFiles) {
    if (known.region == region) return std::string(known.name);
  }
  return region;
}

bool UsesTerraform(const Injection& injection) {
  return injection.kind == "rolling-deployment" || injection.kind == "rotate-secret";
}

void WaitALittle() {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, kTryAgain, [] { return false; });
}

}  // namespace

std::string Injector::WhyNot(const Injection& injection, const LabPlace& place,
                             const Picture& picture) {
  if (!UsesTerraform(injection)) return "";
  const auto state = place.state / "terraform" / (FileNameOf(picture.writer_region) + ".tfstate");
  if (std::filesystem::exists(state)) return "";
  return "the lab was not applied with Terraform, which " + injection.kind + " needs";
}

Injector::~Injector() {
  if (!injected_ && !terraform_ && applied_region_.empty()) return;
  const auto deadline = SteadyClock::now() + kTerraformWithin;
  static_cast<void>(HealAll());
  // A Terraform that is interrupted leaves its state locked: it is waited for.
  while (terraform_ && !terraform_->ExitCode() && SteadyClock::now() < deadline) WaitALittle();
}

Result<std::string> Injector::Inject(const Injection& injection, const Picture& picture) {
  if (UsesTerraform(injection)) return Apply(injection, picture);
  if (injection.kind == "failover") return Failover(injection, picture);
  if (injection.kind == "daemon-kill") {
    SCV_ASSIGN(const int pid, KillDaemon(place_));
    return fmt::format("kill scvd (process {})", pid);
  }
  return PostFault(injection, picture);
}

Result<std::string> Injector::PostFault(const Injection& injection, const Picture& picture) {
  json::object body{{"kind", injection.kind}};
  std::string what = injection.kind;
  if (!injection.part.empty()) {
    SCV_ASSIGN(const auto part, SelectPart(injection.part, picture, random_()));
    body["part"] = part;
    what += " " + part;
  }
  if (!injection.zone.empty()) {
    SCV_ASSIGN(const auto zone, SelectZone(injection.zone, picture, random_()));
    body["region"] = zone.region;
    body["zone"] = zone.zone;
    what += " " + zone.zone;
  }
  if (!injection.region.empty()) {
    SCV_ASSIGN(const auto region, SelectRegion(injection.region, picture));
    body["region"] = region;
    what += " " + region;
  }
  if (injection.kind == "wide-area") {
    body["delay_ms"] = injection.delay_ms;
    body["loss_percent"] = injection.loss_percent;
    what += fmt::format(" {} ms, {} % lost", injection.delay_ms, injection.loss_percent);
  }
  if (injection.kind == "kill") {  // nothing of it lasts
    SCV_ASSIGN(const auto killed, api_.Post("/v1/kill", {{"part", body.at("part")}}));
    return what;
  }
  injected_ = true;
  SCV_ASSIGN(const auto fault, api_.Post("/v1/faults", body));
  return what;
}

Result<std::string> Injector::Failover(const Injection& injection, const Picture& picture) {
  SCV_ASSIGN(const auto region, SelectRegion(injection.region, picture));
  SCV_ASSIGN(const auto answer,
             api_.Post("/v1/failover", {{"to", region}, {"force", injection.force}}));
  return "failover to " + region + (injection.force ? ", forced" : "");
}

Result<std::string> Injector::Apply(const Injection& injection, const Picture& picture) {
  if (const auto why = WhyNot(injection, place_, picture); !why.empty()) {
    return Fail(ErrorKind::kUnavailable, why);
  }
  const bool rolling = injection.kind == "rolling-deployment";
  applied_region_ = picture.writer_region;
  SCV_TRY(StartTerraform(applied_region_,
                         rolling ? R"(was={"requests_per_target":60000,"log_level":"debug"})"
                                 : "database_password_version=2"));
  return injection.kind + " in " + applied_region_;
}

Result<void> Injector::StartTerraform(const std::string& region, const std::string& variable) {
  const auto name = FileNameOf(region);
  const auto directory = place_.state / "terraform";
  std::vector<std::string> arguments{
      (place_.root / "build/release/src/cli/scv").string(),
      "--state",
      place_.state.string(),
      "terraform",
      "-chdir=" + (place_.root / "infra/terraform").string(),
      "apply",
      "-input=false",
      "-no-color",
      "-auto-approve",
      "-state=" + (directory / (name + ".tfstate")).string(),
      "-var-file=" + (place_.root / ("infra/examples/lab-" + name + ".tfvars")).string(),
      "-var=artifacts_directory=" + (place_.root / "build/artifacts").string()};
  if (!variable.empty()) arguments.push_back("-var=" + variable);
  SCV_ASSIGN(terraform_, Program::Start(arguments,
                                        {"TF_DATA_DIR=" + (directory / (name + ".data")).string(),
                                         "TF_IN_AUTOMATION=1"},
                                        directory / "drill.log"));
  return {};
}

Result<bool> Injector::Busy() {
  if (!terraform_) return false;
  const auto code = terraform_->ExitCode();
  if (!code) return true;
  terraform_.reset();
  if (*code == 0) return false;
  return Fail(ErrorKind::kUnavailable,
              fmt::format("Terraform ended with {}; {} has the story", *code,
                          (place_.state / "terraform/drill.log").string()));
}

Result<void> Injector::HealAll() {
  const auto deadline = SteadyClock::now() + kHealWithin;
  for (;;) {
    const auto healed = api_.Delete("/v1/faults");
    // A daemon without that part of its API has no faults that last.
    if (healed || healed.error().kind == ErrorKind::kNotFound) break;
    if (SteadyClock::now() >= deadline) return std::unexpected(healed.error());
    WaitALittle();
  }
  injected_ = false;
  if (applied_region_.empty()) return {};
  while (terraform_ && !terraform_->ExitCode() &&
         SteadyClock::now() < deadline + kTerraformWithin) {
    WaitALittle();
  }
  const auto region = std::exchange(applied_region_, "");
  return StartTerraform(region, "");
}

}  // namespace scv::drill
