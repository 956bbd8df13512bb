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
// be written down in a test. Backoff is client-go's (tools/cache/reflector.go): 800 ms to 30 s, doubled, jittered,
// reset after two healthy minutes; a watch that ends within a second without an event counts as an error.
//
// Unlike client-go, lists always ask for the newest state and never for a cache's (resourceVersion "0"): after a
// restart a stale cache may show objects that are gone, and effects on a hypervisor are not guarded by a
// resourceVersion (time travel, Sun et al., Sieve, OSDI 2022).
class ReflectorCore {
 public:
  struct ListPage {
    std::string continue_token;
    std::int64_t limit = 0;  // 0: the whole rest in one page
  };
  struct Watch {
    std::string resource_version;
  };
  struct Wait {
    Time until;
  };
  using Want = std::variant<ListPage, Watch, Wait>;

  explicit ReflectorCore(std::uint64_t jitter_seed) : jitter_(jitter_seed) {}
  Want next(Time now) const;
  std::vector<Event> on_page(const json::Value& page, Time now);
  void on_watch_start(Time now);
  std::optional<Event> on_watch_event(json::Value event);  // bookmarks are absorbed
  void on_watch_end(Time now);                             // resume from the last version seen
  // Of a list: start over with its first page. Of a watch: resume; kOutOfRange: start over with a list.
  void on_error(const Error& error, Time now);

 private:
  void wait(Time now, Duration at_least);
  Duration jitter(Duration at_most);
  std::uint64_t jitter_;
  std::string continue_, version_;
  bool listed_ = false;
  bool whole_list_ = false;  // after a continue token expired: a list that outlives its tokens is asked for at once
  bool event_seen_ = false;
  int failures_ = 0;
  Time not_before_{}, watch_started_{};
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
