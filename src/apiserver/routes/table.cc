// apiserver/routes/table.cc — see table.h.
#include "apiserver/routes/table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "apiserver/failure.h"
#include "apiserver/routes/cell_path.h"
#include "base/text.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kNameDescription = "Name of the object, unique among its kind in its namespace.";

// ---- cells by the type of their column ----

std::string age_text(std::string_view time, WallTime now) {
  if (time.empty()) return "<unknown>";
  const Result<WallTime> then = parse_time(time);
  if (!then.ok()) return "<invalid>";
  const Duration age = now - *then;
  if (age < -std::chrono::seconds(1)) return "<invalid>";
  return format_age(std::max(age, Duration::zero()));
}

json::Value plain_cell(const json::Value& value, std::string_view type, WallTime now) {
  const auto* number = value.as<double>();
  if (type == "date") return age_text(value.text({}), now);
  if (type == "integer") {
    if (number != nullptr && std::abs(*number) < 9e15) return static_cast<std::int64_t>(*number);
    return value.as<std::int64_t>() != nullptr ? value : json::Value();
  }
  if (type == "number") return number != nullptr || value.as<std::int64_t>() != nullptr ? value : json::Value();
  if (type == "boolean") return value.as<bool>() != nullptr ? value : json::Value();
  return value.is_string() ? value : json::Value(json::to_text(value));
}

// ---- cells of core kinds that no path gives (kube-apiserver's printers) ----

std::size_t size_of(const json::Value* map) {
  const auto* object = map == nullptr ? nullptr : map->as<json::Object>();
  return object == nullptr ? 0 : object->size();
}

json::Value count_data(const json::Value& object, WallTime) {
  return static_cast<std::int64_t>(size_of(object.find("data")) + size_of(object.find("binaryData")));
}

// The first of these members that has a text: an Event has other names in its two groups.
std::string_view first_text(const json::Value& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string_view text = object.text({name}); !text.empty()) return text;
  }
  return {};
}

std::string_view first_seen(const json::Value& event) {
  return first_text(event, {"firstTimestamp", "deprecatedFirstTimestamp", "eventTime"});
}
json::Value first_seen_cell(const json::Value& event, WallTime now) { return age_text(first_seen(event), now); }
json::Value last_seen_cell(const json::Value& event, WallTime now) {
  std::string_view time = event.text({"series", "lastObservedTime"});
  if (time.empty()) time = first_text(event, {"lastTimestamp", "deprecatedLastTimestamp"});
  return age_text(time.empty() ? first_seen(event) : time, now);
}
json::Value event_count_cell(const json::Value& event, WallTime) {
  std::int64_t count = event.integer({"series", "count"});
  if (count == 0) count = event.integer({"count"}, event.integer({"deprecatedCount"}));
  return std::max<std::int64_t>(count, 1);
}
const json::Value& about(const json::Value& event) {
  static const json::Value kNobody = json::Object();
  for (const std::string_view name : {"involvedObject", "regarding"}) {
    if (const json::Value* found = event.find(name)) return *found;
  }
  return kNobody;
}
json::Value event_object_cell(const json::Value& event, WallTime) {
  return to_lower(about(event).text({"kind"})) + "/" + std::string(about(event).text({"name"}));
}
json::Value event_subobject_cell(const json::Value& event, WallTime) { return about(event).text({"fieldPath"}); }
json::Value event_message_cell(const json::Value& event, WallTime) {
  return std::string(trim(first_text(event, {"message", "note"})));
}
json::Value event_source_cell(const json::Value& event, WallTime) {
  const json::Value* source = event.find("source");
  if (source == nullptr) source = event.find("deprecatedSource");
  const std::string_view component = source == nullptr ? "" : source->text({"component"});
  const std::string_view host = source == nullptr ? "" : source->text({"host"});
  std::string out(component.empty() ? first_text(event, {"reportingComponent", "reportingController"}) : component);
  if (!host.empty()) out.append(", ").append(host);
  return out;
}
json::Value age_cell(const json::Value& object, WallTime now) {
  return age_text(object.text({"metadata", "creationTimestamp"}), now);
}
json::Value created_cell(const json::Value& object, WallTime) { return object.text({"metadata", "creationTimestamp"}); }
json::Value established_cell(const json::Value& object, WallTime) {
  const json::Value* status = first_match(object, R"(.status.conditions[?(@.type=="Established")].status)");
  return status != nullptr && *status == json::Value("True");
}
json::Value versions_cell(const json::Value& object, WallTime) {
  std::vector<std::string> served;
  for (const json::Value& version : *object.at({"spec", "versions"})->as<json::Array>()) {
    const bool is_stored = *version.find("storage") == json::Value(true);
    served.push_back(std::string(version.text({"name"})) + (is_stored ? "(storage)" : ""));
  }
  return join(served, ",");
}
json::Value short_names_cell(const json::Value& object, WallTime) {
  std::vector<std::string> names;
  if (const json::Value* found = object.at({"spec", "names", "shortNames"})) {
    for (const json::Value& name : *found->as<json::Array>()) names.emplace_back(name.text({}));
  }
  return join(names, ",");
}

