// Test support: a real MariaDB server of the test's own, durable and TLS only, on a loopback port.
#ifndef SCV_MEMO_STORE_MARIADB_TEST_SERVER_H_
#define SCV_MEMO_STORE_MARIADB_TEST_SERVER_H_

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "memo/store/mariadb_store.h"

namespace scv::memo {

class MariadbTestServer {
 public:
  // kNotFound: the machine has no MariaDB server or no openssl, the message says which. The server
  // ends with this object, and with the thread that called this.
  static Result<std::unique_ptr<MariadbTestServer>> Start(int server_id = 1);
  // One for the whole process, started at the first call.
  static Result<MariadbTestServer*> Shared();
  ~MariadbTestServer();
  MariadbTestServer(const MariadbTestServer&) = delete;
  MariadbTestServer& operator=(const MariadbTestServer&) = delete;

  // Makes an empty database that user() may use; its name.
  Result<std::string> NewDatabase();
  // Options for a store on it, as the user of the tests.
  MariadbOptions Options(const std::string& database) const;

  std::uint16_t port() const { return port_; }
  const std::string& user() const { return user_; }
  const std::string& password() const { return password_; }
  std::string ca_file() const { return directory_ / "ca.pem"; }
  // Another CA, which signed nothing here.
  std::string other_ca_file() const { return directory_ / "other-ca.pem"; }

  // Statements by the administrator, in `database` if it is not empty; the first value of the
  // last result, empty when there is none.
  Result<std::string> Administer(const std::string& sql, const std::string& database = "");
  Result<void> SetReadOnly(bool read_only);
  // From now on a read-only replica of `primary`, by GTID and over verified TLS: what is done there
  // after this call comes here. The two need different server ids.
  Result<void> Follow(MariadbTestServer& primary);
  // Changes the password of user(); who asks this object from now on gets the new one.
  Result<void> SetPassword(const std::string& password);
  // Presents a certificate for these names from now on, as in "DNS:localhost,IP:127.0.0.1".
  Result<void> UseCertificate(const std::string& names);

  void Kill();  // as by kill -9; returns when it has ended
  void Stop();  // orderly
  // Starts it again on the same data and port.
  Result<void> Restart(const std::vector<std::string>& further_arguments = {}, bool tls = true);
  // Stands still (SIGSTOP): connections stay open and are not answered.
  void Pause();
  void Resume();

 private:
  explicit MariadbTestServer(int server_id) : server_id_(server_id) {}

  Result<void> Prepare();
  Result<void> MakeAuthority(const std::string& name);
  Result<void> MakeCertificate(const std::string& names);
  Result<void> StartOnFreePort();
  Result<void> Launch(const std::vector<std::string>& further_arguments, bool tls);
  Result<void> WaitUntilReady();
  Result<void> Run(const std::vector<std::string>& command);
  std::vector<std::string> Arguments(bool tls) const;
  std::string LogTail() const;
  void Signal(int signal);
  void Reap();

  const int server_id_;
  std::filesystem::path directory_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  int databases_ = 0;
  std::string user_ = "memo";
  std::string password_ = "secret of the tests";
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_TEST_SERVER_H_
