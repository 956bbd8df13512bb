// controllers/controllers.cc — the stations: each reconciler with its workers.
#include "controllers/controllers.h"

#include <utility>

#include "controllers/caches.h"
#include "controllers/limits.h"
#include "controllers/provider.h"
#include "controllers/provider_watch.h"
#include "controllers/unimplemented.h"
#include "controllers/usage.h"
#include "controllers/virtual_machine.h"
#include "controllers/vm_image.h"
#include "runtime/controller.h"

namespace rig::controllers {
namespace {

// A reconciler with the workers that call it.
template <class R>
struct Station {
  R reconciler;
  runtime::Controller controller;
  template <class... Args>
  Station(int workers, const Clock& clock, Args&&... args)
      : reconciler(std::forward<Args>(args)...), controller(reconciler, workers, clock) {}
  Wake wake() {
    return [this](const ObjectKey& key, runtime::Priority priority) { controller.queue().add(key, priority); };
  }
  std::function<void(const ObjectKey&)> count(const Clock& clock) {
    return [this, &clock](const ObjectKey& key) { controller.queue().add_at(key, clock.now() + kCountAfter); };
  }
};

}  // namespace

struct Controllers::Impl {
  Caches caches;
  kube::EventRecorder events;
  Context context;
  kube::Transport& api;
  const Clock& clock;
  Options options;

  Station<VirtualMachineReconciler> machine;
  Station<ProviderReconciler> provider;
  Station<VmImageReconciler> image;
  Station<VmClassReconciler> vm_class;
  Station<VmNetworkAttachmentReconciler> network;
  Station<UnimplementedReconciler<v1::VmSnapshot>> snapshot;
  Station<UnimplementedReconciler<v1::VmClone>> clone;
  Station<UnimplementedReconciler<v1::VmMigration>> migration;
  Station<UnimplementedReconciler<v1::VmSet>> set;
  Station<UnimplementedReconciler<v1::VmPlacementPolicy>> placement_policy;
  ProviderWatch watch;

  Impl(kube::Transport& transport, provider::Directory& providers, provider::Runtime& runtime, const Clock& the_clock,
       std::string cluster_id, Options the_options)
      : events(transport, "virtrigaud", the_clock),
        context{.api = transport,
                .stores = caches.stores(),
                .providers = providers,
                .runtime = runtime,
                .clock = the_clock,
                .cluster_id = std::move(cluster_id),
                .events = &events,
                .lead = the_options.lead},
        api(transport),
        clock(the_clock),
        options(the_options),
        machine(options.machine_workers, clock, context),
        provider(options.other_workers, clock, context),
        image(options.other_workers, clock, context),
        vm_class(1, clock, context),
        network(1, clock, context),
        snapshot(1, clock, api, caches.snapshots.store(), clock),
        clone(1, clock, api, caches.clones.store(), clock),
        migration(1, clock, api, caches.migrations.store(), clock),
        set(1, clock, api, caches.sets.store(), clock),
        placement_policy(1, clock, api, caches.placement_policies.store(), clock),
        watch(context,
              [this](const ObjectKey& key) { machine.controller.queue().add(key, runtime::Priority::kEvent); }) {
    connect(caches,
            {.machine = machine.wake(),
             .provider = provider.wake(),
             .image = image.wake(),
             .vm_class = vm_class.wake(),
             .network = network.wake(),
             .snapshot = snapshot.wake(),
             .clone = clone.wake(),
             .migration = migration.wake(),
             .set = set.wake(),
             .placement_policy = placement_policy.wake(),
             .count_provider = provider.count(clock),
             .count_image = image.count(clock),
             .count_class = vm_class.count(clock),
             .count_network = network.count(clock),
             .set_machine_lane = [this](const ObjectKey& key,
                                        const std::string& lane) { machine.controller.queue().set_lane(key, lane); },
             .wake_machine_lane = [this](const std::string& lane) { machine.controller.queue().wake_lane(lane); },
             .follow_provider = [this](const ObjectKey& key,
                                       bool exists) { exists ? watch.follow(key) : watch.forget(key); }});
  }

  void each_station(const auto& visit) {
    visit(provider);
    visit(machine);
    visit(image);
    visit(vm_class);
    visit(network);
    visit(snapshot);
    visit(clone);
    visit(migration);
    visit(set);
    visit(placement_policy);
  }
  void each_cache(const auto& visit) {
    visit(caches.machines);
    visit(caches.providers);
    visit(caches.classes);
    visit(caches.images);
    visit(caches.networks);
    visit(caches.secrets);
    visit(caches.snapshots);
    visit(caches.clones);
    visit(caches.migrations);
    visit(caches.sets);
    visit(caches.placement_policies);
  }
};

Controllers::Controllers(kube::Transport& api, provider::Directory& providers, provider::Runtime& runtime,
                         const Clock& clock, std::string cluster_id, Options options)
    : impl_(std::make_unique<Impl>(api, providers, runtime, clock, std::move(cluster_id), options)) {}
Controllers::~Controllers() = default;

void Controllers::add_to(runtime::Manager& manager) {
  impl_->each_cache([&](auto& cache) {
    manager.add_cache({.name = "cache",
                       .start = [this, &cache]() -> Status {
                         cache.start(impl_->api, impl_->clock);
                         return {};
                       },
                       .stop = [&cache] { cache.stop(); }},
                      [&cache] { return cache.is_synced(); });
  });
  manager.add_controller(
      {.name = "provider events", .start = []() -> Status { return {}; }, .stop = [this] { impl_->watch.stop(); }});
  impl_->each_station([&](auto& station) {
    manager.add_controller({.name = std::string(station.reconciler.kind()),
                            .start = [&station]() -> Status {
                              station.controller.start();
                              return {};
                            },
                            .stop = [&station] { station.controller.stop(); }});
  });
}

void Controllers::provider_changed(const ObjectKey& provider) {
  impl_->provider.controller.queue().add(provider, runtime::Priority::kEvent);
}

}  // namespace rig::controllers
