// schema/structure.cc — JSON schemas as Nodes.
#include "schema/structure.h"

#include <algorithm>
#include <map>

#include "base/mutex.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

std::optional<std::int64_t> integer(const json::Value& schema, std::string_view name) {
  const json::Value* value = schema.find(name);
  const auto* i = value == nullptr ? nullptr : value->as<std::int64_t>();
  return i == nullptr ? std::nullopt : std::optional(*i);
}

std::optional<double> number(const json::Value& schema, std::string_view name) {
  if (const auto i = integer(schema, name)) return static_cast<double>(*i);
  const json::Value* value = schema.find(name);
  const auto* d = value == nullptr ? nullptr : value->as<double>();
  return d == nullptr ? std::nullopt : std::optional(*d);
}

bool is_set(const json::Value& schema, std::string_view name) {
  const json::Value* value = schema.find(name);
  const auto* b = value == nullptr ? nullptr : value->as<bool>();
  return b != nullptr && *b;
}

std::vector<std::string> texts(const json::Value& schema, std::string_view name) {
  std::vector<std::string> out;
  const json::Value* value = schema.find(name);
  const auto* items = value == nullptr ? nullptr : value->as<json::Array>();
  if (items == nullptr) return out;
  for (const json::Value& item : *items) out.emplace_back(item.text({}));
  return out;
}

// Reads the forms that openapi.cc writes; any other rule is left to a cluster.
void add_validation(Node& node, std::string_view rule, std::string_view message) {
  if (rule == "self == oldSelf") {
    node.immutable_message = message;
    return;
  }
  constexpr std::string_view kHad = "!has(oldSelf.";
  if (rule.starts_with(kHad)) {
    const std::string member(rule.substr(kHad.size(), rule.find(')') - kHad.size()));
    if (rule == std::string(kHad) + member + ") || has(self." + member + ")") node.never_removed[member] = message;
    return;
  }
  constexpr std::string_view kHas = "(has(self.";
  if (!rule.starts_with(kHas) || !(rule.ends_with(" == 1") || rule.ends_with(" <= 1"))) return;
  MemberRule members{.is_exactly_one = rule.ends_with(" == 1"), .members = {}, .message = std::string(message)};
  for (std::size_t at = rule.find(kHas); at != std::string_view::npos; at = rule.find(kHas, at)) {
    at += kHas.size();
    members.members.emplace_back(rule.substr(at, rule.find(')', at) - at));
  }
  node.rules.push_back(std::move(members));
}

std::unique_ptr<Node> compile(const json::Value& schema);

void compile_children(Node& node, const json::Value& schema) {
  if (const json::Value* properties = schema.find("properties"); properties != nullptr && properties->is_object()) {
    for (const auto& [name, property] : *properties->as<json::Object>()) {
      node.properties.emplace_back(name, compile(property));
    }
  }
  if (const json::Value* items = schema.find("items")) node.items = compile(*items);
  const json::Value* additional = schema.find("additionalProperties");
  if (additional != nullptr && additional->is_object()) node.additional = compile(*additional);
}

std::unique_ptr<Node> compile(const json::Value& schema) {
  auto node = std::make_unique<Node>();
  node->type = is_set(schema, "x-kubernetes-int-or-string") ? "integer,string" : std::string(schema.text({"type"}));
  node->format = schema.text({"format"});
  compile_children(*node, schema);
  node->required = texts(schema, "required");
  if (const json::Value* values = schema.find("enum"); values != nullptr && values->is_array()) {
    node->values = *values->as<json::Array>();
  }
  if (const json::Value* fallback = schema.find("default")) node->fallback = *fallback;
  node->minimum = number(schema, "minimum");
  node->maximum = number(schema, "maximum");
  node->min_length = integer(schema, "minLength");
  node->max_length = integer(schema, "maxLength");
  node->min_items = integer(schema, "minItems");
  node->max_items = integer(schema, "maxItems");
  node->min_properties = integer(schema, "minProperties");
  node->max_properties = integer(schema, "maxProperties");
  const std::string_view pattern = schema.text({"pattern"});
  if (!pattern.empty()) node->pattern = &Pattern::of(std::string(pattern));
  const std::string_view list = schema.text({"x-kubernetes-list-type"});
  node->list = list == "set" ? ListType::kSet : list == "map" ? ListType::kMap : ListType::kAtomic;
  node->map_keys = texts(schema, "x-kubernetes-list-map-keys");
  node->keeps_unknown = is_set(schema, "x-kubernetes-preserve-unknown-fields");
  node->nullable = is_set(schema, "nullable");
  node->has_any_of = schema.find("anyOf") != nullptr;
  const json::Value* rules = schema.find("x-kubernetes-validations");
  if (rules != nullptr && rules->is_array()) {
    for (const json::Value& rule : *rules->as<json::Array>()) {
      add_validation(*node, rule.text({"rule"}), rule.text({"message"}));
    }
  }
  return node;
}

}  // namespace

const Node* Node::member(std::string_view name) const {
  const auto it = std::lower_bound(properties.begin(), properties.end(), name,
                                   [](const auto& property, std::string_view n) { return property.first < n; });
  if (it != properties.end() && it->first == name) return it->second.get();
  return additional.get();
}

const Node& structure_of(const TypeInfo& type) {
  static Mutex mutex;
  static auto& nodes =
      *new std::map<const TypeInfo*, std::unique_ptr<Node>>;  // guarded by mutex; outlives every thread
  const Lock lock(mutex);
  std::unique_ptr<Node>& node = nodes[&type];
  if (node == nullptr) node = compile(openapi(type));
  return *node;
}

std::string Place::text() const {
  if (outer == nullptr) return std::string(name);
  std::string path = outer->text();
  if (index) return path + "[" + std::to_string(*index) + "]";
  if (!path.empty()) path += ".";
  return path.append(name);
}

}  // namespace rig::schema
