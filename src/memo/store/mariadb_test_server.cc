#include "memo/store/mariadb_test_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <mariadb/mysql.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

namespace scv::memo {
namespace {

constexpr const char* kServer = "/usr/sbin/mariadbd";
constexpr const char* kInstall = "/usr/bin/mariadb-install-db";
constexpr const char* kOpenssl = "/usr/bin/openssl";
constexpr const char* kNames = "DNS:localhost,IP:127.0.0.1";
constexpr std::chrono::seconds kStartTimeMax{60};
constexpr std::chrono::milliseconds kPollEvery{10};
constexpr int kPortTriesMax = 5;

Error SystemError(const std::string& what) {
  return {ErrorKind::kInternal, what + ": " + std::strerror(errno)};
}

// In the child: only what is safe after fork() in a process with threads.
[[noreturn]] void Become(const std::vector<char*>& arguments, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(126);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

Result<pid_t> Spawn(std::vector<std::string> command, const std::filesystem::path& log) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return std::unexpected(SystemError("open " + log.string()));
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) Become(arguments, output, parent);
  ::close(output);
  if (pid < 0) return std::unexpected(SystemError("fork"));
  return pid;
}

Result<std::uint16_t> FreePort() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(probe, any, size) == 0 && ::getsockname(probe, any, &size) == 0;
  ::close(probe);
  if (!bound) return std::unexpected(SystemError("bind"));
  return ntohs(address.sin_port);
}

bool IsRoot() { return ::geteuid() == 0; }

}  // namespace

Result<std::unique_ptr<MariadbTestServer>> MariadbTestServer::Start(int server_id) {
  for (const char* needed : {kServer, kInstall, kOpenssl}) {
    if (::access(needed, X_OK) != 0) {
      return Fail(ErrorKind::kNotFound, std::string(needed) + " is not installed");
    }
  }
  std::unique_ptr<MariadbTestServer> server(new MariadbTestServer(server_id));
  SCV_TRY(server->Prepare());
  SCV_TRY(server->StartOnFreePort());
  SCV_TRY(server->Administer("CREATE USER " + server->user_ + " IDENTIFIED BY '" +
                             server->password_ + "'; GRANT ALL ON `memo\\_%`.* TO " +
                             server->user_));
  return server;
}

Result<MariadbTestServer*> MariadbTestServer::Shared() {
  static const auto server = Start();
  if (!server) return std::unexpected(server.error());
  return server->get();
}

MariadbTestServer::~MariadbTestServer() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

Result<void> MariadbTestServer::Prepare() {
  std::string name = std::filesystem::temp_directory_path() / "memo-mariadb-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return std::unexpected(SystemError("mkdtemp"));
  directory_ = name;
  SCV_TRY(MakeAuthority("ca"));
  SCV_TRY(MakeAuthority("other-ca"));
  SCV_TRY(MakeCertificate(kNames));
  // Its own: a server that starts deletes the temporary tables of all others that share one.
  std::filesystem::create_directory(directory_ / "tmp");
  std::vector<std::string> install = {kInstall,
                                      "--no-defaults",
                                      "--datadir=" + (directory_ / "data").string(),
                                      "--tmpdir=" + (directory_ / "tmp").string(),
                                      "--auth-root-authentication-method=normal",
                                      "--skip-test-db",
                                      "--innodb-log-file-size=8M"};
  if (IsRoot()) install.push_back("--user=root");
  return Run(install);
}

Result<void> MariadbTestServer::MakeAuthority(const std::string& name) {
  const std::string base = directory_ / name;
  return Run({kOpenssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
              "-nodes", "-days", "2", "-subj", "/CN=" + name, "-keyout", base + ".key", "-out",
              base + ".pem"});
}

