// A TCP relay on loopback that can fail as networks do.
#ifndef SCV_FAULT_RELAY_H_
#define SCV_FAULT_RELAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"

namespace scv::fault {

class Relay {
 public:
  // Passes connections on to 127.0.0.1:`target`.
  static Result<std::unique_ptr<Relay>> Start(std::uint16_t target);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const { return port_; }

  // Every open connection is reset, on both sides. New ones are served.
  void Cut();
  // Every open connection is dead from now on though both ends believe in it: nothing passes any
  // more, nobody is told (a firewall that forgot them). New ones are served.
  void Forget();
  // Nothing passes, and nothing is lost: it passes after Hold(false). New connections wait, too.
  void Hold(bool hold);
  // New connections are reset as soon as they are accepted.
  void Refuse(bool refuse);

 private:
  struct Direction {
    int from = -1;
    int to = -1;
    std::vector<char> bytes;  // read and not yet written
    bool ended = false;       // `from` has no more
  };
  struct Pair {
    Direction there;
    Direction back;
    bool forgotten = false;
    bool dead = false;
  };

  Relay() = default;

  void Run(const std::stop_token& stop);
  void Accept();
  std::vector<Pair*> Passing() const;
  static void Pump(Direction& direction, short from_events, Pair& pair);
  static void CloseHard(Pair& pair);
  void Wake() const;

  std::uint16_t target_ = 0;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  std::mutex mutex_;  // everything below
  std::vector<std::unique_ptr<Pair>> pairs_;
  bool hold_ = false;
  bool refuse_ = false;
  std::jthread thread_;
};

}  // namespace scv::fault

#endif  // SCV_FAULT_RELAY_H_
