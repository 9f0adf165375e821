#include "world/linux/load_balancer.h"

#include <signal.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "render/haproxy.h"
#include "world/linux/certificate_x509.h"
#include "world/linux/haproxy_socket.h"
#include "world/linux/load_balancer_node.h"
#include "world/linux/silent_peers.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kReadyWithin{15'000};
constexpr milliseconds kAskEvery{3};
// A reload takes about 150 ms. HAProxy's first process starts itself anew twice for it; a signal
// that comes just then is lost, and sent again.
constexpr milliseconds kReloadAgainAfter{700};
constexpr milliseconds kStopGrace{500};
constexpr milliseconds kLookInTransition{40};
constexpr milliseconds kLookWhenQuiet{250};

}  // namespace

struct LoadBalancers::Loaded {
  render::HaproxyConfig config;
  fs::path home;
};

LoadBalancers::LoadBalancers(Processes& processes, Network& network,
                             CertificateAuthority& authority, AccessLogs* logs, fs::path directory,
                             TargetsSink sink)
    : processes_(processes),
      network_(network),
      authority_(authority),
      logs_(logs),
      directory_(std::move(directory)),
      sink_(std::move(sink)),
      watcher_([this](const std::stop_token& stop) { Watch(stop); }) {}

LoadBalancers::~LoadBalancers() = default;

fs::path LoadBalancers::HomeOf(const std::string& process) const {
  std::string name = process;
  std::replace(name.begin(), name.end(), '/', '-');
  return directory_ / name;
}

// Writes the certificates' lists and renders the configuration that names them.
Result<LoadBalancers::Loaded> LoadBalancers::Render(const std::string& process,
                                                    const lab::LoadBalancerNodeSpec& spec) {
  Loaded loaded;
  loaded.home = HomeOf(process);
  std::error_code failed;
  fs::create_directories(loaded.home, failed);
  fs::permissions(loaded.home, fs::perms::owner_all, failed);
  if (failed) {
    return Fail(ErrorKind::kUnavailable, loaded.home.string() + ": " + failed.message());
  }
  render::HaproxyFiles files{.stats_socket = loaded.home / "stats",
                             .log_socket = "",
                             .server_state = loaded.home / "servers",
                             .certificate_lists = {}};
  if (logs_ != nullptr && spec.access_log) {
    SCV_ASSIGN(files.log_socket, logs_->Ensure(process, spec, loaded.home / "log.sock"));
  }
  std::string certificates;
  for (const auto& listener : spec.listeners) {
    if (!listener.tls) continue;
    std::string list;
    for (const auto& arn : listener.certificates) {
      SCV_ASSIGN(const auto issued, authority_.Find(arn));
      SCV_ASSIGN(const auto chain, ReadFile(issued.chain));
      certificates += chain;
      list += issued.bundle.string() + "\n";
    }
    const auto file = loaded.home / ("certificates-" + std::to_string(listener.port));
    SCV_TRY(WriteFile(file, list, true));
    files.certificate_lists[listener.port] = file;
  }
  SCV_ASSIGN(loaded.config, render::HaproxyConfigFor(spec, files, certificates));
  return loaded;
}

Result<void> LoadBalancers::Start(const std::string& process) {
  SCV_ASSIGN(const UniqueFd space, network_.NamespaceOf(process));
  SCV_TRY(GiveUpSilentPeers(space.get()));
  const auto home = HomeOf(process);
  std::error_code ignored;
  fs::remove(home / "stats", ignored);
  ProcessSpec wanted;
  wanted.name = process;
  wanted.arguments = {"haproxy", "-W", "-f", home / "haproxy.cfg"};
  wanted.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  wanted.working_directory = home;
  wanted.log = home / "haproxy.log";
  wanted.network_namespace = space.get();
  wanted.batch = true;
  SCV_TRY(processes_.Start(wanted));
  return {};
}

// HAProxy tells nobody that it took over: its socket is asked until it does.
Result<void> LoadBalancers::WaitForRevision(const std::string& process, const std::string& revision,
                                            bool reload) {
  const auto deadline = Clock::now() + kReadyWithin;
  auto again = Clock::now() + kReloadAgainAfter;
  const std::string log = (HomeOf(process) / "haproxy.log").string();
  for (;;) {
    const auto running = HaproxyRevision(HomeOf(process) / "stats");
    if (running && *running == revision) return {};
    const auto status = processes_.Find(process);
    if (!status || !status->running) {
      return Fail(ErrorKind::kUnavailable, "HAProxy ended while it started; see " + log);
    }
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout, "HAProxy does not take the configuration; see " + log);
    }
    if (reload && Clock::now() >= again) {
      SCV_TRY(processes_.Signal(process, SIGUSR2));
      again = Clock::now() + kReloadAgainAfter;
    }
    std::this_thread::sleep_for(kAskEvery);
  }
}

Result<void> LoadBalancers::Ensure(const std::string& process,
                                   const lab::LoadBalancerNodeSpec& spec) {
  SCV_TRY(network_.EnsureHost(process, spec.interface, spec.firewall));
  SCV_ASSIGN(const auto loaded, Render(process, spec));
  std::shared_ptr<LoadBalancerNode> node;
  {
    const std::lock_guard lock(mutex_);
    auto& known = nodes_[process];
    if (!known) known = std::make_shared<LoadBalancerNode>(loaded.home / "stats");
    node = known;
  }
  {
    const std::lock_guard lock(node->mutex);
    node->SetSpec(spec);
    const auto status = processes_.Find(process);
    const bool runs = status && status->running;
    const auto revision = HaproxyRevision(loaded.home / "stats");
    const bool reload = !runs || !revision || *revision != loaded.config.revision;
    if (reload) {
      SCV_ASSIGN(const auto state, node->StateFile());
      SCV_TRY(WriteFile(loaded.home / "servers", state, false));
    }
    SCV_TRY(WriteFile(loaded.home / "haproxy.cfg", loaded.config.text, true));
    if (!runs) SCV_TRY(Start(process));
    if (runs && reload) SCV_TRY(processes_.Signal(process, SIGUSR2));
    if (reload) SCV_TRY(WaitForRevision(process, loaded.config.revision, runs));
    SCV_TRY(node->FollowTargets());
    node->ready = true;
  }
  {
    const std::lock_guard lock(mutex_);
    hurry_ = true;
  }
  changed_.notify_one();
  return {};
}

Result<void> LoadBalancers::Remove(const std::string& process) {
  {
    const std::lock_guard lock(mutex_);
    nodes_.erase(process);
  }
  SCV_TRY(processes_.Stop(process, kStopGrace));
  if (logs_ != nullptr) logs_->Remove(process);
  SCV_TRY(network_.RemoveHost(process));
  std::error_code failed;
  fs::remove_all(HomeOf(process), failed);
  return {};
}

void LoadBalancers::Watch(const std::stop_token& stop) {
  auto pause = kLookWhenQuiet;
  while (!stop.stop_requested()) {
    std::map<std::string, std::shared_ptr<LoadBalancerNode>> nodes;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, pause, [this] { return hurry_; });
      hurry_ = false;
      nodes = nodes_;
    }
    if (stop.stop_requested()) return;
    pause = kLookWhenQuiet;
    for (const auto& [process, node] : nodes) {
      LoadBalancerNode::Look look;
      {
        const std::unique_lock lock(node->mutex, std::try_to_lock);
        if (!lock || !node->ready) continue;
        look = node->LookAtTargets();
      }
      if (look.in_transition) pause = kLookInTransition;
      if (look.changed && sink_) sink_(process, std::move(*look.changed));
    }
  }
}

}  // namespace scv::world
