// sim/process.h — one life of the manager's process: its caches, queues and reconcilers, without its threads.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "runtime/informer.h"
#include "runtime/reconciler.h"
#include "sim/prng.h"

namespace rig::sim {

class Replica;
class World;

// Where events come from. What was not brought yet is under way: that is how caches get stale.
class Source {
 public:
  virtual ~Source() = default;
  virtual bool bring(int events_max) = 0;  // false: nothing is under way
};

// Built anew after every crash; nothing in it survives one.
class Process {
 public:
  Process(World& world, Replica& manager) : world_(world), manager_(manager) {}
  virtual ~Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  // The runtime has news of the process that serves this Provider.
  virtual void provider_changed(const ObjectKey&) {}

  bool step();                             // reconciles one ready key; false: there is none
  bool bring_events(int events_max_each);  // from every source; false: nothing is under way
  void bring_some_events();                // from each as much as chance will have it
  std::optional<Time> next_delayed() const;

 protected:
  // For the constructors of what is simulated:
  runtime::WorkQueueCore& work_on(runtime::Reconciler& reconciler);  // the queue that feeds it
  void wake(runtime::WorkQueueCore& queue, const ObjectKey& key, runtime::Priority priority);
  template <kube::ApiObject T>
  void follow(runtime::Informer<T>& informer) {
    follow(T::kResource, [&informer](const kube::Event& event) { informer.apply(event); });
  }
  void add(std::unique_ptr<Source> source) { sources_.push_back(std::move(source)); }
  void fill_caches();  // as the manager waits for its caches before it starts its workers

  World& world_;
  Replica& manager_;  // whose process it is

 private:
  struct Station {
    runtime::Reconciler& reconciler;
    runtime::WorkQueueCore queue;
  };
  void follow(const api::Resource& resource, std::function<void(const kube::Event&)> on_event);

  std::deque<Station> stations_;
  bool at_work_ = false;
  std::vector<std::unique_ptr<Source>> sources_;
};

}  // namespace rig::sim
