#include "world/linux/database_test_lab.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <chrono>
#include <cstring>
#include <iostream>
#include <string_view>

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// SHA1(SHA1("right-password-1")), as mysql_native_password keeps it.
constexpr const char* kHash = "*2B911B0E9EE0B619EFD831C9C7E1BA2DB50B932A";
constexpr const char* kPassword = "right-password-1";

}  // namespace

// In memory it is a tenth of the work.
const std::filesystem::path& ScratchOfAllTests() {
  static const TestDirectory directory("/dev/shm");
  return directory.path;
}

std::string WhyNoDatabases() {
  if (!IsInstalled("/usr/sbin/mariadbd")) return "/usr/sbin/mariadbd is not installed";
  return WhyNoNamespaces();
}

DatabaseTestLab::DatabaseTestLab() {
  net.EnsureAll();
  authority = std::move(*CertificateAuthority::Open(directory.path / "ca"));
  monitor = std::make_unique<DatabaseMonitor>(
      *net.network, [this](const std::string& process, const lab::DatabaseSighting& look) {
        const std::lock_guard lock(mutex_);
        seen_[process] = look;
        ++times_seen_[process];
      });
  databases =
      std::make_unique<DatabaseServers>(processes, *net.network, *authority, directory.path / "db",
                                        ScratchOfAllTests(), monitor.get());
}

DatabaseTestLab::~DatabaseTestLab() {
  for (const auto& [node, spec] : specs) {
    EXPECT_EQ(ErrorOf(databases->Remove(ProcessOf(node))), "");
    EXPECT_FALSE(std::filesystem::exists(databases->HomeOf(ProcessOf(node))));
  }
}

lab::DatabaseSpec& DatabaseTestLab::Add(const std::string& node) {
  auto& spec = specs[node];
  const int number = static_cast<int>(specs.size());
  spec.id = "memo";
  spec.server_id = static_cast<std::uint32_t>(number);
  spec.interface = InterfaceAt(net.router, "db", 19 + number);
  spec.firewall.resolver = net.router.resolver;
  spec.firewall.ingress = {Allow("tcp", 3306, "10.0.2.0/24"), Allow("tcp", 3306, "10.0.3.0/24")};
  spec.firewall.egress = {Allow("-1", 0, "0.0.0.0/0")};
  spec.endpoint = "memo.abc.ap-northeast-2.rds.amazonaws.com";
  spec.master_username = "admin";
  spec.master_password_hash = kHash;
  spec.database = "memo";
  spec.parameters = {{"require_secure_transport", "1"}, {"max_connections", "50"}};
  return spec;
}

std::string DatabaseTestLab::Ensure(const std::string& node, const std::string& what) {
  const auto begun = steady_clock::now();
  auto error = ErrorOf(databases->Ensure(ProcessOf(node), specs.at(node)));
  const std::chrono::duration<double, std::milli> taken = steady_clock::now() - begun;
  std::cout << node << " " << (what.empty() ? "ensured" : what) << ": " << taken.count() << " ms\n";
  return error;
}

std::string DatabaseTestLab::Lead(const std::string& node, bool wait_for_standby,
                                  const std::string& what) {
  auto& role = specs.at(node).role;
  const auto term = role.term;
  role = {};
  role.term = term + 1;
  role.wait_for_standby = wait_for_standby;
  return Ensure(node, what.empty() ? "leads" : what);
}

std::string DatabaseTestLab::FollowSource(const std::string& node, const std::string& source,
                                          bool acknowledges, const std::string& what) {
  auto& role = specs.at(node).role;
  ++role.term;
  role.kind = lab::DatabaseRole::Kind::kReplica;
  role.wait_for_standby = role.read_only = false;
  role.source_address = AddressOf(source);
  role.acknowledges = acknowledges;
  return Ensure(node, what.empty() ? "follows " + source : what);
}

void DatabaseTestLab::Signal(const std::string& node, int signal) {
  EXPECT_EQ(ErrorOf(processes.Signal(ProcessOf(node), signal)), "");
}

int DatabaseTestLab::PidOf(const std::string& node) {
  const auto status = processes.Find(ProcessOf(node));
  return status ? status->pid : 0;
}

bool DatabaseTestLab::Runs(const std::string& node) {
  const auto status = processes.Find(ProcessOf(node));
  return status && status->running;
}

