#include "drill/clients_main.h"

#include <curl/curl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <iostream>

#include "drill/json_read.h"

namespace scv::drill {
namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kSignUpWithin{30};
constexpr std::chrono::seconds kFinishWithin{40};
constexpr std::chrono::seconds kFinalsWithin{60};

// A parent that went away ends this program as well.
void Write(const std::string& line) {
  const std::string text = line + "\n";
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(STDOUT_FILENO, text.data() + written, text.size() - written);
    if (count <= 0) _exit(1);
    written += static_cast<std::size_t>(count);
  }
}

}  // namespace

std::string ToLine(const WorkloadOptions& options) {
  return json::serialize(json::object{{"host", options.host},
                                      {"port", options.port},
                                      {"root", options.root.string()},
                                      {"name_server", options.name_server},
                                      {"run", options.run},
                                      {"password", options.password},
                                      {"seed", options.seed},
                                      {"clients", options.clients},
                                      {"global", options.global},
                                      {"rate", options.rate}});
}

Result<WorkloadOptions> ParseOptions(const std::string& line) {
  boost::system::error_code code;
  const auto value = json::parse(line, code);
  if (code || !value.is_object()) return Fail(ErrorKind::kInvalid, "no options for the clients");
  const auto& object = value.get_object();
  WorkloadOptions options;
  options.host = Text(object, "host");
  options.port = static_cast<int>(Number(object, "port"));
  options.root = Text(object, "root");
  options.name_server = Text(object, "name_server");
  options.run = Text(object, "run");
  options.password = Text(object, "password");
  options.seed = static_cast<std::uint64_t>(Number(object, "seed"));
  options.clients = static_cast<int>(Number(object, "clients"));
  options.global = Flag(object, "global");
  options.rate = Real(object, "rate");
  if (options.host.empty() || options.clients < 1 || options.rate <= 0) {
    return Fail(ErrorKind::kInvalid, "the clients' options are not complete");
  }
  return options;
}

int RunClients() {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::string line;
  if (!std::getline(std::cin, line)) return 2;
  auto options = ParseOptions(line);
  if (!options) {
    Write(FailedLine(options.error().message));
    return 2;
  }
  Workload workload(*std::move(options), [](const Attempt& attempt) { Write(ToLine(attempt)); });
  const auto ready = workload.SignUp(SteadyClock::now() + kSignUpWithin);
  if (!ready) {
    Write(FailedLine(ready.error().message));
    return 1;
  }
  Write(ReadyLine());
  workload.Start();
  if (!std::getline(std::cin, line)) _exit(1);
  workload.Finish(SteadyClock::now() + kFinishWithin);
  for (const auto& state : workload.ReadFinals(SteadyClock::now() + kFinalsWithin)) {
    Write(ToLine(state));
  }
  Write(DoneLine());
  return 0;
}

}  // namespace scv::drill
