#include "world/linux/load_balancer_test_lab.h"

#include <gtest/gtest.h>

#include <fstream>

namespace scv::world {
namespace {

constexpr const char* kTargetProgram = R"py(
import http.server, socketserver, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    disable_nagle_algorithm = True
    def answer(self):
        length = int(self.headers.get("Content-Length", "0"))
        self.rfile.read(length)
        status = int(sys.argv[3]) if self.path == "/health" else 200
        body = sys.argv[2].encode() + b"\n" + str(self.headers).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_PUT = do_POST = answer
    def log_message(self, *ignored): pass
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True
Server((sys.argv[1], 80), Handler).serve_forever()
)py";

constexpr const char* kLoadProgram = R"py(
import http.client, json, os, ssl, sys, threading, time
address, root, stop = sys.argv[1:4]
context = ssl.create_default_context(cafile=root)
lock = threading.Lock()
total = {"requests": 0, "failed": 0, "reopened": 0, "errors": []}
class Connection(http.client.HTTPSConnection):
    def connect(self):
        import socket
        self.sock = context.wrap_socket(socket.create_connection((address, 443), 10),
                                        server_hostname="www.scv.localhost")
def run(number):
    connection, used, count = None, 0, number
    while not os.path.exists(stop) and time.time() < deadline:
        count += 1
        for attempt in range(2):
            reused = used > 0
            if connection is None:
                connection, used, reused = Connection("www.scv.localhost", timeout=10), 0, False
            error = None
            try:
                if count % 2: connection.request("GET", "/x")
                else: connection.request("PUT", "/x", b"body")
                response = connection.getresponse()
                response.read()
                used += 1
                if response.status != 200: error = str(response.status)
                if response.will_close: connection.close(); connection, used = None, 0
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as e:
                connection = None
                if reused:
                    with lock: total["reopened"] += 1
                    continue
                error = repr(e)
            except Exception as e:
                connection, error = None, repr(e)
            break
        with lock:
            total["requests"] += 1
            if error: total["failed"] += 1; total["errors"].append(error)
        if used > 50: connection.close(); connection, used = None, 0
deadline = time.time() + 60
threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
total["errors"] = total["errors"][:5]
print(json.dumps(total))
)py";

}  // namespace

LoadBalancerTestLab::LoadBalancerTestLab() {
  net.Restart();
  net.interfaces["client"] = InterfaceAt(net.router, "public", 9);
  net.firewalls["client"].resolver = net.router.resolver;
  net.firewalls["client"].egress = {Allow("-1", 0, "0.0.0.0/0")};
  net.EnsureAll();
  std::ofstream(directory.path / "target.py") << kTargetProgram;
  std::ofstream(directory.path / "load.py") << kLoadProgram;
  auto opened = CertificateAuthority::Open(directory.path / "ca");
  authority = std::move(*opened);
  EXPECT_TRUE(authority->Issue("arn:c", {"*.scv.localhost"}).has_value());
  logs = std::make_unique<AccessLogs>(
      std::chrono::hours(1), [this](const std::string&, const std::string& key, std::string text) {
        keys.push_back(key);
        files.push_back(std::move(text));
      });
  Restart();
}

void LoadBalancerTestLab::Restart() {
  balancers = nullptr;
  balancers = std::make_unique<LoadBalancers>(
      processes, *net.network, *authority, logs.get(), directory.path / "lb",
      [this](const std::string&, std::vector<lab::TargetSighting> targets) {
        const std::lock_guard lock(mutex_);
        targets_ = std::move(targets);
      });
}

LoadBalancerTestLab::~LoadBalancerTestLab() {
  EXPECT_EQ(ErrorOf(balancers->Remove(kNode)), "");
  balancers = nullptr;
}

