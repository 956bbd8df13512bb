// vsphere/operations.cc — see operations.h.
#include "hypervisor/vsphere/operations.h"

#include <algorithm>

#include "base/log.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/look.h"
#include "hypervisor/vsphere/rules.h"

namespace rig::vsphere {
namespace {

using provider::MachineRef;
using provider::MachineSpec;
using Seen = std::optional<Sight>;

// Sends the order; where its answer is a task, waits for its end.
Status carry_out(const Host& host, const Step& step, const OnProgress& progress, const Call& call) {
  const auto tell = [&](provider::TaskProgress now) {
    now.step = step.name;
    progress(now);
  };
  const auto send = [&]<class Method>(const Method& order) -> Status {
    if constexpr (std::is_same_v<Method, std::monostate>) {
      return {};
    } else {
      auto answer = ask(host.session, order, call);
      if (!answer.ok()) return answer.take_error();
      if constexpr (std::is_same_v<typename Method::Answer, MoRef>)
        return follow_task(host.session, *answer, tell, call);
      return {};
    }
  };
  return std::visit(send, step.order).context(step.name);
}

using Look = std::function<Result<Seen>()>;
using Decide = std::function<Result<Step>(const Seen&, int steps_done)>;

// Somebody else was at work on the same thing: what is there now decides anew.
bool is_race(const Error& error) {
  return error.is(Code::kAborted) || is_fault(error, "DuplicateName") || is_fault(error, "InvalidPowerState") ||
         is_fault(error, "ManagedObjectNotFound") || is_fault(error, "AlreadyUpgraded") ||
         is_fault(error, "AlreadyUpgradedFault");
}

// Looks, decides, acts, until it is done. Answers what is there at the end.
Result<Seen> run(const Host& host, const Look& look_at, const Decide& decide, const OnProgress& progress,
                 const Call& call) {
  bool raced = false;
  int steps_done = 0;
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
    auto seen = look_at();
    if (!seen.ok()) return seen;
    auto step = decide(*seen, steps_done);
    if (!step.ok()) return step.take_error();
    if (step->is_done()) return seen;
    progress({step->name, std::nullopt, 0, 0});
    auto done = carry_out(host, *step, progress, call);
    // Once: the same again is no race.
    if (!done.ok() && (raced || !is_race(done.error()))) return done.take_error();
    raced = !done.ok();
    if (done.ok()) ++steps_done;
  }
  return Error(Code::kUnavailable,
               "not done after " + std::to_string(kRoundsMax) + " steps; somebody changes it all the time");
}

Look by_ref(const Host& host, const MachineRef& ref, const Call& call) {
  return [&host, &ref, &call] { return look(host.session, ref, call); };
}

void nothing(const provider::TaskProgress&) {}

// ---- what names stand for ----

provider::Placement placement_of(const Host& host, const MachineSpec& spec) {
  provider::Placement wish = spec.placement;
  const bool names_where = !wish.cluster.empty() || !wish.host.empty() || !wish.resource_pool.empty();
  if (!names_where) {
    wish.cluster = host.defaults.cluster;
    wish.host = host.defaults.host;
    wish.resource_pool = host.defaults.resource_pool;
  }
  if (wish.folder.empty()) wish.folder = host.defaults.folder;
  if (wish.storage.empty() && wish.storage_cluster.empty()) {
    wish.storage = host.defaults.storage;
    wish.storage_cluster = host.defaults.storage_cluster;
  }
  return wish;
}

Result<Parts> find_parts(const Catalogue& catalogue, const MachineSpec& spec, const MoRef& datacenter) {
  Parts parts;
  for (const provider::NicSpec& nic : spec.nics) {
    const std::string& network = nic.network.empty() ? nic.bridge : nic.network;
    if (network.empty()) continue;
    parts.networks[nic.name] = TRY(find_network(catalogue, network, datacenter).context("networks[" + nic.name + "]"));
  }
  const auto within = datacenter.empty() ? std::vector<MoRef>{} : std::vector<MoRef>{datacenter};
  for (const provider::DiskSpec& disk : spec.disks) {
    if (disk.storage.empty()) continue;
    const Entity* store = TRY(catalogue.named(kDatastore, disk.storage, within).context("disks[" + disk.name + "]"));
    parts.stores[disk.name] = {store->self, store->props.name};
  }
  return parts;
}

bool is_machine_id(std::string_view text) {  // "vm-12"
  return text.starts_with("vm-") && text.size() > 3 &&
         text.find_first_not_of("0123456789", 3) == std::string_view::npos;
}

// What Storage DRS says of the clone. Whether it has no word (it is switched off, it does not know such a clone) or a
// bad one, the machine is made: on the datastore with the most space.
Status ask_storage_drs(const Host& host, const MachineRef& ref, const MachineSpec& spec, Making& making,
                       const Call& call) {
  const Step step = TRY(next_create_step({}, ref, spec, making));
  const auto& clone = std::get<CloneMachine>(step.order);
  RecommendDatastores recommend;
  recommend.self = TRY(host.session.service(call)).storage_resource_manager;
  recommend.spec = {"clone", making.source, {making.place.pod}, clone.spec, clone.name, clone.folder};
  recommend.spec.clone->location.datastore = {};
  const auto told = ask(host.session, recommend, call);
  if (!told.ok()) {
    const bool has_no_word = told.error().is(Code::kUnimplemented) || told.error().is(Code::kInvalidArgument);
    if (!has_no_word) return told.error();
    log::info("Storage DRS recommends nothing", {{"machine", spec.display_name}, {"why", told.error()}});
    return {};
  }
  for (const Recommendation& recommendation : told->recommendations)
    for (const PlacementAction& action : recommendation.actions)
      if (action.destination.type == "Datastore") {
        making.place.datastore = action.destination;
        return {};
      }
  return {};
}

// Where its disks will be: on one datastore, or where the template's are; and where the spec says.
std::vector<MoRef> stores_of(const Making& making) {
  std::vector<MoRef> stores;
  if (!making.place.datastore.empty()) stores.push_back(making.place.datastore);
  for (const Device& device : making.source_props.devices)
    if (making.place.datastore.empty() && is_disk(device) && device.backing && !device.backing->datastore.empty())
      stores.push_back(device.backing->datastore);
  for (const auto& [name, store] : making.parts.stores) stores.push_back(store.self);
  return stores;
}

Result<Making> find_making(const Host& host, const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const std::string& image = spec.image.location;
  const bool by_id = is_machine_id(image);
  const Catalogue catalogue = TRY(read_catalogue(host.session, !by_id, call));
  Entity source{{"VirtualMachine", image}, {}};
  if (!by_id) source = *TRY(catalogue.named(kTemplate, image).context("image"));
  Making making;
  auto sight = TRY(read_sight(host.session, source.self, call).context("image '" + image + "'"));
  source.props.parent = sight.props.parent;
  making.source = source.self;
  making.source_props = std::move(sight.props);
  making.place = TRY(find_place(catalogue, placement_of(host, spec), source));
  making.parts = TRY(find_parts(catalogue, spec, making.place.datacenter));
  making.hot_add = host.hot_add;
  if (!making.place.pod.empty()) TRY(ask_storage_drs(host, ref, spec, making, call));
  TRY(choose_host(catalogue, stores_of(making), ref.machine_id, making.place));
  return making;
}

}  // namespace

