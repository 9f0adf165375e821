#include "world/linux/name_test_lab.h"

#include <gtest/gtest.h>

namespace scv::world {

std::string NameTestLab::WhyNot() {
  if (!IsInstalled("/usr/sbin/pdns_server")) return "pdns-server is not installed";
  if (!IsInstalled("/usr/bin/dig")) return "dnsutils is not installed";
  return WhyNoNamespaces();
}

NameTestLab::NameTestLab()
    : vpc(net.router.vpc_id),
      names(directory.path),
      servers(processes, Networked(), directory.path / "dns", names) {}

NameTestLab::~NameTestLab() {
  for (const auto& process : started_) EXPECT_EQ(ErrorOf(servers.Remove(process)), "");
}

Network& NameTestLab::Networked() {
  net.Restart();
  net.EnsureAll();
  return *net.network;
}

std::string NameTestLab::ResolverOf(const std::string& place) const {
  return place.empty() ? net.internet.resolver : net.router.resolver;
}

void NameTestLab::StartServer(const std::string& place) {
  const auto process = "dns//" + (place.empty() ? "internet" : place);
  started_.push_back(process);
  ASSERT_EQ(ErrorOf(servers.Ensure(process, {.place = place, .address = ResolverOf(place)})), "");
}

lab::NamesSpec NameTestLab::Zone(const std::string& name, std::vector<lab::RecordSpec> records) {
  records.push_back({.name = name, .type = "NS", .ttl = 60, .values = {"ns." + name + "."}});
  records.push_back({.name = name,
                     .type = "SOA",
                     .ttl = 60,
                     .values = {"ns." + name + ". admin." + name + ". 1 7200 900 1209600 60"}});
  lab::NamesSpec spec;
  spec.zones[name] = std::move(records);
  return spec;
}

std::string NameTestLab::Dig(const std::string& place, const std::string& name,
                             const std::string& type, const std::string& subnet) {
  std::vector<std::string> command{
      "dig", "+short", "+tries=1", "+timeout=2", "@" + ResolverOf(place), name, type};
  if (!subnet.empty()) command.push_back("+subnet=" + subnet);
  const auto space = net.NamespaceOf(place.empty() ? "internet" : place);
  auto said = RunCommand(command, space.get()).output;
  while (said.ends_with('\n')) said.pop_back();
  return said;
}

}  // namespace scv::world
