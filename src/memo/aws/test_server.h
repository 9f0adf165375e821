// Test support: the servers under testdata/ as child processes, and signed calls to them.
#ifndef SCV_MEMO_AWS_TEST_SERVER_H_
#define SCV_MEMO_AWS_TEST_SERVER_H_

#include <sys/types.h>

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "memo/aws/aws_environment.h"

namespace scv::memo {

inline constexpr const char* kTestRegion = "ap-northeast-2";
inline constexpr const char* kLongTermId = "AKIDLONGTERM";
inline constexpr const char* kLongTermKey = "long-term/key+of=tests";

class TestServer {
 public:
  // Runs testdata/`script` with a Python that can import `module`; nullptr: this machine has none.
  // A server that does not start within 30 s is a failure of the test. With `tls_directory`,
  // fake_aws.py speaks TLS and leaves its cert.pem there; only port() is of use then.
  static std::unique_ptr<TestServer> Start(const std::string& script, const std::string& module,
                                           const std::string& tls_directory = "");
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // The process's environment as if this server were all of AWS, without credentials.
  AwsEnvironment Environment() const;
  // The same with the long-term key.
  AwsEnvironment EnvironmentWithKey() const;

  // An operation of Secrets Manager by an administrator, signed; the answer.
  Result<boost::json::object> Call(std::string_view operation,
                                   const boost::json::object& body) const;
  // fake_aws.py only: sets its behaviour; a count it keeps.
  void Control(const boost::json::object& wanted) const;
  std::int64_t Count(std::string_view name) const;

 private:
  TestServer(pid_t pid, int input) : pid_(pid), input_(input) {}

  pid_t pid_;
  int input_;  // the child's stdin
  int port_ = 0;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_TEST_SERVER_H_
