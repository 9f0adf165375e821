// scv-schema: the provider over an account in memory, without a lab. Prints the value for
// TF_REATTACH_PROVIDERS on its first line, and ends when its standard input does. For `terraform
// validate`, `terraform test` and the provider's own lifecycle tests. `--record FILE` writes down
// what is created (recorder.h).
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "provider/memory_account.h"
#include "provider/memory_stores.h"
#include "provider/recorder.h"
#include "provider/server.h"

namespace {

// A directory that only this user may enter, while it lives.
struct OwnDirectory {
  OwnDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "scv-schema-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path = name;
  }
  OwnDirectory(const OwnDirectory&) = delete;
  OwnDirectory& operator=(const OwnDirectory&) = delete;
  ~OwnDirectory() { Remove(); }
  void Remove() const {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;  // "": it could not be made
};

// Readable when the program shall end. Blocked before any thread starts.
int EndingSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return ::signalfd(-1, &set, SFD_CLOEXEC);
}

int Failed(const scv::Error& error) {
  std::fprintf(stderr, "scv-schema: %s\n", error.message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path record;
  CLI::App app("The AWS provider over an account in memory; ends with its input", "scv-schema");
  app.add_option("--record", record, "Write down what is created, one JSON object a line");
  CLI11_PARSE(app, argc, argv);
  using namespace scv::provider;  // NOLINT: a program's main
  MemoryAccount account;
  MemoryObjects objects;
  MemorySecrets secrets;
  std::unique_ptr<Recorder> recorder;
  if (!record.empty()) {
    auto opened = Recorder::Open(record);
    if (!opened.has_value()) return Failed(opened.error());
    recorder = std::move(*opened);
  }
  const Provider provider({&account, &objects, &secrets}, recorder.get());
  const int signals = EndingSignals();
  const OwnDirectory directory;
  if (directory.path.empty()) {
    return Failed({scv::ErrorKind::kUnavailable, "cannot make a temporary directory"});
  }
  const auto listener = ListenAt(directory.path / "aws.sock");
  if (!listener.has_value()) return Failed(listener.error());
  const auto server = Server::Start(*listener, provider);
  if (!server.has_value()) return Failed(server.error());
  std::puts(ReattachJson(::getpid(), directory.path / "aws.sock").c_str());
  std::fflush(stdout);
  std::array<char, 256> ignored{};
  // A signal that asks it to end ends it the same way, so that no file is left behind.
  std::array<pollfd, 2> waits{{{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) > 0 && waits[1].revents == 0 &&
         ::read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
  }
  directory.Remove();  // before the server, which waits for its calls
  return 0;
}
