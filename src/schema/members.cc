// schema/members.cc — defaults for members that are absent; members that no row describes.
#include <algorithm>

#include "base/text.h"
#include "schema/limits.h"
#include "schema/structure.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

void add_defaults(const Node& node, json::Value& value) {
  if (auto* items = value.as<json::Array>(); items != nullptr && node.items != nullptr) {
    for (json::Value& item : *items) add_defaults(*node.items, item);
  }
  auto* object = value.as<json::Object>();
  if (object == nullptr) return;
  for (const auto& [name, property] : node.properties) {
    if (!property->fallback) continue;
    const json::Value* found = object->find(name);
    if (found == nullptr || (found->is_null() && !property->nullable)) (*object)[name] = *property->fallback;
  }
  for (auto& [name, member] : *object) {
    if (const Node* described = node.member(name)) add_defaults(*described, member);
  }
}

std::string hint(const Node& node, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& property : node.properties) names.push_back(property.first);
  return std::string(near_miss(name, names));
}

void collect_unknown(const Node& node, const json::Value& value, const Place& place, std::vector<Unknown>& unknown) {
  if (const auto* items = value.as<json::Array>(); items != nullptr && node.items != nullptr) {
    for (std::size_t i = 0; i < items->size(); ++i) collect_unknown(*node.items, (*items)[i], place.item(i), unknown);
  }
  const auto* object = value.as<json::Object>();
  if (object == nullptr) return;
  for (const auto& [name, member] : *object) {
    if (const Node* described = node.member(name)) {
      collect_unknown(*described, member, place.member(name), unknown);
    } else if (!node.keeps_unknown) {
      const bool has_hint = unknown.size() < kHintsMax;
      unknown.push_back({place.member(name).text(), has_hint ? hint(node, name) : ""});
    }
  }
}

void prune_members(const Node& node, json::Value& value) {
  if (auto* items = value.as<json::Array>(); items != nullptr && node.items != nullptr) {
    for (json::Value& item : *items) prune_members(*node.items, item);
  }
  auto* object = value.as<json::Object>();
  if (object == nullptr) return;
  std::vector<json::Member> kept;
  for (auto& [name, member] : *object) {
    const Node* described = node.member(name);
    if (described == nullptr && !node.keeps_unknown) continue;
    if (described != nullptr && member.is_null() && !described->nullable) continue;
    if (described != nullptr) prune_members(*described, member);
    kept.emplace_back(name, std::move(member));
  }
  *object = json::Object(std::move(kept));
}

}  // namespace

void set_defaults(const TypeInfo& type, json::Value& object) { add_defaults(structure_of(type), object); }

std::vector<Unknown> unknown_fields(const TypeInfo& type, const json::Value& object) {
  std::vector<Unknown> unknown;
  collect_unknown(structure_of(type), object, Place(), unknown);
  std::sort(unknown.begin(), unknown.end(), [](const Unknown& a, const Unknown& b) { return a.path < b.path; });
  return unknown;
}

void prune(const TypeInfo& type, json::Value& object) { prune_members(structure_of(type), object); }

}  // namespace rig::schema