Result<void> MariadbTestServer::MakeCertificate(const std::string& names) {
  const std::string base = directory_ / "server";
  const std::string ca = directory_ / "ca";
  return Run({kOpenssl,
              "req",
              "-x509",
              "-CA",
              ca + ".pem",
              "-CAkey",
              ca + ".key",
              "-newkey",
              "ec",
              "-pkeyopt",
              "ec_paramgen_curve:prime256v1",
              "-nodes",
              "-days",
              "2",
              "-subj",
              "/CN=test database",
              "-addext",
              "subjectAltName=" + names,
              "-addext",
              "basicConstraints=critical,CA:FALSE",
              "-keyout",
              base + ".key",
              "-out",
              base + ".pem"});
}

Result<void> MariadbTestServer::Run(const std::vector<std::string>& command) {
  SCV_ASSIGN(const pid_t pid, Spawn(command, directory_ / "log"));
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status == 0) return {};
  return Fail(ErrorKind::kInternal, command.front() + " failed: " + LogTail());
}

std::vector<std::string> MariadbTestServer::Arguments(bool tls) const {
  const std::string data = directory_ / "data";
  std::vector<std::string> arguments = {kServer,
                                        "--no-defaults",
                                        "--datadir=" + data,
                                        "--tmpdir=" + (directory_ / "tmp").string(),
                                        "--socket=" + (directory_ / "socket").string(),
                                        "--pid-file=" + data + "/pid",
                                        "--bind-address=127.0.0.1",
                                        "--port=" + std::to_string(port_),
                                        "--skip-name-resolve",
                                        "--performance-schema=0",
                                        "--server-id=" + std::to_string(server_id_),
                                        "--log-bin=binlog",
                                        "--sync-binlog=1",
                                        "--innodb-flush-log-at-trx-commit=1",
                                        "--innodb-buffer-pool-size=32M",
                                        "--innodb-log-file-size=8M",
                                        "--max-connections=100"};
  if (tls) {
    const std::string base = directory_ / "server";
    arguments.insert(arguments.end(), {"--ssl-cert=" + base + ".pem", "--ssl-key=" + base + ".key",
                                       "--ssl-ca=" + ca_file(), "--require-secure-transport=1"});
  }
  if (IsRoot()) arguments.push_back("--user=root");
  return arguments;
}

// Somebody else may take the port between the look and the server's own bind.
Result<void> MariadbTestServer::StartOnFreePort() {
  for (int tries = 1;; ++tries) {
    SCV_ASSIGN(port_, FreePort());
    auto started = Launch({}, true);
    if (started || tries == kPortTriesMax) return started;
  }
}

Result<void> MariadbTestServer::Launch(const std::vector<std::string>& further_arguments,
                                       bool tls) {
  std::vector<std::string> arguments = Arguments(tls);
  arguments.insert(arguments.end(), further_arguments.begin(), further_arguments.end());
  SCV_ASSIGN(pid_, Spawn(std::move(arguments), directory_ / "log"));
  return WaitUntilReady();
}

Result<void> MariadbTestServer::WaitUntilReady() {
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeMax;
  for (;;) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return Fail(ErrorKind::kInternal, "mariadbd ended while starting: " + LogTail());
    }
    auto answered = Administer("SELECT 1");
    if (answered) return {};
    if (std::chrono::steady_clock::now() >= deadline) {
      Kill();
      return Fail(ErrorKind::kTimeout, "mariadbd did not start: " + answered.error().message);
    }
    std::this_thread::sleep_for(kPollEvery);
  }
}

std::string MariadbTestServer::LogTail() const {
  std::ifstream log(directory_ / "log");
  const std::string text{std::istreambuf_iterator<char>(log), {}};
  return text.substr(text.size() > 2000 ? text.size() - 2000 : 0);
}

