#include "fault/health_watch.h"

namespace scv::fault {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{25};
// A load balancer's patience with a health check.
constexpr std::chrono::milliseconds kAnswerMax{2000};

unsigned StatusOf(HttpClient& client, const Endpoint& endpoint, const char* path) {
  Request request;
  request.path = path;
  request.timeout = kAnswerMax;
  return client.Send(endpoint.port, request).status;
}

}  // namespace

HealthWatch::HealthWatch(const Endpoint& endpoint)
    : endpoint_(endpoint), thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

HealthWatch::~HealthWatch() {
  thread_.request_stop();
  thread_.join();
}

Health HealthWatch::health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

bool HealthWatch::Await(bool ready, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const std::size_t now = health_.looks;
  return looked_.wait_for(lock, limit,
                          [&] { return health_.looks > now + 1 && health_.ready == ready; });
}

void HealthWatch::Watch(const std::stop_token& stop) {
  HttpClient client;
  while (!stop.stop_requested()) {
    Look(client);
    std::unique_lock lock(mutex_);
    std::condition_variable_any never;
    never.wait_for(lock, stop, kBetweenLooks, [] { return false; });
  }
}

void HealthWatch::Look(HttpClient& client) {
  const unsigned livez = StatusOf(client, endpoint_, "/livez");
  const bool ready = StatusOf(client, endpoint_, "/readyz") == 200;
  std::lock_guard lock(mutex_);
  if (livez != 200 && health_.livez_bad++ == 0) {
    health_.livez_first_bad = "look " + std::to_string(health_.looks) +
                              " at /livez: " + (livez == 0 ? "no answer" : std::to_string(livez));
  }
  if (health_.looks > 0 && health_.ready && !ready) ++health_.went_red;
  if (health_.looks > 0 && !health_.ready && ready) ++health_.came_back;
  health_.ready = ready;
  ++health_.looks;
  looked_.notify_all();
}

}  // namespace scv::fault