// ---- bindings: whom a role is given to ----

json::Value role_cell(const json::Value& binding, WallTime) {
  return std::string(binding.text({"roleRef", "kind"})) + "/" + std::string(binding.text({"roleRef", "name"}));
}
json::Value subjects_cell(const json::Value& binding, std::string_view kind) {
  std::vector<std::string> names;
  const json::Value* subjects = binding.find("subjects");
  const auto* all = subjects == nullptr ? nullptr : subjects->as<json::Array>();
  for (const json::Value& subject : all == nullptr ? json::Array() : *all) {
    if (subject.text({"kind"}) != kind) continue;
    const std::string name(subject.text({"name"}));
    names.push_back(kind == "ServiceAccount" ? std::string(subject.text({"namespace"})) + "/" + name : name);
  }
  return join(names, ", ");
}
json::Value users_cell(const json::Value& binding, WallTime) { return subjects_cell(binding, "User"); }
json::Value groups_cell(const json::Value& binding, WallTime) { return subjects_cell(binding, "Group"); }
json::Value accounts_cell(const json::Value& binding, WallTime) { return subjects_cell(binding, "ServiceAccount"); }

struct Printer {
  std::string_view kind, column;  // kind "": any
  json::Value (*cell)(const json::Value& object, WallTime now);
};
constexpr std::array kPrinters = {
    Printer{"", "Age", age_cell},
    Printer{"", "Created At", created_cell},
    Printer{"Secret", "Data", count_data},
    Printer{"ConfigMap", "Data", count_data},
    Printer{"Event", "Last Seen", last_seen_cell},
    Printer{"Event", "First Seen", first_seen_cell},
    Printer{"Event", "Object", event_object_cell},
    Printer{"Event", "Subobject", event_subobject_cell},
    Printer{"Event", "Source", event_source_cell},
    Printer{"Event", "Message", event_message_cell},
    Printer{"Event", "Count", event_count_cell},
    Printer{"CustomResourceDefinition", "Versions", versions_cell},
    Printer{"CustomResourceDefinition", "Created At", created_cell},
    Printer{"CustomResourceDefinition", "ShortNames", short_names_cell},
    Printer{"CustomResourceDefinition", "Established", established_cell},
    Printer{"", "Role", role_cell},
    Printer{"", "Users", users_cell},
    Printer{"", "Groups", groups_cell},
    Printer{"", "ServiceAccounts", accounts_cell},
};

const Printer* printer_of(const api::KindInfo& kind, std::string_view column) {
  if (kind.is_custom) return nullptr;
  const auto found = std::find_if(kPrinters.begin(), kPrinters.end(), [&](const Printer& p) {
    return (p.kind.empty() || p.kind == kind.resource.kind) && p.column == column;
  });
  return found == kPrinters.end() ? nullptr : &*found;
}

// Events name themselves last.
bool begins_with_name(const api::KindInfo& kind) {
  return std::none_of(kind.columns.begin(), kind.columns.end(), [](const api::Column& c) { return c.name == "Name"; });
}

