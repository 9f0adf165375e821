#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/json_read.h"
#include "cli/recorded_line.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kWatchEvery{500};

Tone ToneOf(std::string_view word) {
  if (word == "running" || word == "in service" || word == "healthy" || word == "issued") {
    return Tone::kGood;
  }
  if (word == "failed" || word == "unhealthy" || word == "absent") return Tone::kBad;
  return Tone::kBusy;
}

std::string Toned(const std::string& word) { return Painted(ToneOf(word), word); }

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : " ") + text;
  return joined;
}

void AddLoadBalancers(const json::object& region, std::string& out) {
  for (const auto* balancer : Objects(region, "load_balancers")) {
    out += fmt::format("  {} {} {}\n", Flag(*balancer, "internal") ? "◇" : "◆",
                       Painted(Tone::kBold, Text(*balancer, "name")),
                       Painted(Tone::kDim, Text(*balancer, "dns_name")));
    std::vector<std::vector<std::string>> rows;
    for (const auto* node : Objects(*balancer, "nodes")) {
      rows.push_back({Text(*node, "zone"), Text(*node, "address"), Text(*node, "public_address"),
                      Toned(Text(*node, "phase")), Text(*node, "detail")});
    }
    out += Columns(rows, "    ");
  }
}

void AddFleets(const json::object& region, std::string& out) {
  for (const auto* fleet : Objects(region, "fleets")) {
    out += fmt::format(
        "  ▦ {} {} of {} in service {}{}\n", Painted(Tone::kBold, Text(*fleet, "name")),
        Number(*fleet, "in_service"), Number(*fleet, "desired"),
        Painted(Tone::kDim,
                fmt::format("({} to {})", Number(*fleet, "min"), Number(*fleet, "max"))),
        Text(*fleet, "activity").empty() ? "" : "  " + Text(*fleet, "activity"));
    std::vector<std::vector<std::string>> rows;
    for (const auto* instance : Objects(*fleet, "instances")) {
      rows.push_back({Text(*instance, "id"), Text(*instance, "zone"), Text(*instance, "address"),
                      Toned(Text(*instance, "lifecycle")), Toned(Text(*instance, "health")),
                      fmt::format("v{}", Number(*instance, "version")),
                      fmt::format("{} % CPU", Number(*instance, "cpu_percent")),
                      Painted(Tone::kDim, Duration(Number(*instance, "age_ms")))});
    }
    out += Columns(rows, "    ");
  }
}

void AddDatabases(const json::object& region, std::string& out) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* database : Objects(region, "databases")) {
    rows.push_back({"⛁ " + Painted(Tone::kBold, Text(*database, "node")), Text(*database, "zone"),
                    Text(*database, "address"), Text(*database, "role"),
                    Toned(Text(*database, "phase")), Text(*database, "detail")});
  }
  out += Columns(rows, "  ");
}

void AddCertificates(const json::object& region, std::string& out) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* certificate : Objects(region, "certificates")) {
    rows.push_back({"✉ " + Joined(Texts(*certificate, "names")), "certificate",
                    Toned(Text(*certificate, "phase"))});
  }
  out += Columns(rows, "  ");
}

// Where the writes go, and whether a node, a zone or a region may be lost.
void AddClusters(const json::object& status, std::string& out) {
  for (const auto* cluster : Objects(status, "databases")) {
    const bool redundant = Flag(*cluster, "redundant");
    out += fmt::format("\n{} writes at {}  {}  {}\n", Painted(Tone::kBold, "Database"),
                       Text(*cluster, "writer"),
                       Painted(redundant ? Tone::kGood : Tone::kBusy, Text(*cluster, "redundancy")),
                       Painted(Tone::kDim, fmt::format("term {}", Number(*cluster, "term"))));
  }
}

bool ProvesACertificate(const json::object& name) {
  const auto values = Texts(name, "values");
  return !values.empty() && values.front().find("acm-validations") != std::string::npos;
}

void AddNames(const json::object& status, std::string& out) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* name : Objects(status, "names")) {
    if (ProvesACertificate(*name)) continue;
    rows.push_back({"→ " + Text(*name, "name"), Text(*name, "type"),
                    Painted(Tone::kDim, Joined(Texts(*name, "values")))});
  }
  for (const auto* check : Objects(status, "health_checks")) {
    rows.push_back({"♥ " + Text(*check, "id"), "health check",
                    Toned(Flag(*check, "healthy") ? "healthy" : "unhealthy") + " " +
                        Painted(Tone::kDim, Text(*check, "detail"))});
  }
  if (!rows.empty()) out += "\n" + Painted(Tone::kBold, "Names") + "\n" + Columns(rows, "  ");
}

std::string Picture(const json::object& status) {
  std::string out = fmt::format("{}  pace {}, up {}\n", Painted(Tone::kBold, "Working SCV lab"),
                                Text(status, "pace"), Duration(Number(status, "up_ms")));
  for (const auto* region : Objects(status, "regions")) {
    if (Objects(*region, "load_balancers").empty() && Texts(*region, "vpcs").empty()) continue;
    out += "\n" + Painted(Tone::kBold, Text(*region, "region")) + "  " +
           Painted(Tone::kDim, Joined(Texts(*region, "vpcs"))) + "\n";
    AddLoadBalancers(*region, out);
    AddFleets(*region, out);
    AddDatabases(*region, out);
    AddCertificates(*region, out);
  }
  AddClusters(status, out);
  AddNames(status, out);
  for (const auto* pending : Objects(status, "pending")) {
    out += fmt::format("{} {} {}: {}\n", Toned(Text(*pending, "status")), Text(*pending, "type"),
                       Text(*pending, "id"), Text(*pending, "reason"));
  }
  for (const auto& warning : Texts(status, "warnings")) {
    out += Painted(Tone::kBad, "! " + warning) + "\n";
  }
  const auto recorded = RecordedLine(status);
  if (!recorded.empty()) out += Painted(Tone::kDim, recorded) + "\n";
  return out;
}

}  // namespace

Run DeclareStatus(CLI::App& app) {
  const auto watch = std::make_shared<bool>(false);
  app.add_flag("-w,--watch", *watch, "Repaint until Ctrl-C");
  app.footer("Examples:\n  scv status\n  scv status --watch\n  scv status --json");
  return [watch](const Context& context) {
    const ApiClient api(context.files.socket());
    for (;;) {
      const auto status = api.Get("/v1/status");
      if (!status) return Complain(status.error());
      if (*watch) ClearScreen();
      fmt::print("{}",
                 context.json ? json::serialize(*status) + "\n" : Picture(status->as_object()));
      std::fflush(stdout);
      if (!*watch) return 0;
      std::this_thread::sleep_for(kWatchEvery);
    }
  };
}

}  // namespace scv::cli
