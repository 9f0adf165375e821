// The only boundary between decisions and surroundings, real (linux/) or simulated (sim/).
#ifndef SCV_WORLD_WORLD_H_
#define SCV_WORLD_WORLD_H_

#include <functional>

#include "base/result.h"
#include "base/time.h"
#include "lab/parts.h"

namespace scv::world {

class World {
 public:
  virtual ~World() = default;

  // The time that decisions are made by.
  virtual Millis Now() const = 0;

  // Begins an action and returns at once. What comes of it arrives as sightings: kStarting or
  // kStopping while it goes on, then kRunning, kAbsent or kFailed. Repeating an action that was
  // carried out changes nothing. One action at a time per part: a further one for the same part
  // waits for the one before. Thread-safe.
  virtual void Act(lab::Action action) = 0;

  // Who is told of every change that the world sees: a process that ended, a target whose health
  // changed, an action that finished. Called from the world's own threads, never from Act. Set it
  // once, before the first action.
  using Sink = std::function<void(lab::Sighting)>;
  virtual void OnSighting(Sink sink) = 0;

  // Takes up what an earlier process of this program left running (its sightings arrive as usual),
  // before the first action. kConflict: another process holds this lab.
  virtual Result<void> TakeUp() = 0;
};

}  // namespace scv::world

#endif  // SCV_WORLD_WORLD_H_
