// runtime/informer.h — a store of one kind that is kept current, and who is told of its changes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "kube/reflector.h"
#include "kube/store.h"
#include "runtime/work_queue.h"

namespace rig::runtime {

// Indexes and handlers are added before start(); then the store may be read from any thread. Handlers are called on
// the informer's thread, after the store has changed, in the order of the changes; they only add to queues.
template <kube::ApiObject T>
class Informer {
 public:
  // `before` null: new to us. `after` null: gone.
  using Handler = std::function<void(const ObjectKey& key, const std::shared_ptr<const T>& before,
                                     const std::shared_ptr<const T>& after)>;

  kube::Store<T>& store() { return store_; }
  const kube::Store<T>& store() const { return store_; }
  bool is_synced() const { return store_.is_synced(); }
  void on_change(Handler handler) {
    CHECK(!reflector_);
    handlers_.push_back(std::move(handler));
  }

  // Follows the kind until stop() or destruction; "" is every namespace.
  void start(kube::Transport& transport, const Clock& clock, std::string name_space = {}) {
    reflector_.emplace(transport, T::kResource, std::move(name_space), clock,
                       [this](const kube::Event& event) { apply(event); });
  }
  void stop() { reflector_.reset(); }

  // One event. Called by the reflector; the simulator calls it instead of start().
  void apply(const kube::Event& event) {
    for (const kube::Change<T>& change : writer_.apply(event)) {
      for (const Handler& handler : handlers_) handler(change.key, change.before, change.after);
    }
  }

 private:
  kube::Store<T> store_;
  kube::StoreWriter<T> writer_{store_};
  std::vector<Handler> handlers_;
  std::optional<kube::Reflector> reflector_;  // last: its thread ends before what it uses
};

// How soon a change of an object should be looked at: what a user did to one that we know (spec, deletion, labels,
// annotations) before what controllers did (status; a finalizer, with the annotations that come with it) and before
// what is new to us: that is many at once, at a start or from a script, and each takes long anyway.
Priority priority_of(const api::ObjectMeta* before, const api::ObjectMeta* after);

}  // namespace rig::runtime
