// cmd/vrtg/describe.cc — `vrtg describe`: an object, its conditions and its events.
#include <cstdio>

#include "base/wall_time.h"
#include "base/yaml/yaml.h"
#include "cmd/vrtg/commands.h"
#include "cmd/vrtg/table.h"
#include "kube/api.h"

namespace rig::vrtg {
namespace {

void print_yaml_section(std::string_view title, const json::Value* value) {
  if (value == nullptr || value->is_null()) return;
  std::printf("\n%s:\n", std::string(title).c_str());
  const std::string text = yaml::to_text(*value);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::printf("  %.*s\n", static_cast<int>(end - at), text.c_str() + at);
    at = end + 1;
  }
}

std::string age_of(std::string_view time) {
  const auto parsed = parse_time(time);
  return parsed.ok() ? format_age(std::chrono::system_clock::now() - *parsed) : std::string(time);
}

void print_conditions(const json::Value& object) {
  const json::Value* conditions = object.at({"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return;
  std::vector<Row> rows;
  for (const json::Value& c : *conditions->as<json::Array>())
    rows.push_back({std::string(c.text({"type"})), std::string(c.text({"status"})), std::string(c.text({"reason"})),
                    age_of(c.text({"lastTransitionTime"})), std::string(c.text({"message"}))});
  std::printf("\nConditions:\n%s", table({"TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"}, rows).c_str());
}

Status print_events(Cluster& cluster, const ObjectKey& key, std::string_view uid) {
  const api::KindInfo* events = TRY(kind_typed("events"));
  kube::ListOptions options;
  options.field_selector = "involvedObject.name=" + key.name + ",involvedObject.uid=" + std::string(uid);
  const kube::RawList list =
      TRY(kube::list_all(*cluster.transport, events->resource, key.namespace_, options, cluster.call()));
  if (list.items.empty()) return {};
  std::vector<Row> rows;
  for (const json::Value& e : list.items)
    rows.push_back({std::string(e.text({"type"})), std::string(e.text({"reason"})), age_of(e.text({"lastTimestamp"})),
                    std::string(e.text({"message"}))});
  std::printf("\nEvents:\n%s", table({"TYPE", "REASON", "AGE", "MESSAGE"}, rows).c_str());
  return {};
}

}  // namespace

Status describe(Cluster& cluster, const std::string& word, const std::string& name) {
  const api::KindInfo* kind = TRY(kind_typed(word));
  const ObjectKey key{kind->resource.namespaced ? cluster.name_space : "", name};
  json::Value object = TRY(cluster.transport->send(kube::get_request(kind->resource, key), cluster.call()));
  std::printf("%s %s\n", std::string(kind->resource.kind).c_str(), key.to_string().c_str());
  if (const auto message = object.text({"status", "message"}); !message.empty())
    std::printf("%s\n", std::string(message).c_str());
  print_conditions(object);
  print_yaml_section("Spec", object.find("spec"));
  if (json::Value* status = object.find("status"); status != nullptr && status->is_object()) {
    status->as<json::Object>()->erase("conditions");
    print_yaml_section("Status", status);
  }
  return print_events(cluster, key, object.text({"metadata", "uid"}));
}

}  // namespace rig::vrtg
