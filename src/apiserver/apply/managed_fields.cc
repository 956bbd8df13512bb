// apiserver/apply/managed_fields.cc — writes and applies, as the managers see them.
#include "apiserver/apply/managed_fields.h"

#include <algorithm>

#include "apiserver/apply/managers.h"
#include "apiserver/apply/typed.h"
#include "apiserver/document.h"
#include "apiserver/failure.h"
#include "apiserver/manners.h"
#include "base/text.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::string_view kKubectl = "kubectl";  // its manager for server-side apply

// What the server keeps for itself: nobody owns it.
const FieldSet& server_fields() {
  static const FieldSet kFields = [] {
    FieldSet set;
    FieldSet& metadata = set.at("f:metadata");
    metadata.is_member = true;
    for (const std::string_view name : {"name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName",
                                        "generation", "managedFields", "resourceVersion"}) {
      metadata.at("f:" + std::string(name)).is_member = true;
    }
    return set;
  }();
  return kFields;
}

// managedFields itself is looked at by nobody.
Comparison compare_objects(const api::KindInfo& kind, json::Value before, json::Value after) {
  for (json::Value* object : {&before, &after}) {
    auto& members = *object->as<json::Object>();
    members.erase("apiVersion");
    members.erase("kind");
    json::Value* metadata = members.find("metadata");
    if (auto* all = metadata == nullptr ? nullptr : metadata->as<json::Object>()) all->erase("managedFields");
  }
  return compare(shape_of(kind), before, after);
}

std::string subresource(Part part) {
  if (part == Part::kStatus) return "status";
  if (part == Part::kScale) return "scale";
  if (part == Part::kToken) return "token";
  return part == Part::kFinalize ? "finalize" : "";
}

Manager manager_of(const api::KindInfo& kind, const Writer& writer, bool is_apply) {
  return {std::string(writer.manager), kind.resource.api_version(), subresource(writer.part), is_apply, {}, {}};
}

Manager* find(Managers& managers, const Manager& wanted) {
  const auto it = std::find_if(managers.begin(), managers.end(), [&](const Manager& m) { return m.is_same(wanted); });
  return it == managers.end() ? nullptr : &*it;
}

void store(json::Value& object, Managers managers) {
  json::Value entries = managed_fields_of(std::move(managers));
  if (entries.is_null()) {
    object["metadata"].as<json::Object>()->erase("managedFields");
  } else {
    object["metadata"]["managedFields"] = std::move(entries);
  }
}

// The bookkeeping that a write starts from: what the client sent back, so that it can be edited. An entry that is an
// empty object clears it; what cannot be read, or nothing, leaves what was there.
Managers managers_before(const api::KindInfo& kind, const json::Value& old, const json::Value& object) {
  const json::Value* given = object.at({"metadata", "managedFields"});
  const auto* entries = given == nullptr ? nullptr : given->as<json::Array>();
  const bool is_reset = entries != nullptr && entries->size() == 1 && entries->front() == json::Value(json::Object());
  if (is_reset || (entries != nullptr && entries->empty() && !kind.is_custom)) return {};
  if (auto managers = parse_managers(given); managers && !managers->empty()) return *std::move(managers);
  return parse_managers(old.at({"metadata", "managedFields"})).value_or(Managers());
}

// Fields that `comparison` shows as changed belong to `writer` now, and to nobody else.
void take_over(Managers& managers, const Manager& writer, const Comparison& comparison, WallTime now) {
  FieldSet taken = without(united(comparison.added, comparison.modified), server_fields());
  drop_empty(taken);
  for (Manager& manager : managers) {
    manager.fields = without(without(manager.fields, taken), comparison.removed);
    drop_empty(manager.fields);
  }
  if (taken.is_empty()) return;
  Manager* own = find(managers, writer);
  if (own == nullptr) own = &managers.emplace_back(writer);
  own->fields = united(own->fields, taken);
  if (writer.subresource != "scale") own->time = format_time(now);  // as the server, for whatever reason
}

// ---- apply ----

struct Conflict {
  const Manager* manager;
  FieldSet fields;
};

