// kube/reflector.h — list, then watch for ever: the protocol as a pure core, and the thread that runs it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "kube/store.h"
#include "kube/transport.h"

namespace rig::kube {

// Says what to ask for next and is told the answer. No socket, clock or thread, so that every order of failures can
// be written down in a test. Constants are client-go's (tools/cache/reflector.go): backoff 800 ms to 30 s, doubled,
// jittered, reset after two healthy minutes; a watch that ends within a second without an event is an error.
class ReflectorCore {
 public:
  struct ListPage { std::string continue_token, resource_version; };
  struct Watch { std::string resource_version; };
  struct Wait { Time until; };
  using Want = std::variant<ListPage, Watch, Wait>;

  explicit ReflectorCore(std::uint64_t jitter_seed) : jitter_(jitter_seed) {}
  Want next(Time now) const;
  std::vector<Event> on_page(const json::Value& page, Time now);
  std::optional<Event> on_watch_event(json::Value event, Time now);  // bookmarks are absorbed
  void on_watch_end(Time now);                                       // resume from the last version seen
  void on_error(const Error& error, Time now);                       // kOutOfRange: start over with a list

 private:
  void wait(Time now);
  std::uint64_t jitter_;
  std::string continue_, version_;
  bool listed_ = false, in_list_ = false;
  bool list_from_newest_ = false;  // after an "expired" answer
  int failures_ = 0;
  Time not_before_{}, watch_started_{}, healthy_since_{};
  bool event_seen_ = false;
};

// Runs a core on a thread of its own until destroyed. `on_event` is called on that thread.
class Reflector {
 public:
  Reflector(Transport& transport, const api::Resource& resource, std::string name_space, const Clock& clock,
            std::function<void(const Event&)> on_event);
  ~Reflector();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::kube
