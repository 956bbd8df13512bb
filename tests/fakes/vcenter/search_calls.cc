// Finding things: views, names, paths, UUIDs; and folders.
#include <algorithm>

#include "base/text.h"
#include "base/uuid.h"
#include "fakes/vcenter/call.h"

namespace rig::fakes::vcenter {
namespace {

Ref new_view(Center& center, const Asked& asked, std::string type, Trees properties) {
  const Ref self{std::move(type), "session[" + asked.session->key + "]" + random_uuid()};
  center.add(self, node("", std::move(properties)));
  return self;
}

Result<Answer> container_view(Center& center, Asked& asked) {
  if (center.object(asked.ref("container")) == nullptr) return gone(asked.ref("container"));
  Trees parts = {asked.part("container")};
  for (const Tree& type : all(asked.call, "type")) {
    if (!center.types.is_object(type->text)) return wrong_argument("type");
    parts.push_back(type);
  }
  parts.push_back(asked.part("recursive"));
  return answer(new_view(center, asked, "ContainerView", std::move(parts)));
}

Result<Answer> list_view(Center& center, Asked& asked) {
  Trees objects;
  for (const Tree& object : all(asked.call, "obj")) {
    if (center.object(ref_of(object)) == nullptr) return gone(ref_of(object));
    objects.push_back(named("view", object));
  }
  return answer(new_view(center, asked, "ListView", std::move(objects)));
}

Result<Answer> destroy_view(Center& center, Asked& asked) {
  center.remove(asked.self);
  return Answer();
}

Result<Answer> find_by_path(Center& center, Asked& asked) {
  Ref at{"Folder", "group-d1"};
  std::string_view path = asked.text("inventoryPath");
  while (path.starts_with("/")) path.remove_prefix(1);
  for (const std::string& name : split(path, '/')) {
    if (name.empty()) continue;
    const Object* child = center.child(at, name);
    if (child == nullptr) return Answer();
    at = child->self;
  }
  return answer(at);
}

Result<Answer> find_child(Center& center, Asked& asked) {
  if (center.object(asked.ref("entity")) == nullptr) return gone(asked.ref("entity"));
  const Object* child = center.child(asked.ref("entity"), asked.text("name"));
  return child == nullptr ? Answer() : answer(child->self);
}

Result<Answer> find_uuid(Center& center, Asked& asked) {
  const Ref datacenter = asked.ref("datacenter");
  if (!datacenter.empty() && center.object(datacenter) == nullptr) return gone(datacenter);
  const char* path = is_true(asked.call, "instanceUuid") ? "config.instanceUuid" : "config.uuid";
  Answer out;
  if (!is_true(asked.call, "vmSearch")) return out;
  for (const Object* machine : center.objects("VirtualMachine")) {
    if (to_lower(text_of(machine->tree, path)) != to_lower(asked.text("uuid"))) continue;
    if (!datacenter.empty() && !center.is_within(machine->self, datacenter)) continue;
    out.values.push_back(leaf("returnval", machine->self));
    if (asked.call->name == "FindByUuid") break;
  }
  return out;
}

Result<Answer> create_folder(Center& center, Asked& asked) {
  const std::string name = TRY(checked_name(asked.text("name")));
  if (const Object* other = center.child(asked.self, name)) return duplicate(name, other->self);
  const Ref self{"Folder", center.next_id("group-v")};
  Trees parts = {leaf("parent", asked.self), leaf("overallStatus", std::string("green")), leaf("name", name)};
  for (const Tree& type : all(center.object(asked.self)->tree, "childType")) parts.push_back(type);
  center.add(self, node("", std::move(parts)));
  return answer(self);
}

constexpr Row kRows[] = {
    {"CreateContainerView", "ViewManager", "System.View", container_view},
    {"CreateListView", "ViewManager", "System.View", list_view},
    {"DestroyView", "ManagedObjectView", "System.View", destroy_view},
    {"FindByInventoryPath", "SearchIndex", "System.View", find_by_path},
    {"FindChild", "SearchIndex", "System.View", find_child},
    {"FindByUuid", "SearchIndex", "System.View", find_uuid},
    {"FindAllByUuid", "SearchIndex", "System.View", find_uuid},
    {"CreateFolder", "Folder", "Folder.Create", create_folder},
};

}  // namespace

std::span<const Row> search_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
