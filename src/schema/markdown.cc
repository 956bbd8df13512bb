// schema/markdown.cc — a type and all that it is made of as a reference page.
#include <algorithm>

#include "schema/walk.h"

namespace rig::schema {
namespace {

// The type under optionals, lists and maps.
const TypeInfo& core_of(const TypeInfo& type) { return type.element == nullptr ? type : core_of(type.element()); }

std::string type_text(const TypeInfo& type) {
  switch (type.kind) {
    case Kind::kOptional: return type_text(type.element());
    case Kind::kList: return "list of " + type_text(type.element());
    case Kind::kMap: return "map to " + type_text(type.element());
    case Kind::kObject:
    case Kind::kEnum: return "[" + std::string(type.name) + "](#" + std::string(type.name) + ")";
    default: return std::string(type.name);
  }
}

// A cell of a table: a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

// "1–128 characters", "at least 1", "at most 50 items".
std::string range_text(const std::optional<std::int64_t>& low, const std::optional<std::int64_t>& high,
                       const std::string& noun) {
  if (low && high) return std::to_string(*low) + "–" + std::to_string(*high) + noun;
  if (low) return "at least " + std::to_string(*low) + noun;
  return high ? "at most " + std::to_string(*high) + noun : "";
}

std::string rules_text(const Field& f) {
  std::vector<std::string> rules;
  if (f.is_required) rules.emplace_back("required");
  if (f.is_immutable) rules.emplace_back("immutable");
  if (f.is_cluster_only) rules.emplace_back("cluster only");
  if (f.is_addition) rules.emplace_back("not in the Go version");
  rules.push_back(range_text(f.min_value, f.max_value, ""));
  rules.push_back(range_text(f.min_length_value, f.max_length_value, " characters"));
  rules.push_back(range_text(f.min_items_value, f.max_items_value, " items"));
  rules.push_back(range_text(f.item_min_length_value, f.item_max_length_value, " characters each"));
  for (const std::string_view pattern : {f.pattern_text, f.item_pattern_text}) {
    if (!pattern.empty()) rules.push_back("`" + std::string(pattern) + "`");
  }
  if (f.list == ListType::kSet) rules.emplace_back("no item twice");
  std::string text;
  for (const std::string& rule : rules) {
    if (!rule.empty()) text += (text.empty() ? "" : ", ") + rule;
  }
  return text;
}

std::string object_section(const TypeInfo& t) {
  std::string s = "| Field | Type | Default | Rules | Meaning |\n|---|---|---|---|---|\n";
  for (const Field& f : t.fields) {
    const std::string fallback = f.default_json.empty() ? "" : "`" + std::string(f.default_json) + "`";
    s += "| `" + std::string(f.json) + "` | " + type_text(f.type()) + " | " + cell(fallback) + " | " +
         cell(rules_text(f)) + " | " + cell(f.doc_text) + " |\n";
  }
  for (const Rule& rule : t.rules) {
    if (rule.kind == Rule::Kind::kNeverRemoved) {
      s += "\n`" + std::string(rule.members.front()) + "` cannot be removed once it is set.\n";
      continue;
    }
    s += rule.kind == Rule::Kind::kExactlyOneOf ? "\nExactly one of" : "\nAt most one of";
    for (const std::string_view& member : rule.members) {
      s += (&member == rule.members.data() ? " `" : ", `") + std::string(member) + "`";
    }
    s += " is set.\n";
  }
  return s;
}

std::string enum_section(const TypeInfo& t) {
  std::string s = "| Value | Meaning |\n|---|---|\n";
  for (const EnumRow& row : t.values) {
    if (!row.json.empty()) s += "| `" + std::string(row.json) + "` | " + cell(row.doc) + " |\n";
  }
  return s;
}

// The objects and enums below, each once, in the order they are met.
void collect(const TypeInfo& type, std::vector<const TypeInfo*>& found) {
  const TypeInfo& t = core_of(type);
  if (t.kind != Kind::kObject && t.kind != Kind::kEnum) return;
  if (std::find(found.begin(), found.end(), &t) != found.end()) return;
  found.push_back(&t);
  for (const Field& f : t.fields) collect(f.type(), found);
}

}  // namespace

std::string markdown(const TypeInfo& type) {
  std::vector<const TypeInfo*> types;
  collect(type, types);
  std::string page;
  for (const TypeInfo* t : types) {
    page += (page.empty() ? "## " : "\n## ") + std::string(t->name) + "\n\n";
    if (!t->doc.empty()) page += std::string(t->doc) + "\n\n";
    page += t->kind == Kind::kEnum ? enum_section(*t) : object_section(*t);
  }
  return page;
}

}  // namespace rig::schema
