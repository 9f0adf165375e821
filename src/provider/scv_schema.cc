// scv-schema: the provider over an account in memory, without a lab. Prints the value for
// TF_REATTACH_PROVIDERS on its first line, and ends when its standard input does. For `terraform
// validate`, `terraform test` and the provider's own lifecycle tests.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "provider/memory_account.h"
#include "provider/memory_stores.h"
#include "provider/server.h"

namespace {

int Failed(const scv::Error& error) {
  std::fprintf(stderr, "scv-schema: %s\n", error.message.c_str());
  return 1;
}

}  // namespace

int main() {
  using namespace scv::provider;  // NOLINT: a program's main
  MemoryAccount account;
  MemoryObjects objects;
  MemorySecrets secrets;
  const Provider provider({&account, &objects, &secrets});
  const auto listener = ListenOnLoopback();
  if (!listener.has_value()) return Failed(listener.error());
  const auto server = Server::Start(*listener, provider);
  if (!server.has_value()) return Failed(server.error());
  std::puts(ReattachJson(::getpid(), "127.0.0.1:" + std::to_string((*server)->port())).c_str());
  std::fflush(stdout);
  std::array<char, 256> ignored{};
  while (::read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
  }
  return 0;
}
