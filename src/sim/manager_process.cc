// sim/manager_process.cc — the manager's own controllers as a Process: what controllers/controllers.cc puts threads
// and queues around, put into the simulator's.
#include "sim/manager_process.h"

#include <map>

#include "controllers/caches.h"
#include "controllers/limits.h"
#include "controllers/provider.h"
#include "controllers/provider_watch.h"
#include "controllers/usage.h"
#include "controllers/virtual_machine.h"
#include "controllers/vm_image.h"
#include "sim/replica.h"
#include "sim/world.h"

namespace rig::sim {
namespace {

using runtime::Priority;
using runtime::WorkQueueCore;

// The event streams of the providers that are followed.
class ProviderStreams final : public Source {
 public:
  ProviderStreams(World& world, SimFleet& fleet, const kube::Store<controllers::v1::VirtualMachine>& machines,
                  std::function<void(const ObjectKey&)> wake)
      : world_(world), fleet_(fleet), machines_(machines), wake_(std::move(wake)) {}

  void follow(const ObjectKey& provider, bool exists) {
    if (!exists) {
      streams_.erase(provider);
    } else {
      streams_.try_emplace(provider, provider, machines_);
    }
  }

  bool bring(int events_max) override {
    bool more = false;
    for (auto& [provider, stream] : streams_) more = bring(provider, stream, events_max) || more;
    return more;
  }

 private:
  bool bring(const ObjectKey& provider, controllers::ProviderWatchCore& stream, int events_max) {
    if (events_max == 0 || !fleet_.find(provider).ok()) return false;
    int brought = 0;
    const auto on_event = [&](const provider::Event& event) {
      for (const ObjectKey& key : stream.on_event(event)) wake_(key);
      ++brought;
      return stream.resume().empty() || brought < events_max;  // a snapshot comes whole
    };
    const Call look_only{world_.clock.now(), {}, {}};
    const Status ended = world_.hosts().of(provider).watch(world_.cluster_id(), stream.resume(), on_event, look_only);
    if (ended.ok()) return true;
    if (!ended.error().is(Code::kDeadlineExceeded)) stream.on_end(ended);
    return false;
  }

  World& world_;
  SimFleet& fleet_;
  const kube::Store<controllers::v1::VirtualMachine>& machines_;
  const std::function<void(const ObjectKey&)> wake_;
  std::map<ObjectKey, controllers::ProviderWatchCore> streams_;
};

class ManagerProcess final : public Process {
 public:
  ManagerProcess(World& world, Replica& manager)
      : Process(world, manager),
        events_(manager.api(), "virtrigaud", world.clock),
        context_{.api = manager.api(),
                 .stores = caches_.stores(),
                 .providers = manager.fleet(),
                 .runtime = manager.fleet(),
                 .clock = world.clock,
                 .cluster_id = world.cluster_id(),
                 .events = &events_,
                 .lead = manager.lead()} {
    auto streams = std::make_unique<ProviderStreams>(
        world, manager.fleet(), caches_.machines.store(),
        [this](const ObjectKey& key) { wake(machine_queue_, key, Priority::kEvent); });
    const auto nobody = [](const ObjectKey&, Priority) {};
    controllers::connect(
        caches_,
        {.machine = waker(machine_queue_),
         .provider = waker(provider_queue_),
         .image = waker(image_queue_),
         .vm_class = waker(class_queue_),
         .network = waker(network_queue_),
         .snapshot = nobody,
         .clone = nobody,
         .migration = nobody,
         .set = nobody,
         .placement_policy = nobody,
         .count_provider = counter(provider_queue_),
         .count_image = counter(image_queue_),
         .count_class = counter(class_queue_),
         .count_network = counter(network_queue_),
         .set_machine_lane = [this](const ObjectKey& key,
                                    const std::string& lane) { machine_queue_.set_lane(key, lane); },
         .wake_machine_lane = [this](const std::string& lane) { machine_queue_.wake_lane(lane); },
         .follow_provider = [s = streams.get()](const ObjectKey& key, bool exists) { s->follow(key, exists); }});
    follow(caches_.machines);
    follow(caches_.providers);
    follow(caches_.classes);
    follow(caches_.images);
    follow(caches_.networks);
    follow(caches_.secrets);
    fill_caches();
    add(std::move(streams));
  }

  void provider_changed(const ObjectKey& provider) override { wake(provider_queue_, provider, Priority::kEvent); }

 private:
  controllers::Wake waker(WorkQueueCore& queue) {
    return [this, &queue](const ObjectKey& key, Priority priority) { wake(queue, key, priority); };
  }
  std::function<void(const ObjectKey&)> counter(WorkQueueCore& queue) {
    return [this, &queue](const ObjectKey& key) { queue.add_at(key, context_.clock.now() + controllers::kCountAfter); };
  }

  controllers::Caches caches_;
  kube::EventRecorder events_;
  controllers::Context context_;
  controllers::VirtualMachineReconciler machine_{context_};
  controllers::ProviderReconciler provider_{context_};
  controllers::VmImageReconciler image_{context_};
  controllers::VmClassReconciler class_{context_};
  controllers::VmNetworkAttachmentReconciler network_{context_};
  WorkQueueCore& machine_queue_ = work_on(machine_);
  WorkQueueCore& provider_queue_ = work_on(provider_);
  WorkQueueCore& image_queue_ = work_on(image_);
  WorkQueueCore& class_queue_ = work_on(class_);
  WorkQueueCore& network_queue_ = work_on(network_);
};

}  // namespace

std::unique_ptr<Process> manager_process(World& world, Replica& manager) {
  return std::make_unique<ManagerProcess>(world, manager);
}

}  // namespace rig::sim
