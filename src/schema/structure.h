// schema/structure.h — a structural schema compiled for walking; what the walkers over JSON share.
//
// It is made from openapi(), raw rows included, so what a cluster enforces by our CustomResourceDefinitions and what
// we enforce ourselves cannot drift apart.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/json.h"
#include "schema/pattern.h"
#include "schema/type_info.h"

namespace rig::schema {

struct MemberRule {  // two of the CEL forms that openapi() writes for a Rule
  bool is_exactly_one = false;
  std::vector<std::string> members;
  std::string message;
};

struct Node {
  std::string type;    // "" means anything; "integer,string" is int-or-string
  std::string format;  // "int32", "date-time"
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> properties;  // sorted by name
  std::unique_ptr<Node> items, additional;
  std::vector<std::string> required;
  json::Array values;                   // enum
  std::optional<json::Value> fallback;  // default
  std::optional<double> minimum, maximum;
  std::optional<std::int64_t> min_length, max_length, min_items, max_items, min_properties, max_properties;
  const Pattern* pattern = nullptr;
  ListType list = ListType::kAtomic;
  std::vector<std::string> map_keys;
  bool keeps_unknown = false, nullable = false, has_any_of = false;
  std::string immutable_message;  // "" = may change
  std::vector<MemberRule> rules;
  std::map<std::string, std::string> never_removed;  // members, each with its message

  // What describes this member: a property, else the map's values; null when unknown.
  const Node* member(std::string_view name) const;
};

// Thread-safe; compiled at first use.
const Node& structure_of(const TypeInfo& type);

// Where a walker is. Lives on the stack; the text is made only when there is something to say.
struct Place {
  const Place* outer = nullptr;
  std::string_view name = {};
  std::optional<std::size_t> index = {};

  std::string text() const;  // "spec.disks[2].name"
  Place member(std::string_view member_name) const { return {this, member_name, {}}; }
  Place item(std::size_t i) const { return {this, {}, i}; }
};

}  // namespace rig::schema
