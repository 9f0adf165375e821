// memo healthcheck
#include <curl/curl.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "memo/command_line.h"

namespace scv::memo {
namespace {

constexpr long kTimeoutMs = 3000;

std::size_t Discard(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// 0: the path answers 200; 1: anything else.
int Healthcheck(const std::string& address, const std::string& path) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                   &curl_easy_cleanup);
  if (!handle) return Complain({ErrorKind::kInternal, "libcurl cannot start"});
  const std::string url = "http://" + address + path;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &Discard);
  const CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) {
    return Complain({ErrorKind::kUnavailable, url + ": " + curl_easy_strerror(code)});
  }
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  std::printf("%s: %ld\n", url.c_str(), status);
  return status == 200 ? 0 : 1;
}

}  // namespace

void AddHealthcheckCommand(CLI::App& app, Command& run) {
  auto address = std::make_shared<std::string>("127.0.0.1:8080");
  auto live = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("healthcheck", "Ask a running server whether it is ready");
  command->add_option("--address", *address, "Where it listens")->capture_default_str();
  command->add_flag("--live", *live, "Ask /livez (the process works) in place of /readyz");
  command->footer("Exit codes: 0 healthy, 1 not\nExample:\n  memo healthcheck --live");
  command->callback([address, live, &run] {
    run = [address, live] { return Healthcheck(*address, *live ? "/livez" : "/readyz"); };
  });
}

}  // namespace scv::memo
