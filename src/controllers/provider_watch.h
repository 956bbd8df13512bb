// controllers/provider_watch.h — what the hypervisors tell us by themselves, turned into keys to look at.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "controllers/context.h"

namespace rig::controllers {

// The rules of one Provider's stream, without a thread: which VirtualMachines to look at after an event. A snapshot
// wakes what it contains and, at its end, what it should have contained: absent at Synced is gone.
class ProviderWatchCore {
 public:
  ProviderWatchCore(ObjectKey provider, const kube::Store<v1::VirtualMachine>& machines)
      : provider_(std::move(provider)), machines_(machines) {}
  std::vector<ObjectKey> on_event(const provider::Event& event);
  void on_end(const Status& status);  // of the stream; kOutOfRange: the next one starts with a snapshot
  const std::string& resume() const { return resume_; }

 private:
  const ObjectKey provider_;
  const kube::Store<v1::VirtualMachine>& machines_;
  std::string resume_;
  std::set<ObjectKey> seen_;
  bool in_snapshot_ = true;
};

// A thread per Provider around a core. Thread-safe.
class ProviderWatch {
 public:
  ProviderWatch(const Context& context, std::function<void(const ObjectKey&)> wake);
  ~ProviderWatch();
  void follow(const ObjectKey& provider);  // fine when it is followed
  void forget(const ObjectKey& provider);
  void stop();  // all of them; follow() does nothing afterwards

 private:
  void run(const ObjectKey& provider, std::stop_token stop);
  const Context context_;
  const std::function<void(const ObjectKey&)> wake_;
  Mutex mutex_;
  std::map<ObjectKey, std::jthread> threads_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace rig::controllers