Result<std::string> create_machine(const Host& host, const MachineRef& ref, const MachineSpec& spec,
                                   const OnProgress& progress, const Call& call) {
  TRY(check_spec(spec));
  // What is there and whole needs no template any more.
  if (const auto there = TRY(look(host.session, ref, call))) {
    const Judgement judgement = TRY(judge(*there, ref));
    if (judgement.existence == provider::Existence::kOurs) return there->self.id;
  }
  progress({"check", std::nullopt, 0, 0});
  auto making = find_making(host, ref, spec, call);
  if (!making.ok()) return making.take_error();  // no TRY: g++ 12 sees a false free of what it moves
  const Look look_at = [&]() -> Result<Seen> {
    auto seen = look(host.session, ref, call);
    if (!seen.ok() || *seen) return seen;
    return look_in_folder(host.session, making->place.folder, spec.display_name, call);
  };
  const Decide decide = [&](const Seen& there, int) { return next_create_step(there, ref, spec, *making); };
  const auto made = TRY(run(host, look_at, decide, progress, call));
  return made->self.id;
}

Status remove_machine(const Host& host, const MachineRef& ref, const OnProgress& progress, const Call& call) {
  TRY(run(
      host, by_ref(host, ref, call), [&](const Seen& there, int) { return next_remove_step(there, ref); }, progress,
      call));
  return {};
}

Status release_machine(const Host& host, const MachineRef& ref, const Call& call) {
  TRY(run(
      host, by_ref(host, ref, call), [&](const Seen& there, int) { return next_release_step(there, ref); }, nothing,
      call));
  return {};
}