void DatabaseTestLab::SetLink(const std::string& node, bool up) {
  const UniqueFd place = net.NamespaceOf(ProcessOf(node));
  RunInside(place.get(), [&] {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    struct if_nameindex* all = ::if_nameindex();
    for (auto* one = all; one->if_name != nullptr; ++one) {
      if (std::string_view(one->if_name) == "lo") continue;
      ifreq request{};
      std::strncpy(request.ifr_name, one->if_name, IFNAMSIZ - 1);
      EXPECT_EQ(::ioctl(socket.get(), SIOCGIFFLAGS, &request), 0);
      request.ifr_flags =
          static_cast<short>(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
      EXPECT_EQ(::ioctl(socket.get(), SIOCSIFFLAGS, &request), 0);
    }
    ::if_freenameindex(all);
  });
}

lab::DatabaseSighting DatabaseTestLab::Seen(const std::string& node) {
  const std::lock_guard lock(mutex_);
  return seen_[ProcessOf(node)];
}

std::size_t DatabaseTestLab::TimesSeen(const std::string& node) {
  const std::lock_guard lock(mutex_);
  return times_seen_[ProcessOf(node)];
}

std::string DatabaseTestLab::Ask(const std::string& node, const std::string& sql) {
  auto admin = DatabaseAdmin::Connect(databases->HomeOf(ProcessOf(node)) / "mariadbd.sock",
                                      milliseconds(2000));
  if (!admin) return "";
  const auto tables = admin->Query(sql);
  if (!tables || tables->empty() || tables->front().rows.empty()) return "";
  return tables->front().rows.front().front();
}

DatabaseFacts DatabaseTestLab::Facts(const std::string& node) {
  auto admin = DatabaseAdmin::Connect(databases->HomeOf(ProcessOf(node)) / "mariadbd.sock",
                                      milliseconds(2000));
  if (!admin) return {};
  return FactsOf(*admin, milliseconds(2000)).value_or(DatabaseFacts{});
}

bool DatabaseTestLab::HasCaughtUp(const std::string& node, const std::string& source) {
  const auto wanted = Facts(source).executed;
  return !wanted.empty() && Eventually([&] { return Facts(node).executed == wanted; });
}

DatabaseTestClient::DatabaseTestClient(DatabaseTestLab& lab, const std::string& node,
                                       unsigned int limit) {
  const std::string address = lab.AddressOf(node);
  const std::string root = lab.authority->root_file().string();
  const UniqueFd place = lab.net.NamespaceOf("was");
  RunInside(place.get(), [&] {
    handle_ = mysql_init(nullptr);
    const my_bool verify = 1;
    mysql_optionsv(handle_, MYSQL_OPT_CONNECT_TIMEOUT, &limit);
    mysql_optionsv(handle_, MYSQL_OPT_READ_TIMEOUT, &limit);
    mysql_optionsv(handle_, MYSQL_OPT_SSL_CA, root.c_str());
    mysql_optionsv(handle_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    mysql_real_connect(handle_, address.c_str(), "admin", kPassword, "memo", 3306, nullptr, 0);
  });
}

DatabaseTestClient::~DatabaseTestClient() { mysql_close(handle_); }

unsigned int DatabaseTestClient::Execute(const std::string& sql) {
  if (mysql_errno(handle_) != 0 && mysql_thread_id(handle_) == 0) return mysql_errno(handle_);
  if (mysql_real_query(handle_, sql.data(), sql.size()) != 0) return mysql_errno(handle_);
  if (MYSQL_RES* result = mysql_store_result(handle_)) mysql_free_result(result);
  return 0;
}

DatabaseTestWriters::DatabaseTestWriters(DatabaseTestLab& lab, const std::string& node, int threads,
                                         int first, unsigned int limit)
    : acknowledged_(static_cast<std::size_t>(threads)) {
  for (int i = 0; i < threads; ++i) {
    auto client = std::make_shared<DatabaseTestClient>(lab, node, limit);
    threads_.emplace_back([this, client, i, number = first + i * 100'000]() mutable {
      while (!stop_) {
        const std::string sql = "INSERT INTO t VALUES (" + std::to_string(number) + ")";
        if (client->Execute(sql) != 0) return;
        acknowledged_[static_cast<std::size_t>(i)].insert(number++);
        ++count_;
      }
    });
  }
}

void DatabaseTestWriters::Stop() {
  stop_ = true;
  Join();
}

void DatabaseTestWriters::Join() {
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::set<int> DatabaseTestWriters::Acknowledged() const {
  std::set<int> all;
  for (const auto& some : acknowledged_) all.insert(some.begin(), some.end());
  return all;
}

}  // namespace scv::world
