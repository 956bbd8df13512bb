// apiserver/apply/managers.cc — entries read, written, sorted and capped.
#include "apiserver/apply/managers.h"

#include <algorithm>
#include <tuple>

#include "apiserver/limits.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kBucket = "ancient-changes";

// The oldest that update become one, which keeps the newest of their times.
void cap(Managers& managers) {
  Managers updates, kept;
  for (Manager& manager : managers) (manager.is_apply ? kept : updates).push_back(std::move(manager));
  std::stable_sort(updates.begin(), updates.end(), [](const Manager& a, const Manager& b) {
    return std::tie(a.time, a.name) < std::tie(b.time, b.name);  // times have one form, so text sorts them
  });
  while (updates.size() > limits::kUpdateManagersMax) {
    Manager& second = updates[1];
    second = {
        std::string(kBucket), second.api_version, {}, false, second.time, united(updates[0].fields, second.fields)};
    updates.erase(updates.begin());
  }
  managers = std::move(kept);
  for (Manager& manager : updates) managers.push_back(std::move(manager));
}

bool comes_before(const Manager& a, const Manager& b) {
  if (a.is_apply != b.is_apply) return a.is_apply;
  return std::tie(a.time, a.name, a.api_version, a.subresource) <
         std::tie(b.time, b.name, b.api_version, b.subresource);
}

json::Value entry_of(const Manager& manager) {
  json::Value entry = json::Object{{"manager", manager.name},
                                   {"operation", manager.is_apply ? "Apply" : "Update"},
                                   {"apiVersion", manager.api_version},
                                   {"fieldsType", "FieldsV1"},
                                   {"fieldsV1", fields_v1_of(manager.fields)}};
  if (!manager.subresource.empty()) entry["subresource"] = manager.subresource;
  if (!manager.time.empty()) entry["time"] = manager.time;
  return entry;
}

}  // namespace

bool Manager::is_same(const Manager& other) const {
  return name == other.name && is_apply == other.is_apply && subresource == other.subresource &&
         (is_apply || api_version == other.api_version);
}

std::string Manager::text() const {
  std::string text = json::to_text(json::Value(name));
  if (!subresource.empty()) text += " with subresource \"" + subresource + "\"";
  return is_apply ? text : text + " using " + api_version;
}

std::optional<Managers> parse_managers(const json::Value* managed_fields) {
  Managers managers;
  const auto* entries = managed_fields == nullptr ? nullptr : managed_fields->as<json::Array>();
  if (entries == nullptr) return managers;
  for (const json::Value& entry : *entries) {
    const std::string_view operation = entry.text({"operation"});
    const json::Value* given = entry.find("fieldsV1");
    std::optional<FieldSet> fields = given == nullptr ? std::nullopt : parse_field_set(*given);
    if ((operation != "Apply" && operation != "Update") || !fields) return std::nullopt;
    managers.push_back({std::string(entry.text({"manager"})), std::string(entry.text({"apiVersion"})),
                        std::string(entry.text({"subresource"})), operation == "Apply",
                        std::string(entry.text({"time"})), *std::move(fields)});
  }
  return managers;
}

json::Value managed_fields_of(Managers managers) {
  std::erase_if(managers, [](const Manager& manager) { return manager.fields.is_empty(); });
  if (managers.empty()) return {};
  cap(managers);
  std::stable_sort(managers.begin(), managers.end(), comes_before);
  json::Array entries;
  for (const Manager& manager : managers) entries.push_back(entry_of(manager));
  return entries;
}

}  // namespace rig::apiserver
