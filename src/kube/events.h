// kube/events.h — Events for people: what happened to an object, each told once and counted.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "api/meta/meta.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "kube/transport.h"

namespace rig::kube {

struct Involved {
  api::Resource resource;
  ObjectKey key;
  std::string uid;
};

// Equal events (object, reason, message) within ten minutes raise `count` instead of making a new one. Best effort:
// a failed write is logged and dropped. Thread-safe.
class EventRecorder {
 public:
  EventRecorder(Transport& transport, std::string component, const Clock& clock);
  void normal(const Involved& about, std::string_view reason, std::string_view message);
  void warning(const Involved& about, std::string_view reason, std::string_view message);

 private:
  struct Seen {
    std::string name;
    std::int64_t count = 0;
    WallTime first, last;
  };
  void record(const Involved& about, std::string_view type, std::string_view reason, std::string_view message);
  Transport& transport_;
  std::string component_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Seen> seen_ GUARDED_BY(mutex_);
};

}  // namespace rig::kube