Error conflict_of(const std::vector<Conflict>& conflicts) {
  json::Array causes;
  std::vector<std::string> messages;
  std::string single;
  for (const Conflict& c : conflicts) {
    messages.push_back("conflicts with " + c.manager->text() + ":");
    for_each_member(c.fields, [&](const std::string& path) {
      single = "conflict with " + c.manager->text() + ": " + path;
      messages.push_back("- " + path);
      causes.push_back(json::Object{
          {"reason", "FieldManagerConflict"}, {"message", "conflict with " + c.manager->text()}, {"field", path}});
    });
  }
  const std::size_t count = causes.size();
  const std::string message =
      count == 1 ? "Apply failed with 1 conflict: " + single
                 : "Apply failed with " + std::to_string(count) + " conflicts: " + join(messages, "\n");
  return status_error(409, "Conflict", message, json::Object{{"causes", std::move(causes)}});
}

// Only the part that a request is about is written by it.
void keep_part(const api::KindInfo& kind, Part part, json::Value& configuration) {
  auto& members = *configuration.as<json::Object>();
  if (part == Part::kWhole) {
    if (kind.has_status) members.erase("status");
    return;
  }
  const json::Value* status = members.find("status");
  json::Object kept;
  if (status != nullptr) kept["status"] = *status;
  members = std::move(kept);
}

// What client-side kubectl apply wrote and nobody changed since may be taken over by server-side kubectl apply: it is
// the same user.
bool is_own_client_side_apply(const api::KindInfo& kind, const Writer& writer, const json::Value& live,
                              const std::vector<Conflict>& conflicts) {
  const std::string_view text = live.text({"metadata", "annotations", kLastApplied});
  if (writer.manager != kKubectl || text.empty()) return false;
  const Result<json::Value> last = json::parse(text);
  if (!last.ok() || !last->is_object()) return false;
  const FieldSet fields = without(fields_of(shape_of(kind), *last), compare_objects(kind, *last, live).modified);
  return std::all_of(conflicts.begin(), conflicts.end(), [&](const Conflict& c) {
    FieldSet others = without(c.fields, fields);
    drop_empty(others);
    return others.is_empty();
  });
}

// Server-side kubectl apply keeps up what client-side kubectl apply left, so that one may go back. Its manager stays
// the owner.
void keep_up_last_applied(json::Value configuration, json::Value& object) {
  if (object.text({"metadata", "annotations", kLastApplied}).empty()) return;
  if (json::Value* annotations = configuration["metadata"].find("annotations")) {
    if (auto* members = annotations->as<json::Object>()) members->erase(kLastApplied);
  }
  object.set({"metadata", "annotations", kLastApplied}, json::to_text(configuration) + "\n");
}

std::vector<Conflict> conflicts_of(const Managers& managers, const Manager& applier, const Comparison& comparison) {
  const FieldSet changed = united(comparison.added, comparison.modified);
  std::vector<Conflict> conflicts;
  for (const Manager& manager : managers) {
    if (manager.is_same(applier)) continue;
    FieldSet both = common(manager.fields, changed);
    drop_empty(both);
    if (!both.is_empty()) conflicts.push_back({&manager, std::move(both)});
  }
  std::sort(conflicts.begin(), conflicts.end(),
            [](const Conflict& a, const Conflict& b) { return a.manager->text() < b.manager->text(); });
  return conflicts;
}

FieldSet owned_by_others(const Managers& managers, const Manager& applier) {
  FieldSet owned;
  for (const Manager& manager : managers) {
    if (!manager.is_same(applier)) owned = united(owned, manager.fields);
  }
  return owned;
}

// An object from before anybody kept books: what it has is somebody's.
Managers managers_of(const api::KindInfo& kind, const json::Value& live, WallTime now) {
  Managers managers = parse_managers(live.at({"metadata", "managedFields"})).value_or(Managers());
  if (!managers.empty() || live.text({"metadata", "uid"}).empty()) return managers;
  const Writer before{"before-first-apply", Part::kWhole, now};
  json::Value written = live;
  keep_part(kind, Part::kWhole, written);
  take_over(managers, manager_of(kind, before, /*is_apply=*/false), compare_objects(kind, json::Object(), written),
            now);
  return managers;
}

