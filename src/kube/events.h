// kube/events.h — Events for people: what happened to an object, each told once and counted.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "api/core/event.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/object_key.h"
#include "kube/transport.h"

namespace rig::kube {

struct Involved {
  api::Resource resource;
  ObjectKey key;
  std::string uid;
};

// Equal events (object, type, reason, message) within ten minutes of the first raise `count` instead of making a new
// one. Best effort: a failed write is logged and dropped. Thread-safe; a call takes one write to the API server.
class EventRecorder {
 public:
  EventRecorder(Transport& transport, std::string component, const Clock& clock);
  void normal(const Involved& about, std::string_view reason, std::string_view message);
  void warning(const Involved& about, std::string_view reason, std::string_view message);

 private:
  struct Seen {
    ObjectKey event;
    std::int64_t count = 0;
    WallTime first{};
  };
  void record(const Involved& about, std::string_view type, std::string_view reason, std::string_view message);
  Seen count(const Involved& about, const std::string& equal);
  Status write(const api::core::Event& event);
  void forget_oldest() REQUIRES(mutex_);

  Transport& transport_;
  std::string component_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Seen> seen_ GUARDED_BY(mutex_);                        // by what is equal in equal events
  std::set<std::pair<WallTime, std::string_view>> by_age_ GUARDED_BY(mutex_);  // `first` and key of each in seen_
};

}  // namespace rig::kube
