// apiserver/patch/strategic_patch.cc — Kubernetes' strategic merge (recordings: strategic-patch).
//
// Source of the rules: k8s.io/apimachinery pkg/util/strategicpatch.
#include <algorithm>

#include "apiserver/apply/shape.h"
#include "apiserver/failure.h"
#include "apiserver/patch/patch.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kDirective = "$patch", kRetainKeys = "$retainKeys",
                           kDeleteFrom = "$deleteFromPrimitiveList/", kOrder = "$setElementOrder/";

bool is_merging_list(const Shape& shape) {
  return shape.kind == Shape::Kind::kList && shape.list != schema::ListType::kAtomic && !shape.is_atomic;
}

std::string_view directive_of(const json::Value& value) { return value.text({kDirective}); }

// What tells items of a merging list apart: the value of a set's item, the first key of others.
json::Value identity(const Shape& list, const json::Value& item) {
  if (list.list == schema::ListType::kSet) return item;
  const json::Value* key = item.find(list.keys.front());
  return key == nullptr ? json::Value() : *key;
}

std::optional<std::size_t> position(const json::Array& identities, const json::Value& wanted) {
  const auto it = std::find(identities.begin(), identities.end(), wanted);
  return it == identities.end() ? std::nullopt : std::optional(static_cast<std::size_t>(it - identities.begin()));
}

class StrategicPatch {
 public:
  json::Value merged(const Shape& shape, const json::Value& document, const json::Value& patch) const {
    if (const auto* members = patch.as<json::Object>()) return merged_members(shape, document, *members);
    return patch;
  }

 private:
  json::Value merged_members(const Shape& shape, const json::Value& document, const json::Object& patch) const {
    const json::Value* directive = patch.find(kDirective);
    const std::string_view word = directive == nullptr ? std::string_view() : directive->text({});
    json::Value out = document.is_object() && word != "replace" ? document : json::Value(json::Object());
    auto& members = *out.as<json::Object>();
    // The server keeps keys of structs only; in a map the word is taken for a key, and refused when it is read.
    const json::Value* retained = shape.kind == Shape::Kind::kMap ? nullptr : patch.find(kRetainKeys);
    if (retained != nullptr) retain(members, *retained);
    for (const auto& [name, value] : patch) {
      if (name.starts_with(kDeleteFrom)) delete_from(members, name.substr(kDeleteFrom.size()), value);
      const bool is_key = name == kRetainKeys && shape.kind == Shape::Kind::kMap;
      if (name.starts_with('$') && !is_key) continue;
      const Shape* described = shape.member(name);
      if (described == nullptr) described = &anything();
      if (value.is_null() || directive_of(value) == "delete") {
        members.erase(name);
      } else if (is_merging_list(*described) && value.is_array()) {
        merge_list(*described, members[name], *value.as<json::Array>(), patch.find(std::string(kOrder) + name));
      } else {
        const json::Value* there = members.find(name);
        members[name] = merged(*described, there == nullptr ? json::Value() : *there, value);
      }
    }
    for (const auto& [name, order] : patch) {  // an order alone moves items too
      if (!name.starts_with(kOrder)) continue;
      const std::string list = name.substr(kOrder.size());
      const Shape* described = shape.member(list);
      json::Value* items = members.find(list);
      if (described != nullptr && is_merging_list(*described) && items != nullptr && !patch.contains(list)) {
        merge_list(*described, *items, {}, &order);
      }
    }
    return out;
  }

  static void retain(json::Object& members, const json::Value& names) {
    const auto* kept = names.as<json::Array>();
    if (kept == nullptr) return;
    std::vector<json::Member> left;
    for (auto& [name, value] : members) {
      if (std::find(kept->begin(), kept->end(), json::Value(name)) != kept->end())
        left.emplace_back(name, std::move(value));
    }
    members = json::Object(std::move(left));
  }