std::string title_of(const api::KindInfo& kind, const json::Value& configuration) {
  return std::string(configuration.text({"metadata", "namespace"})) + "/" +
         std::string(configuration.text({"metadata", "name"})) + "; " + (kind.resource.group.empty() ? "/" : "") +
         kind.resource.api_version() + ", Kind=" + std::string(kind.resource.kind);
}

// The managers' entries, as text and without their times, out of the object.
std::vector<std::string> take_untimed(json::Value& object) {
  std::vector<std::string> out;
  json::Value* metadata = object.find("metadata");
  json::Value* entries = metadata == nullptr ? nullptr : metadata->find("managedFields");
  auto* all = entries == nullptr ? nullptr : entries->as<json::Array>();
  if (all == nullptr) return out;
  for (json::Value& entry : *all) {
    if (auto* members = entry.as<json::Object>()) members->erase("time");
    out.push_back(json::to_text(entry));
  }
  metadata->as<json::Object>()->erase("managedFields");
  return out;
}

}  // namespace

void track_write(const api::KindInfo& kind, const Writer& writer, const json::Value& old, json::Value& object) {
  const bool is_new = old.is_null();
  Managers managers = is_new ? Managers() : managers_before(kind, old, object);
  if (!is_new && managers.empty()) return store(object, {});  // nobody keeps books here until somebody applies
  const auto blank = manners_of(kind).blank;
  const json::Value before = !is_new ? old : blank == nullptr ? json::Value(json::Object()) : blank(object);
  take_over(managers, manager_of(kind, writer, /*is_apply=*/false), compare_objects(kind, before, object), writer.now);
  store(object, std::move(managers));
}

Result<json::Value> apply_configuration(const api::KindInfo& kind, const Writer& writer, const json::Value& live,
                                        json::Value configuration, bool force) {
  const Shape& shape = shape_of(kind);
  const std::string title = title_of(kind, configuration);
  const json::Value sent = writer.manager == kKubectl ? configuration : json::Value();
  const Without api_version(configuration, "apiVersion"), kind_name(configuration, "kind");
  if (auto why = misfit(shape, configuration)) {
    return status_error(500, {}, "failed to create typed patch object (" + title + "): " + *why);
  }
  keep_part(kind, writer.part, configuration);
  Managers managers = managers_of(kind, live, writer.now);
  Manager applier = manager_of(kind, writer, /*is_apply=*/true);
  if (const Manager* own = find(managers, applier)) applier = *own;
  applier.api_version = kind.resource.api_version();
  const FieldSet last = std::exchange(applier.fields, without(fields_of(shape, configuration), server_fields()));
  drop_empty(applier.fields);

  json::Value object = merged(shape, live, configuration);
  drop_unowned(shape, object, last, united(owned_by_others(managers, applier), applier.fields));
  const Comparison comparison = compare_objects(kind, live, object);
  const std::vector<Conflict> conflicts = conflicts_of(managers, applier, comparison);
  if (!conflicts.empty() && !force && !is_own_client_side_apply(kind, writer, live, conflicts))
    return conflict_of(conflicts);

  const FieldSet changed = united(comparison.added, comparison.modified);
  std::erase_if(managers, [&](const Manager& manager) { return manager.is_same(applier); });
  for (Manager& manager : managers) {
    manager.fields = without(without(manager.fields, changed), comparison.removed);
    drop_empty(manager.fields);
  }
  if (object != live) applier.time = format_time(writer.now);
  if (!sent.is_null()) keep_up_last_applied(sent, object);
  managers.push_back(std::move(applier));
  if (!object["metadata"].is_object()) object["metadata"] = json::Object();
  store(object, std::move(managers));
  return object;
}

bool is_same_but_times(const json::Value& a, const json::Value& b) {
  json::Value left = a, right = b;
  // Their order comes from their times, too.
  std::vector<std::string> left_entries = take_untimed(left), right_entries = take_untimed(right);
  if (left != right || left_entries.size() != right_entries.size()) return false;
  std::sort(left_entries.begin(), left_entries.end());
  std::sort(right_entries.begin(), right_entries.end());
  return left_entries == right_entries;
}

}  // namespace rig::apiserver
