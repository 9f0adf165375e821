#include "memo/aws/test_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "memo/aws/http_fetch.h"

namespace scv::memo {
namespace {

namespace json = boost::json;

constexpr int kStartMsMax = 30'000;

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe MakePipe() {
  std::array<int, 2> ends{};
  return ::pipe2(ends.data(), O_CLOEXEC) == 0 ? Pipe{ends[0], ends[1]} : Pipe{};
}

pid_t Spawn(const std::string& program, std::vector<std::string> arguments, int in, int out) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? pid : -1;
}

bool CanImport(const std::string& python, const std::string& module) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  // find_spec does not run the module, which may take seconds.
  const std::string code =
      "import importlib.util,sys; sys.exit(importlib.util.find_spec('" + module + "') is None)";
  const pid_t pid = Spawn(python, {python, "-c", code}, null, null);
  ::close(null);
  int status = -1;
  return pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

// The number in the line "port N" that the child writes when it is ready.
std::optional<int> ReadPort(int fd) {
  std::string line;
  char c = 0;
  pollfd ready{fd, POLLIN, 0};
  while (::poll(&ready, 1, kStartMsMax) == 1 && ::read(fd, &c, 1) == 1) {
    if (c != '\n') {
      line += c;
      continue;
    }
    int port = 0;
    if (line.starts_with("port ") &&
        std::from_chars(line.data() + 5, line.data() + line.size(), port).ec == std::errc()) {
      return port;
    }
    line.clear();
  }
  return std::nullopt;
}

Result<json::object> Post(HttpRequest request) {
  const auto limits = CallLimits::Within(std::chrono::seconds(20));
  request.method = HttpMethod::kPost;
  request.timeout = std::chrono::seconds(20);
  request.direct = true;
  request.what = "test server";
  SCV_ASSIGN(const HttpResponse response, HttpFetch(request, limits));
  if (response.status != 200) {
    return Fail(ErrorKind::kInternal, response.body.Reveal());
  }
  return json::parse(response.body.Reveal()).as_object();
}

}  // namespace

std::unique_ptr<TestServer> TestServer::Start(const std::string& script, const std::string& module,
                                              const std::string& tls_directory) {
  for (const std::string& python : std::vector<std::string>{"python3", "/usr/bin/python3"}) {
    if (!CanImport(python, module)) {
      continue;
    }
    const Pipe in = MakePipe();
    const Pipe out = MakePipe();
    const std::string path = std::string(SCV_AWS_TESTDATA) + "/" + script;
    std::vector<std::string> arguments = {python, "-W", "ignore", path};
    if (!tls_directory.empty()) {
      arguments.push_back(tls_directory);
    }
    const pid_t pid = Spawn(python, std::move(arguments), in.read, out.write);
    ::close(in.read);
    ::close(out.write);
    std::unique_ptr<TestServer> server(new TestServer(pid, in.write));
    const std::optional<int> port = ReadPort(out.read);
    ::close(out.read);
    if (!port) {
      ADD_FAILURE() << path << " did not start";
      return nullptr;
    }
    server->port_ = *port;
    return server;
  }
  return nullptr;
}

TestServer::~TestServer() {
  ::close(input_);
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
}

AwsEnvironment TestServer::Environment() const {
  const std::string base = url();
  const auto variable = [&base](std::string_view name) -> const char* {
    return name == "AWS_ENDPOINT_URL" || name == "AWS_EC2_METADATA_SERVICE_ENDPOINT" ? base.c_str()
                                                                                     : nullptr;
  };
  return ReadAwsEnvironment(variable).value();
}

AwsEnvironment TestServer::EnvironmentWithKey() const {
  AwsEnvironment environment = Environment();
  environment.region = kTestRegion;
  environment.credentials = StaticCredentials{kLongTermId, Secret(kLongTermKey), Secret()};
  return environment;
}

Result<json::object> TestServer::Call(std::string_view operation, const json::object& body) const {
  HttpRequest request;
  request.url = url() + "/";
  request.body = json::serialize(body);
  request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", "secretsmanager." + std::string(operation)}};
  request.signing = HttpSigning{kTestRegion, "secretsmanager", kLongTermId, Secret(kLongTermKey)};
  return Post(std::move(request));
}

void TestServer::Control(const json::object& wanted) const {
  HttpRequest request;
  request.url = url() + "/control";
  request.body = json::serialize(wanted);
  const auto answer = Post(std::move(request));
  ASSERT_TRUE(answer) << answer.error().message;
}

std::int64_t TestServer::Count(std::string_view name) const {
  HttpRequest request;
  request.url = url() + "/control";
  request.body = "{}";
  return Post(std::move(request)).value().at(name).as_int64();
}

}  // namespace scv::memo
