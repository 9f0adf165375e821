#include "world/linux/name_server.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "render/powerdns.h"
#include "world/linux/certificate_x509.h"
#include "world/linux/dns_query.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kAnswerWithin{10};
constexpr milliseconds kOneQuery{50};
constexpr milliseconds kStopGrace{500};

std::string FileNameOf(std::string process) {
  std::replace(process.begin(), process.end(), '/', '-');
  return process;
}

}  // namespace

NameServers::NameServers(Processes& processes, Network& network, std::filesystem::path directory,
                         NameDatabases& names)
    : processes_(processes), network_(network), directory_(std::move(directory)), names_(names) {}

Result<void> NameServers::Ensure(const std::string& process, const lab::NameServerSpec& spec) {
  SCV_ASSIGN(const UniqueFd space,
             network_.NamespaceOf(spec.place.empty() ? "internet" : spec.place));
  const auto status = processes_.Find(process);
  if (!status || !status->running) {
    const auto home = directory_ / FileNameOf(process);
    std::error_code failed;
    std::filesystem::create_directories(home, failed);
    SCV_ASSIGN(const auto database, names_.FileOf(spec.place));
    SCV_TRY(WriteFile(home / "pdns.conf",
                      render::PowerDnsConfiguration({.addresses = {spec.address},
                                                     .database = database.string(),
                                                     .run_directory = home.string()}),
                      false));
    ProcessSpec wanted;
    wanted.name = process;
    wanted.arguments = {"pdns_server", "--config-dir=" + home.string()};
    wanted.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
    wanted.working_directory = home;
    wanted.log = home / "pdns.log";
    wanted.network_namespace = space.get();
    SCV_ASSIGN(const auto started, processes_.Start(wanted));
    static_cast<void>(started);
  }
  return WaitUntilAnswering(space.get(), spec.address, process);
}

// Any answer will do: it reads the zones and listens. PowerDNS tells nobody when that is so.
Result<void> NameServers::WaitUntilAnswering(int network_namespace, const std::string& address,
                                             const std::string& process) {
  const auto deadline = Clock::now() + kAnswerWithin;
  for (;;) {
    const auto began = Clock::now();
    const auto answer = QueryDns(network_namespace, address, "amazonaws.com", "SOA", kOneQuery);
    // A server without that zone refuses the question (an answer, too).
    if (answer || IsNameServersAnswer(answer.error())) return {};
    const auto status = processes_.Find(process);
    if (!status || !status->running) {
      return Fail(ErrorKind::kUnavailable,
                  "the name server at " + address +
                      " ended; its log says why: " + (directory_ / FileNameOf(process)).string());
    }
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout, "the name server at " + address + " does not answer");
    }
    std::this_thread::sleep_until(began + milliseconds(5));
  }
}

Result<void> NameServers::Remove(const std::string& process) {
  SCV_TRY(processes_.Stop(process, kStopGrace));
  std::error_code ignored;
  std::filesystem::remove_all(directory_ / FileNameOf(process), ignored);
  return {};
}

}  // namespace scv::world
