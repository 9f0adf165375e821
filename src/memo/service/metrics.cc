#include "memo/service/metrics.h"

#include <prometheus/text_serializer.h>

namespace scv::memo {
namespace {

const prometheus::Histogram::BucketBoundaries kSecondsBuckets = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
const prometheus::Histogram::BucketBoundaries kBatchBuckets = {1, 2, 4, 8, 16, 32, 64};

prometheus::Gauge& OneGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& OneCounter(prometheus::Registry& registry, const char* name,
                                const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

class Metrics::Lane : public LaneObserver {
 public:
  Lane(prometheus::Registry& registry, const std::string& name)
      : name_(name),
        batch_(&prometheus::BuildHistogram()
                    .Name("memo_store_batch_size")
                    .Help("Requests that shared one round trip and one commit")
                    .Register(registry)
                    .Add({{"lane", name}}, kBatchBuckets)),
        seconds_(&prometheus::BuildHistogram()
                      .Name("memo_store_batch_seconds")
                      .Help("Time the store took for a batch")
                      .Register(registry)
                      .Add({{"lane", name}}, kSecondsBuckets)),
        errors_(&prometheus::BuildCounter()
                     .Name("memo_store_errors_total")
                     .Help("Batches that the store failed, by kind; most are repeated")
                     .Register(registry)),
        opens_(&prometheus::BuildCounter()
                    .Name("memo_store_connections_opened_total")
                    .Help("Connections to the database opened, by outcome")
                    .Register(registry)),
        queue_(&prometheus::BuildGauge()
                    .Name("memo_store_queue_length")
                    .Help("Requests waiting in the lane when one was last added")
                    .Register(registry)
                    .Add({{"lane", name}})) {}

  void OnBatch(std::size_t size, std::chrono::nanoseconds took, const Error* error) override {
    batch_->Observe(static_cast<double>(size));
    seconds_->Observe(Seconds(took));
    if (error != nullptr) {
      errors_->Add({{"lane", name_}, {"kind", std::string(Name(error->kind))}}).Increment();
    }
  }
  void OnOpen(const Error* error) override {
    const std::string outcome = error == nullptr ? "ok" : std::string(Name(error->kind));
    opens_->Add({{"lane", name_}, {"outcome", outcome}}).Increment();
  }
  void OnQueue(std::size_t length) override { queue_->Set(static_cast<double>(length)); }

 private:
  const std::string name_;
  prometheus::Histogram* batch_;
  prometheus::Histogram* seconds_;
  prometheus::Family<prometheus::Counter>* errors_;
  prometheus::Family<prometheus::Counter>* opens_;
  prometheus::Gauge* queue_;
};

Metrics::Metrics(const std::vector<RouteLabels>& routes, std::string_view version,
                 std::string_view store_kind)
    : registry_(std::make_shared<prometheus::Registry>()) {
  requests_ = &prometheus::BuildCounter()
                   .Name("memo_http_requests_total")
                   .Help("Requests answered, by route, method and status code")
                   .Register(*registry_);
  auto& seconds = prometheus::BuildHistogram()
                      .Name("memo_http_request_seconds")
                      .Help("Time from the complete request to its answer")
                      .Register(*registry_);
  for (const RouteLabels& labels : routes) {
    auto route = std::make_unique<Route>();
    route->labels = labels;
    route->seconds =
        &seconds.Add({{"route", std::string(labels.route)}, {"method", std::string(labels.method)}},
                     kSecondsBuckets);
    routes_.push_back(std::move(route));
  }
  shed_ = &prometheus::BuildCounter()
               .Name("memo_shed_total")
               .Help("Connections and requests refused to protect the service, by reason")
               .Register(*registry_);
  global_ = &prometheus::BuildCounter()
                 .Name("memo_global_writes_total")
                 .Help("Writes of durability global, by what became of them")
                 .Register(*registry_);
  for (const char* outcome : {"confirmed", "fell_back", "failed"}) {
    global_->Add({{"outcome", outcome}});
  }
  global_seconds_ = &prometheus::BuildHistogram()
                         .Name("memo_global_wait_seconds")
                         .Help("Time from the commit in this region to what the replica said")
                         .Register(*registry_)
                         .Add({}, kSecondsBuckets);
  connections_ = &OneGauge(*registry_, "memo_http_connections", "Open client connections");
  in_flight_ = &OneGauge(*registry_, "memo_http_requests_in_flight", "Requests being served");
  ready_ = &OneGauge(*registry_, "memo_ready", "1 while this region can serve, as in /readyz");
  global_ready_ = &OneGauge(*registry_, "memo_global_ready",
                            "1 while the other region's replica can confirm writes");
  replays_ = &OneCounter(*registry_, "memo_idempotent_replays_total",
                         "Writes answered from their idempotency record");
  conflicts_ = &OneCounter(*registry_, "memo_version_conflicts_total",
                           "Writes refused because the memo had moved on");
  sign_in_failures_ =
      &OneCounter(*registry_, "memo_sign_in_failures_total", "Wrong names or passwords");
  prometheus::BuildGauge()
      .Name("memo_build_info")
      .Help("Always 1; the labels say what runs")
      .Register(*registry_)
      .Add({{"version", std::string(version)}, {"store", std::string(store_kind)}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::OnRequest(std::size_t route, unsigned status, std::chrono::nanoseconds took) {
  Route& entry = *routes_[route];
  std::atomic<prometheus::Counter*>& slot = entry.by_status[status < kStatusMax ? status : 0];
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &requests_->Add({{"route", std::string(entry.labels.route)},
                               {"method", std::string(entry.labels.method)},
                               {"code", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
  entry.seconds->Observe(Seconds(took));
}

void Metrics::OnShed(std::string_view reason) {
  shed_->Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::OnGlobal(std::string_view outcome, std::chrono::nanoseconds waited) {
  global_->Add({{"outcome", std::string(outcome)}}).Increment();
  global_seconds_->Observe(Seconds(waited));
}

LaneObserver& Metrics::ForLane(const std::string& name) {
  lanes_.push_back(std::make_unique<Lane>(*registry_, name));
  return *lanes_.back();
}

std::string Metrics::Render() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace scv::memo