Result<provider::Plan> plan_changes(const Host& host, const MachineRef& ref, const MachineSpec& spec,
                                    const Call& call) {
  TRY(check_spec(spec));
  const auto there = TRY(look(host.session, ref, call));
  return make_plan(there, ref, spec);
}

Status apply_plan(const Host& host, const MachineRef& ref, const MachineSpec& spec, const provider::Plan& plan,
                  const OnProgress& progress, const Call& call) {
  TRY(check_spec(spec));
  Parts parts;
  const bool names_devices = std::ranges::any_of(plan.changes, [](const provider::Change& change) {
    return change.path.starts_with("nics[") || change.path.starts_with("disks[");
  });
  if (names_devices) {
    const auto there = TRY(look(host.session, ref, call));
    const Catalogue catalogue = TRY(read_catalogue(host.session, /*with_machines=*/false, call));
    if (there) parts = TRY(find_parts(catalogue, spec, catalogue.datacenter_of(there->props.resource_pool)));
  }
  const Decide decide = [&](const Seen& there, int steps_done) {
    return next_apply_step(there, ref, spec, plan, /*begun=*/steps_done > 0, parts);
  };
  TRY(run(host, by_ref(host, ref, call), decide, progress, call));
  return {};
}

Status power_on(const Host& host, const MachineRef& ref, const OnProgress& progress, const Call& call) {
  TRY(run(
      host, by_ref(host, ref, call), [&](const Seen& there, int) { return next_power_on_step(there, ref); }, progress,
      call));
  return {};
}

Status power_off(const Host& host, const MachineRef& ref, const OnProgress& progress, const Call& call) {
  const Decide decide = [&](const Seen& there, int) {
    return next_power_off_step(there, ref, std::nullopt, /*asked=*/false, host.clock.wall());
  };
  TRY(run(host, by_ref(host, ref, call), decide, progress, call));
  return {};
}

Status promise_power_off(const Host& host, const MachineRef& ref, WallTime hard_at, const Call& call) {
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    const auto there = TRY(look(host.session, ref, call));
    const Step step = TRY(next_power_off_step(there, ref, hard_at, /*asked=*/true, host.clock.wall()));
    if (!std::holds_alternative<Reconfigure>(step.order)) return {};
    const auto done = carry_out(host, step, nothing, call);
    if (!done.ok() && !done.error().is(Code::kAborted)) return done;  // else somebody was quicker
  }
  return Error(Code::kUnavailable, "machine '" + ref.owner.name + "' is changed by somebody all the time");
}

Result<bool> go_on_shutting_down(const Host& host, const MachineRef& ref, WallTime hard_at, const OnProgress& progress,
                                 const Call& call) {
  bool asked = false;
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    const auto there = TRY(look(host.session, ref, call));
    if (!there) return true;
    if (!ref.legacy) {
      const auto stamp = TRY(own_stamp(*there));
      if (!stamp || !is_of(*stamp, ref) || !stamp->power_off_at) return true;
    }
    const Step step = TRY(next_power_off_step(there, ref, hard_at, asked, host.clock.wall()));
    if (step.is_done()) return true;
    if (step.wait) return false;
    const auto done = carry_out(host, step, progress, call);
    const bool is_request = std::holds_alternative<ShutdownGuest>(step.order);
    // What cannot hear yet is asked again later, and what is off by now is looked at again.
    if (!done.ok() && !is_race(done.error()) && !(is_request && is_fault(done.error(), "ToolsUnavailable")))
      return done.error();
    asked = asked || is_request;
  }
  return Error(Code::kUnavailable, "machine '" + ref.owner.name + "' is changed by somebody all the time");
}

Status reboot(const Host& host, const MachineRef& ref, WallTime if_booted_before, const OnProgress& progress,
              const Call& call) {
  const auto there = TRY(look(host.session, ref, call));
  auto of = ours(there, ref);
  if (!of.ok()) return of.take_error();  // no TRY: as above
  const auto since = booted_at(there->props, of->stamp);
  if (power_of(there->props) != provider::Power::kOn || (since && *since >= if_booted_before)) return {};
  if (of->stamp) {
    Stamp stamp = *of->stamp;
    stamp.rebooted_at = host.clock.wall();
    TRY(carry_out(host, configure(*there, stamp, {}, "reboot"), progress, call));
  }
  const auto asked = ask(host.session, RebootGuest{there->self}, call);
  if (asked.ok() || !is_fault(asked.error(), "ToolsUnavailable")) return asked.ok() ? Status() : asked.error();
  const MoRef task = TRY(ask(host.session, Reset{there->self}, call));
  return follow_task(host.session, task, progress, call);
}

}  // namespace rig::vsphere
