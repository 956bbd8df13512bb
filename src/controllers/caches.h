// controllers/caches.h — the kinds that controllers follow, and which change wakes which queue.
#pragma once

#include <functional>
#include <string>

#include "api/v1beta1/vm_clone.h"
#include "api/v1beta1/vm_migration.h"
#include "api/v1beta1/vm_placement_policy.h"
#include "api/v1beta1/vm_set.h"
#include "api/v1beta1/vm_snapshot.h"
#include "controllers/context.h"
#include "runtime/informer.h"

namespace rig::controllers {

struct Caches {
  runtime::Informer<v1::VirtualMachine> machines;
  runtime::Informer<v1::Provider> providers;
  runtime::Informer<v1::VmClass> classes;
  runtime::Informer<v1::VmImage> images;
  runtime::Informer<v1::VmNetworkAttachment> networks;
  runtime::Informer<api::core::Secret> secrets;
  runtime::Informer<v1::VmSnapshot> snapshots;
  runtime::Informer<v1::VmClone> clones;
  runtime::Informer<v1::VmMigration> migrations;
  runtime::Informer<v1::VmSet> sets;
  runtime::Informer<v1::VmPlacementPolicy> placement_policies;

  Stores stores() const {
    return {.machines = machines.store(),
            .providers = providers.store(),
            .classes = classes.store(),
            .images = images.store(),
            .networks = networks.store(),
            .secrets = secrets.store()};
  }
};

// Where a change is reported to. The manager puts work queues behind these, the simulator their cores.
using Wake = std::function<void(const ObjectKey& key, runtime::Priority priority)>;
struct Wakers {
  Wake machine, provider, image, vm_class, network, snapshot, clone, migration, set, placement_policy;
  // The machines that name it have become other ones: it looks at them within kCountAfter, once for many.
  std::function<void(const ObjectKey& key)> count_provider, count_image, count_class, count_network;
  std::function<void(const ObjectKey& machine, const std::string& lane)> set_machine_lane;
  std::function<void(const std::string& lane)> wake_machine_lane;  // its Provider has recovered
  std::function<void(const ObjectKey& provider, bool exists)> follow_provider;
};

// Adds the indexes and the handlers. Before the informers start.
void connect(Caches& caches, Wakers wakers);

}  // namespace rig::controllers
