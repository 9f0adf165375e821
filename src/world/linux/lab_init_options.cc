#include "world/linux/lab_init_options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "world/linux/lab_init_packets.h"

namespace scv::world {

const std::string_view kLabInitUsage =
    "scv-lab-init --state DIR [options] -- DAEMON [ARGUMENTS]   the lab's outermost process\n"
    "scv-lab-init --probe       what this machine can do (JSON); exit code 1: no lab can run\n"
    "\n"
    "  --state DIR               the lab's state directory; one lab at a time\n"
    "  --listen NAME=ADDR:PORT   open this port on the host first (port 0: any); repeatable; the\n"
    "                            daemon finds it in the fd store as listener/NAME\n"
    "  --runtime-directory NAME  inside of DIR: a tmpfs for files of the run (run)\n"
    "  --runtime-bytes N         its size at most (1073741824)\n"
    "  --stop-within MS          for the daemon to end by itself after SIGTERM (10000)\n"
    "  --detach                  return when everything stands, and go on in the background\n"
    "\n"
    "DIR/lab.json tells the pid and the ports. Exit codes: 0 ended in order, 1 could not start or\n"
    "ended otherwise, 2 wrong usage.\n";

namespace {

enum Option { kState = 256, kListen, kRuntime, kRuntimeBytes, kStopWithin, kDetach, kProbe, kHelp };

constexpr std::size_t kListenersMax = 16;

Error Wrong(std::string message) {
  return {ErrorKind::kInvalid, std::move(message) + "; --help shows the usage"};
}

template <typename T>
std::optional<T> ParseNumber(std::string_view text, T least, T most) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return std::nullopt;
  }
  return value;
}

Result<ListenerOption> ParseListener(std::string_view text) {
  const auto equals = text.find('=');
  const auto colon = text.rfind(':');
  ListenerOption listener;
  if (equals != std::string_view::npos && colon != std::string_view::npos && equals < colon) {
    listener.name = text.substr(0, equals);
    listener.address = text.substr(equals + 1, colon - equals - 1);
    const auto port = ParseNumber<int>(text.substr(colon + 1), 0, 65535);
    in_addr parsed{};
    if (port && IsFdName("listener/" + listener.name) && !listener.name.empty() &&
        ::inet_pton(AF_INET, listener.address.c_str(), &parsed) == 1) {
      listener.port = *port;
      return listener;
    }
  }
  return std::unexpected(Wrong("--listen " + std::string(text) + " is not NAME=IPV4-ADDRESS:PORT"));
}

Result<void> TakeNumber(int option, LabInitOptions& options) {
  if (option == kRuntimeBytes) {
    const auto bytes =
        ParseNumber<std::uint64_t>(optarg, std::uint64_t{1} << 20, std::uint64_t{1} << 50);
    if (!bytes) return std::unexpected(Wrong("--runtime-bytes wants a number from 1 MiB on"));
    options.runtime_bytes_max = *bytes;
  } else {
    const auto millis = ParseNumber<int>(optarg, 0, 600'000);
    if (!millis) return std::unexpected(Wrong("--stop-within wants milliseconds, up to 600000"));
    options.stop_within = std::chrono::milliseconds(*millis);
  }
  return {};
}

Result<void> TakeListener(LabInitOptions& options) {
  SCV_ASSIGN(ListenerOption listener, ParseListener(optarg));
  if (options.listeners.size() >= kListenersMax) {
    return std::unexpected(Wrong("too many --listen"));
  }
  for (const auto& other : options.listeners) {
    if (other.name == listener.name) {
      return std::unexpected(Wrong("two listeners are called " + listener.name));
    }
  }
  options.listeners.push_back(std::move(listener));
  return {};
}

Result<void> Take(int option, LabInitOptions& options) {
  switch (option) {
    case kState:
      options.state = optarg;
      return {};
    case kListen:
      return TakeListener(options);
    case kRuntime:
      options.runtime = optarg;
      return {};
    case kRuntimeBytes:
    case kStopWithin:
      return TakeNumber(option, options);
    case kDetach:
      options.detach = true;
      return {};
    case kProbe:
      options.probe = true;
      return {};
    case kHelp:
      options.help = true;
      return {};
    default:
      return std::unexpected(Wrong("an option is unknown or lacks its value"));
  }
}

Result<void> Complete(LabInitOptions& options) {
  if (options.state.empty()) return std::unexpected(Wrong("--state is missing"));
  if (options.daemon.empty()) return std::unexpected(Wrong("the daemon's command is missing"));
  std::error_code failed;
  options.state = std::filesystem::absolute(options.state, failed).lexically_normal();
  if (options.runtime.empty()) options.runtime = "run";
  if (options.runtime.is_absolute() || options.runtime.has_parent_path() ||
      options.runtime == ".." || options.runtime == ".") {
    return std::unexpected(Wrong("--runtime-directory wants a plain name"));
  }
  options.runtime = options.state / options.runtime;
  auto& program = options.daemon.front();
  program = std::filesystem::absolute(program, failed).lexically_normal().string();
  if (::access(program.c_str(), X_OK) != 0) {
    return FailErrno(ErrorKind::kNotFound, "the daemon " + program + " cannot be executed", errno);
  }
  return {};
}

}  // namespace

Result<LabInitOptions> ParseLabInitOptions(int count, char** arguments) {
  static constexpr std::array kOptions = {
      option{"state", required_argument, nullptr, kState},
      option{"listen", required_argument, nullptr, kListen},
      option{"runtime-directory", required_argument, nullptr, kRuntime},
      option{"runtime-bytes", required_argument, nullptr, kRuntimeBytes},
      option{"stop-within", required_argument, nullptr, kStopWithin},
      option{"detach", no_argument, nullptr, kDetach},
      option{"probe", no_argument, nullptr, kProbe},
      option{"help", no_argument, nullptr, kHelp},
      option{nullptr, 0, nullptr, 0}};
  LabInitOptions options;
  opterr = 0;
  optind = 1;
  for (int next = 0;
       (next = ::getopt_long(count, arguments, "+", kOptions.data(), nullptr)) != -1;) {
    SCV_TRY(Take(next, options));
  }
  if (options.probe || options.help) return options;
  options.daemon.assign(arguments + optind, arguments + count);
  SCV_TRY(Complete(options));
  return options;
}

}  // namespace scv::world