  static void delete_from(json::Object& members, std::string_view list, const json::Value& values) {
    json::Value* found = members.find(list);
    auto* items = found == nullptr ? nullptr : found->as<json::Array>();
    const auto* gone = values.as<json::Array>();
    if (items == nullptr || gone == nullptr) return;
    std::erase_if(*items,
                  [&](const json::Value& item) { return std::find(gone->begin(), gone->end(), item) != gone->end(); });
  }

  void merge_list(const Shape& shape, json::Value& list, const json::Array& patch, const json::Value* order) const {
    if (!list.is_array()) list = json::Array();
    json::Array& items = *list.as<json::Array>();
    json::Array before, wanted;  // identities: as they were, and as the patch has them
    for (const json::Value& item : items) before.push_back(identity(shape, item));
    if (std::any_of(patch.begin(), patch.end(),
                    [](const json::Value& item) { return directive_of(item) == "replace"; })) {
      items.clear();
    }
    for (const json::Value& item : patch) {
      const std::string_view word = directive_of(item);
      if (word == "replace") continue;
      const json::Value wanted_identity = identity(shape, item);
      const auto there = std::find_if(items.begin(), items.end(),
                                      [&](const json::Value& i) { return identity(shape, i) == wanted_identity; });
      if (word == "delete") {
        if (there != items.end()) items.erase(there);
        continue;
      }
      wanted.push_back(wanted_identity);
      const bool is_new = there == items.end();
      json::Value& place = is_new ? items.emplace_back() : *there;
      const bool is_one_value = shape.list == schema::ListType::kSet;
      place = is_one_value ? item : merged(*shape.element, place, item);  // also of a new one: nulls say nothing
    }
    if (const auto* given = order == nullptr ? nullptr : order->as<json::Array>()) {
      wanted.clear();
      for (const json::Value& item : *given) wanted.push_back(identity(shape, item));
    }
    arrange(shape, items, before, wanted);
  }

  // Those that the patch speaks of in its order; the others where they were among them.
  static void arrange(const Shape& shape, json::Array& items, const json::Array& before, const json::Array& wanted) {
    json::Array spoken_of, others;
    for (json::Value& item : items) {
      (position(wanted, identity(shape, item)) ? spoken_of : others).push_back(std::move(item));
    }
    std::stable_sort(spoken_of.begin(), spoken_of.end(), [&](const json::Value& a, const json::Value& b) {
      return position(wanted, identity(shape, a)) < position(wanted, identity(shape, b));
    });
    items.clear();
    auto left = spoken_of.begin();
    auto right = others.begin();
    while (left != spoken_of.end() || right != others.end()) {
      bool takes_right = left == spoken_of.end();
      if (left != spoken_of.end() && right != others.end()) {
        const auto l = position(before, identity(shape, *left)), r = position(before, identity(shape, *right));
        takes_right = l && r && *r < *l;
      }
      items.push_back(std::move(takes_right ? *right++ : *left++));
    }
  }
};

}  // namespace

Result<json::Value> apply_strategic_patch(const schema::TypeInfo& type, json::Value document,
                                          const json::Value& patch) {
  if (!patch.is_object()) {
    return bad_request("json: cannot unmarshal " + std::string(json::type_name(patch)) +
                       " into Go value of type map[string]interface {}");
  }
  return StrategicPatch().merged(shape_of(type), document, patch);
}

std::string go_text(const json::Value& value) {
  std::vector<std::string> parts;
  if (const auto* object = value.as<json::Object>()) {
    for (const auto& [name, member] : *object) parts.push_back(name + ":" + go_text(member));
    return "map[" + join(parts, " ") + "]";
  }
  if (const auto* array = value.as<json::Array>()) {
    for (const json::Value& item : *array) parts.push_back(go_text(item));
    return "[" + join(parts, " ") + "]";
  }
  if (value.is_null()) return "<nil>";
  return value.is_string() ? std::string(value.text({})) : json::to_text(value);
}

}  // namespace rig::apiserver
