// vsphere/look.cc — see look.h.
#include "hypervisor/vsphere/look.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/inventory.h"
#include "hypervisor/vsphere/limits.h"
#include "provider/limits.h"

namespace rig::vsphere {
namespace {

Result<std::vector<ObjectContent>> retrieve_once(Session& session, const FilterSpec& spec, const Call& call) {
  const MoRef collector = TRY(session.service(call)).property_collector;
  RetrieveResult page = TRY(ask(session, RetrieveProperties{collector, {spec}, {}}, call));
  std::vector<ObjectContent> objects = std::move(page.objects);
  while (!page.token.empty()) {
    page = TRY(ask(session, ContinueRetrieveProperties{collector, page.token}, call));
    std::ranges::move(page.objects, std::back_inserter(objects));
  }
  for (const ObjectContent& object : objects) {
    Status missing = check_missing(object.missing, object.obj.type + " " + object.obj.id);
    const bool is_doubt =
        !missing.ok() && (missing.error().is(Code::kUnauthenticated) || missing.error().is(Code::kPermissionDenied));
    if (is_doubt) return missing.take_error();
  }
  return objects;
}

// Those machines and their hosts, in one call. says_gone(): one of them is not there.
Result<std::map<MoRef, Sight>> read_sights(Session& session, const std::set<MoRef>& machines, const Call& call) {
  SelectionSpec to_host;
  to_host.type = "VirtualMachine";
  to_host.path = "runtime.host";
  FilterSpec spec;
  spec.props = inventory_specs();
  for (const MoRef& self : machines) spec.objects.push_back({self, std::nullopt, {to_host}});
  std::map<MoRef, Sight> sights;
  std::map<MoRef, std::string> hosts;
  for (const ObjectContent& object : TRY(retrieve(session, spec, call))) {
    if (machines.contains(object.obj)) {
      Sight& sight = sights[object.obj];
      sight.self = object.obj;
      TRY(take_properties(object.props, sight.props).context("machine " + object.obj.id));
    } else if (object.obj.type == "HostSystem") {
      HostProps host;
      TRY(take_properties(object.props, host));
      hosts[object.obj] = host.name;
    }
  }
  for (auto& [self, sight] : sights) sight.host = hosts[sight.props.host];
  return sights;
}

Result<std::vector<MoRef>> find_by_uuid(Session& session, const std::string& machine_id, const Call& call) {
  FindAllByUuid find;
  find.self = TRY(session.service(call)).search_index;
  find.uuid = machine_id;
  return ask(session, find, call);
}

}  // namespace

Result<std::vector<ObjectContent>> retrieve(Session& session, const FilterSpec& spec, const Call& call) {
  TRY(session.service(call));  // so that there is a login to name
  const std::uint64_t login = session.login_number();
  auto objects = retrieve_once(session, spec, call);
  if (objects.ok() || !objects.error().is(Code::kUnauthenticated)) return objects;
  session.distrust(login);
  return retrieve_once(session, spec, call);
}

Result<Sight> read_sight(Session& session, const MoRef& self, const Call& call) {
  auto sights = TRY(read_sights(session, {self}, call));
  if (sights.empty()) return Error(Code::kUnavailable, "machine " + self.id + ": the answer does not speak of it");
  return std::move(sights.begin()->second);
}

Result<std::optional<Sight>> look(Session& session, const provider::MachineRef& ref, const Call& call) {
  if (!ref.id.empty()) {
    const MoRef self{"VirtualMachine", ref.id};
    auto sight = read_sight(session, self, call);
    if (sight.ok()) return std::optional(sight.take());
    if (!says_gone(sight.error(), self)) return sight.take_error();
    if (ref.machine_id.empty()) return std::optional<Sight>();
  }
  // One that was registered anew is another object with the same UUID.
  const std::vector<MoRef> found = TRY(find_by_uuid(session, ref.machine_id, call));
  if (found.empty()) return std::optional<Sight>();
  if (found.size() > 1) {
    std::vector<std::string> ids;
    for (const MoRef& machine : found) ids.push_back(machine.id);
    return Error(Code::kFailedPrecondition,
                 std::to_string(found.size()) + " machines have the UUID " + ref.machine_id + ": " + join(ids, ", "))
        .with_hint("Give all but one another instanceUuid, or remove them.");
  }
  auto sight = read_sight(session, found.front(), call);
  if (sight.ok()) return std::optional(sight.take());
  if (says_gone(sight.error(), found.front())) return std::optional<Sight>();  // since it was found
  return sight.take_error();
}

Result<std::optional<Sight>> look_in_folder(Session& session, const MoRef& folder, const std::string& name,
                                            const Call& call) {
  FindChild find;
  find.self = TRY(session.service(call)).search_index;
  find.entity = folder;
  find.name = name;
  const MoRef child = TRY(ask(session, find, call));
  if (child.type != "VirtualMachine") return std::optional<Sight>();
  Sight sight = TRY(read_sight(session, child, call));
  return std::optional(std::move(sight));
}

Result<provider::Machine> describe(Session& session, const provider::MachineRef& ref, const Clock& clock,
                                   const Call& call) {
  const auto sight = TRY(look(session, ref, call));
  if (sight) return read_machine(*sight, ref, clock.wall());
  provider::Machine gone;
  gone.ref = ref;
  gone.existence = provider::Existence::kGone;
  return gone;
}

Result<std::vector<provider::Machine>> describe_many(Session& session, std::span<const provider::MachineRef> refs,
                                                     const Clock& clock, const Call& call) {
  if (refs.size() > provider::kDescribeManyMax) {
    return Error(Code::kInvalidArgument, "describe " + std::to_string(refs.size()) + " machines, at most " +
                                             std::to_string(provider::kDescribeManyMax) + " at once");
  }
  std::set<MoRef> wanted;
  for (const provider::MachineRef& ref : refs)
    if (!ref.id.empty()) wanted.insert({"VirtualMachine", ref.id});
  std::map<MoRef, Sight> sights;
  while (!wanted.empty()) {
    auto read = read_sights(session, wanted, call);
    if (read.ok()) {
      sights = read.take();
      break;
    }
    // One that is gone is named; the others are asked for again.
    const Fault* fault = fault_of(read.error());
    const bool is_named = fault != nullptr && says_gone(read.error(), fault->obj) && wanted.erase(fault->obj) > 0;
    if (!is_named) return read.take_error();
  }
  std::vector<provider::Machine> machines;
  for (const provider::MachineRef& ref : refs) {
    const auto sight = sights.find({"VirtualMachine", ref.id});
    machines.push_back(sight == sights.end() ? TRY(describe(session, ref, clock, call))
                                             : TRY(read_machine(sight->second, ref, clock.wall())));
  }
  return machines;
}

Result<Catalogue> read_catalogue(Session& session, bool with_machines, const Call& call) {
  std::vector<const Kind*> kinds(place_kinds().begin(), place_kinds().end());
  if (with_machines) kinds.push_back(&kTemplate);
  FilterSpec spec;
  spec.props = property_specs(kinds);
  std::vector<std::string> types;
  for (const PropertySpec& of : spec.props) types.push_back(of.type);
  const View view = TRY(View::open(session, types, call));
  spec.objects = {view.objects()};
  const auto objects = TRY(retrieve(session, spec, call));
  Catalogue catalogue;
  for (const ObjectContent& object : objects) {
    Entity entity{object.obj, {}};
    TRY(take_properties(object.props, entity.props).context(object.obj.id));
    catalogue.add(std::move(entity));
  }
  return catalogue;
}

Result<View> View::open(Session& session, const std::vector<std::string>& types, const Call& call) {
  const ServiceContent service = TRY(session.service(call));
  CreateContainerView create{service.view_manager, service.root_folder, types};
  MoRef self = TRY(ask(session, create, call));
  return View(session, std::move(self));
}

View::~View() {
  if (self_.empty()) return;
  const Call call{.deadline = std::chrono::steady_clock::now() + kLogOutMax, .stop = {}, .request_id = {}};
  (void)ask(*session_, DestroyView{self_}, call);
}

ObjectSpec View::objects() const {
  SelectionSpec to_objects;
  to_objects.type = "ContainerView";
  to_objects.path = "view";
  to_objects.skip = false;
  return {self_, true, {to_objects}};
}

}  // namespace rig::vsphere
