// A simulated world behind world.h: instances that boot, crash, hang and flap, load balancer nodes
// that check them, and a channel that loses, doubles and delays what they say. Time is virtual and
// jumps from event to event; all chance comes from one seed. One thread.
#ifndef SCV_WORLD_SIM_SIM_WORLD_H_
#define SCV_WORLD_SIM_SIM_WORLD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "world/sim/random.h"
#include "world/world.h"

namespace scv::world::sim {

// What may go wrong until `until`; probabilities are per launch, per second or per sighting.
struct Faults {
  Millis until = 0;
  double boot_failure = 0;  // per launch
  double slow_start = 0;    // per launch: serves only after up to 8 s
  double crash = 0;         // per instance and second
  double hang = 0;          // per instance and second: stops answering for up to 15 s
  double flap = 0;          // per instance and second: answers on and off for up to 20 s
  double node_crash = 0;    // per load balancer node and second: away for up to 5 s
  double lost = 0;          // per sighting
  double doubled = 0;
  double delayed = 0;  // by up to 3 s
};

struct ZoneOutage {
  std::string zone;
  Millis from = 0, to = 0;  // what is in the zone dies, and nothing boots there
};

struct Settings {
  std::uint64_t seed = 1;
  Millis start = 1'700'000'000'000;
  Millis boot_least = 200, boot_most = 2'500;
  Faults faults;
  std::vector<ZoneOutage> outages;
  // Instances with this user data never serve: they die at boot, or run and never answer.
  std::set<std::string> broken_at_boot, broken_silently;
  double requests_per_second = 0;     // of all clients together
  double cpu_micros_per_request = 0;  // on an instance
};

class SimWorld final : public World {
 public:
  explicit SimWorld(Settings settings);

  Millis Now() const override { return now_; }
  void Act(lab::Action action) override;
  void OnSighting(Sink sink) override { sink_ = std::move(sink); }
  // Says anew what there is.
  Result<void> TakeUp() override;

  // Jumps to the next event, which is at most `until`, and lets it happen. false: there was none,
  // and it is `until` now.
  bool Step(Millis until);
  void At(Millis at, std::function<void()> what);
  void SetLoad(double requests_per_second) { settings_.requests_per_second = requests_per_second; }

  // What must never happen, if it has: an instance was taken down while a node sent it requests.
  const std::string& violation() const { return violation_; }
  std::int64_t requests() const { return requests_; }
  std::int64_t failed_requests() const { return failed_requests_; }
  std::uint64_t last_draw() const { return random_.last(); }
  std::uint64_t events() const { return events_; }

 private:
  struct Instance {
    lab::PartKey key;
    lab::InstanceSpec spec;
    lab::Phase phase = lab::Phase::kStarting;
    std::string detail;
    std::uint64_t revision = 0;
    Millis answers_from = 0;  // kRunning and from then on
    Millis silent_until = 0;  // hangs until then
    Millis flaps_until = 0;   // answers on and off until then
    Millis gone_at = 0;       // kAbsent since
    bool never_answers = false;
    double cpu_micros = 0;
  };
  struct Check {
    int good = 0, bad = 0;
    lab::TargetHealth health = lab::TargetHealth::kInitial;
    Millis drains_until = 0;
    std::int64_t requests = 0, errors = 0;
  };
  struct Node {
    lab::LoadBalancerNodeSpec spec;
    lab::Phase phase = lab::Phase::kStarting;
    std::uint64_t revision = 0;
    std::map<std::pair<std::string, std::string>, Check> checks;  // target group, target
  };
  struct Event {
    Millis at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void Make(const lab::Action& action, const lab::InstanceSpec& spec);
  void Apply(const lab::PartKey& key, lab::LoadBalancerNodeSpec spec, std::uint64_t revision);
  void TakeDown(const lab::PartKey& key);
  void Boot(const std::string& id);
  void Die(Instance& instance, std::string why);
  void Tick();  // every second: load, faults, totals
  void CheckTargets(const lab::PartKey& key);
  bool CheckOne(Node& node, const lab::TargetGroupSpec& group, const lab::TargetSpec& target);
  bool Answers(const std::string& id) const;
  bool OutageIn(const std::string& zone) const;
  bool Faulty() const { return now_ < settings_.faults.until; }
  void BreakSomething();
  void Serve();
  void Say(const Instance& instance);
  void Say(const lab::PartKey& key, const Node& node);
  void Send(lab::Sighting sighting);

  Settings settings_;
  Random random_;
  Millis now_;
  Sink sink_;
  std::priority_queue<Event> queue_;
  std::uint64_t order_ = 0, events_ = 0;
  std::map<std::string, Instance> instances_;
  std::map<lab::PartKey, Node> nodes_;
  std::int64_t requests_ = 0, failed_requests_ = 0;
  std::string violation_;
};

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_SIM_WORLD_H_