lab::TargetSpec LoadBalancerTestLab::StartTarget(const std::string& id, int host, int health) {
  net.interfaces[id] = InterfaceAt(net.router, "web", host);
  net.firewalls[id].resolver = net.router.resolver;
  net.firewalls[id].ingress = {Allow("-1", 0, "0.0.0.0/0")};
  net.firewalls[id].egress = {Allow("-1", 0, "0.0.0.0/0")};
  EXPECT_EQ(net.EnsureHost(id), "");
  const std::string address = net.interfaces[id].address;
  const UniqueFd space = net.NamespaceOf(id);
  ProcessSpec spec;
  spec.name = id;
  spec.arguments = {"/usr/bin/python3", directory.path / "target.py", address, id,
                    std::to_string(health)};
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.log = directory.path / (id + ".log");
  spec.network_namespace = space.get();
  EXPECT_TRUE(processes.Start(spec).has_value());
  return {.id = id, .address = address, .port = 80, .zone = "a", .draining = false};
}

void LoadBalancerTestLab::KillTarget(const std::string& id) {
  EXPECT_TRUE(processes.Stop(id, std::chrono::milliseconds(0)).has_value());
}

lab::LoadBalancerNodeSpec LoadBalancerTestLab::Node(std::vector<lab::TargetSpec> targets) {
  lab::LoadBalancerNodeSpec node;
  node.load_balancer = "front";
  node.arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/front/0a1b";
  node.region = "ap-northeast-2";
  node.interface = InterfaceAt(net.router, "public", 7);
  node.firewall.resolver = net.router.resolver;
  node.firewall.ingress = {Allow("-1", 0, "0.0.0.0/0")};
  node.firewall.egress = {Allow("-1", 0, "0.0.0.0/0")};
  node.access_log = {.bucket = "logs", .prefix = "alb"};
  lab::TargetGroupSpec group;
  group.name = "web";
  group.arn = "arn:web";
  group.deregistration_delay = std::chrono::seconds(2);
  group.health_check.path = "/health";
  group.health_check.interval = std::chrono::milliseconds(200);
  group.health_check.timeout = std::chrono::milliseconds(500);
  group.health_check.healthy_threshold = 3;
  group.targets = std::move(targets);
  node.target_groups = {group};
  lab::ListenerSpec tls;
  tls.tls = true;
  tls.ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06";
  tls.certificates = {"arn:c"};
  tls.strict_transport_security = "max-age=31536000";
  tls.default_action.target_group = "web";
  lab::ListenerSpec plain;
  plain.port = 80;
  plain.default_action.kind = lab::ActionSpec::Kind::kRedirect;
  plain.default_action.protocol = "HTTPS";
  plain.default_action.port = "443";
  plain.default_action.status = 301;
  node.listeners = {plain, tls};
  return node;
}

std::string LoadBalancerTestLab::Ensure(const lab::LoadBalancerNodeSpec& spec) {
  return ErrorOf(balancers->Ensure(kNode, spec));
}

std::vector<lab::TargetSighting> LoadBalancerTestLab::Targets() {
  const std::lock_guard lock(mutex_);
  return targets_;
}

double LoadBalancerTestLab::Await(const std::string& target, lab::TargetHealth health) {
  const auto begun = std::chrono::steady_clock::now();
  const bool came = Eventually([&] {
    for (const auto& seen : Targets()) {
      if (seen.target == target && seen.health == health) return true;
    }
    return false;
  });
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begun;
  return came ? taken.count() : -1;
}

Ran LoadBalancerTestLab::Curl(std::vector<std::string> arguments) {
  std::vector<std::string> all = {"curl",       "-sS",
                                  "--max-time", "10",
                                  "--noproxy",  "*",
                                  "--cacert",   authority->root_file(),
                                  "--resolve",  "www.scv.localhost:443:10.0.0.7",
                                  "--resolve",  "www.scv.localhost:80:10.0.0.7"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return RunCommand(all, net.NamespaceOf("client").get());
}

Load::Load(LoadBalancerTestLab& lab) : stop_(lab.directory.path / "stop") {
  std::filesystem::remove(stop_);
  thread_ = std::thread([this, &lab] {
    ran_ = RunCommand({"/usr/bin/python3", lab.directory.path / "load.py", "10.0.0.7",
                       lab.authority->root_file(), stop_},
                      lab.net.NamespaceOf("client").get());
  });
}

std::string Load::Finish() {
  std::ofstream(stop_) << "";
  if (thread_.joinable()) thread_.join();
  return ran_.output;
}

}  // namespace scv::world