json::Value definition(std::string_view name, std::string_view type, std::string_view format, std::string description,
                       int priority) {
  return json::Object{{"name", name},
                      {"type", type},
                      {"format", format},
                      {"description", std::move(description)},
                      {"priority", priority}};
}

json::Value row_of(const api::KindInfo& kind, json::Value object, const TableForm& form, WallTime now) {
  json::Value cells = cells_of(kind, object, now);
  if (form.include == Include::kNone) object = {};
  if (form.include == Include::kMetadata) object = partial_of(std::move(object), form.version);
  return json::Object{{"cells", std::move(cells)}, {"object", std::move(object)}};
}

}  // namespace

Result<Include> parse_include(std::string_view text) {
  if (text.empty() || text == "Metadata") return Include::kMetadata;
  if (text == "None") return Include::kNone;
  if (text == "Object") return Include::kObject;
  return bad_request("Unable to convert to Table as requested: includeObject: Invalid value: " + json::to_text(text) +
                     ": must be 'Metadata', 'Object', 'None', or empty");
}

std::optional<json::Members> shown_members(const api::KindInfo& kind, Include include) {
  if (include == Include::kObject || !kind.is_custom) return std::nullopt;  // cells of core kinds are made by hand
  json::Members shown;
  for (const std::string_view name : {"apiVersion", "kind", "metadata"}) shown.below[std::string(name)];
  for (const api::Column& column : kind.columns) add_path(shown, column.path);
  return shown;
}

json::Value column_definitions(const api::KindInfo& kind) {
  json::Array out;
  if (begins_with_name(kind)) out.push_back(definition("Name", "string", "name", std::string(kNameDescription), 0));
  for (const api::Column& column : kind.columns) {
    std::string description(column.description);
    if (description.empty()) {
      description = "Custom resource definition column (in JSONPath format): " + std::string(column.path);
    }
    out.push_back(definition(column.name, column.type, column.format, std::move(description), column.priority));
  }
  return out;
}

json::Value cells_of(const api::KindInfo& kind, const json::Value& object, WallTime now) {
  json::Array out;
  if (begins_with_name(kind)) out.emplace_back(object.text({"metadata", "name"}));
  for (const api::Column& column : kind.columns) {
    if (const Printer* printer = printer_of(kind, column.name)) {
      out.push_back(printer->cell(object, now));
      continue;
    }
    const json::Value* value = first_match(object, column.path);
    out.push_back(value == nullptr || value->is_null() ? json::Value() : plain_cell(*value, column.type, now));
  }
  return out;
}

json::Value table_of(const api::KindInfo& kind, json::Array objects, json::Value metadata, const TableForm& form,
                     WallTime now) {
  for (json::Value& object : objects) object = row_of(kind, std::move(object), form, now);
  return json::Object{{"kind", "Table"},
                      {"apiVersion", "meta.k8s.io/" + std::string(form.version)},
                      {"metadata", std::move(metadata)},
                      {"columnDefinitions", form.with_definitions ? column_definitions(kind) : json::Value()},
                      {"rows", std::move(objects)}};
}

std::string row_text(const api::KindInfo& kind, json::Value object, const TableForm& form, WallTime now) {
  return json::to_text(row_of(kind, std::move(object), form, now));
}

std::string table_text(const api::KindInfo& kind, std::span<const std::string> rows, json::Value metadata,
                       const TableForm& form) {
  std::string out = json::to_text(table_of(kind, {}, std::move(metadata), form, {}));
  constexpr std::string_view kEnd = "]}";  // of "rows", which come last
  out.resize(out.size() - kEnd.size());
  return out.append(join(rows, ",")).append(kEnd);
}

json::Value partial_of(json::Value object, std::string_view version) {
  json::Value* metadata = object.find("metadata");
  return json::Object{{"kind", "PartialObjectMetadata"},
                      {"apiVersion", "meta.k8s.io/" + std::string(version)},
                      {"metadata", metadata == nullptr ? json::Value(json::Object()) : std::move(*metadata)}};
}

}  // namespace rig::apiserver
