#include "world/linux/door.h"

#include <chrono>

#include "render/haproxy.h"
#include "world/linux/certificate_x509.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kStopGrace{500};
// The descriptors' numbers in the child.
constexpr int kHttps = 3;
constexpr int kHttp = 4;

}  // namespace

Door::Door(Processes& processes, Network& network, fs::path directory)
    : processes_(processes), network_(network), directory_(std::move(directory)) {}

Result<void> Door::Ensure(const std::string& process, const lab::DoorSpec& spec,
                          const DoorListeners& listeners) {
  SCV_ASSIGN(const auto text,
             render::HaproxyDoorConfig({.resolver = spec.resolver,
                                        .target_port = spec.target_port,
                                        .https_listener = kHttps,
                                        .http_listener = listeners.http >= 0 ? kHttp : -1,
                                        .public_https_port = listeners.public_https_port}));
  std::error_code failed;
  fs::create_directories(directory_, failed);
  const auto file = directory_ / "haproxy.cfg";
  const auto before = ReadFile(file);
  const auto status = processes_.Find(process);
  const bool runs = status && status->running;
  if (runs && before && *before == text) return {};
  if (runs) SCV_TRY(processes_.Stop(process, kStopGrace));
  SCV_TRY(WriteFile(file, text, true));
  SCV_ASSIGN(const UniqueFd space, network_.NamespaceOf("internet"));
  ProcessSpec wanted;
  wanted.name = process;
  wanted.arguments = {"haproxy", "-f", file};
  wanted.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  wanted.working_directory = directory_;
  wanted.log = directory_ / "haproxy.log";
  wanted.network_namespace = space.get();
  wanted.descriptors = {{listeners.https, kHttps}};
  if (listeners.http >= 0) wanted.descriptors.emplace_back(listeners.http, kHttp);
  // The sockets listen already: who connects now is served as soon as HAProxy is up.
  SCV_TRY(processes_.Start(wanted));
  return {};
}

Result<void> Door::Remove(const std::string& process) {
  SCV_TRY(processes_.Stop(process, kStopGrace));
  std::error_code failed;
  fs::remove_all(directory_, failed);
  return {};
}

}  // namespace scv::world