Result<std::string> MariadbTestServer::Administer(const std::string& sql,
                                                  const std::string& database) {
  const std::unique_ptr<MYSQL, void (*)(MYSQL*)> connection(mysql_init(nullptr), mysql_close);
  MYSQL* const handle = connection.get();
  const auto failed = [&] {
    return Fail(ErrorKind::kUnavailable, std::string("administering: ") + mysql_error(handle));
  };
  const unsigned protocol = MYSQL_PROTOCOL_SOCKET;
  mysql_optionsv(handle, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const std::string socket = directory_ / "socket";
  if (mysql_real_connect(handle, nullptr, "root", "", database.empty() ? nullptr : database.c_str(),
                         0, socket.c_str(), CLIENT_MULTI_STATEMENTS) == nullptr ||
      mysql_real_query(handle, sql.data(), sql.size()) != 0) {
    return failed();
  }
  std::string value;
  for (;;) {
    if (MYSQL_RES* result = mysql_store_result(handle)) {
      const MYSQL_ROW row = mysql_fetch_row(result);
      value = row != nullptr && row[0] != nullptr ? row[0] : "";
      mysql_free_result(result);
    }
    const int next = mysql_next_result(handle);
    if (next < 0) return value;
    if (next > 0) return failed();
  }
}

Result<std::string> MariadbTestServer::NewDatabase() {
  const std::string name = "memo_" + std::to_string(++databases_);
  SCV_TRY(Administer("CREATE DATABASE " + name + " CHARACTER SET utf8mb4"));
  return name;
}

MariadbOptions MariadbTestServer::Options(const std::string& database) const {
  MariadbOptions options;
  options.host = "127.0.0.1";
  options.port = port_;
  options.database = database;
  options.ca_file = ca_file();
  options.credentials = [user = user_, password = password_](bool) -> Result<Credentials> {
    return Credentials{user, password};
  };
  return options;
}

Result<void> MariadbTestServer::SetReadOnly(bool read_only) {
  SCV_TRY(Administer(std::string("SET GLOBAL read_only = ") + (read_only ? "1" : "0")));
  return {};
}

Result<void> MariadbTestServer::Follow(MariadbTestServer& primary) {
  const std::string follower = "follower" + std::to_string(server_id_);
  SCV_TRY(primary.Administer("GRANT REPLICATION SLAVE ON *.* TO " + follower + " IDENTIFIED BY '" +
                             primary.password_ + "'"));
  SCV_ASSIGN(const std::string position, primary.Administer("SELECT @@global.gtid_binlog_pos"));
  SCV_TRY(Administer("SET GLOBAL gtid_slave_pos = '" + position + "', read_only = 1;" +
                     " CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = " +
                     std::to_string(primary.port_) + ", MASTER_USER = '" + follower +
                     "', MASTER_PASSWORD = '" + primary.password_ + "', MASTER_SSL = 1," +
                     " MASTER_SSL_CA = '" + primary.ca_file() +
                     "', MASTER_SSL_VERIFY_SERVER_CERT = 1, MASTER_CONNECT_RETRY = 1," +
                     " MASTER_USE_GTID = slave_pos; START SLAVE"));
  return {};
}

Result<void> MariadbTestServer::SetPassword(const std::string& password) {
  SCV_TRY(Administer("ALTER USER " + user_ + " IDENTIFIED BY '" + password + "'"));
  password_ = password;
  return {};
}

Result<void> MariadbTestServer::UseCertificate(const std::string& names) {
  SCV_TRY(MakeCertificate(names));
  SCV_TRY(Administer("FLUSH SSL"));
  return {};
}

void MariadbTestServer::Signal(int signal) {
  if (pid_ > 0) ::kill(pid_, signal);
}

void MariadbTestServer::Reap() {
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void MariadbTestServer::Kill() {
  Signal(SIGKILL);
  Reap();
}

void MariadbTestServer::Stop() {
  Signal(SIGTERM);
  Reap();
}

Result<void> MariadbTestServer::Restart(const std::vector<std::string>& further_arguments,
                                        bool tls) {
  Kill();
  return Launch(further_arguments, tls);
}

void MariadbTestServer::Pause() {
  Signal(SIGSTOP);
  // Its threads run on until the kernel has stopped each of them.
  siginfo_t stopped{};
  if (pid_ > 0) ::waitid(P_PID, pid_, &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

void MariadbTestServer::Resume() { Signal(SIGCONT); }

}  // namespace scv::memo
