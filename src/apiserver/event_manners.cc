// apiserver/event_manners.cc — Events: one storage, seen through two groups.
#include <array>

#include "apiserver/manners.h"

namespace rig::apiserver {
namespace {

using Problems = std::vector<schema::Problem>;

constexpr std::size_t kNoteLengthMax = 1024;

struct Renamed {
  std::string_view core, modern;
};
constexpr std::array kRenamed = {
    Renamed{"involvedObject", "regarding"},
    Renamed{"reportingComponent", "reportingController"},
    Renamed{"message", "note"},
    Renamed{"source", "deprecatedSource"},
    Renamed{"firstTimestamp", "deprecatedFirstTimestamp"},
    Renamed{"lastTimestamp", "deprecatedLastTimestamp"},
    Renamed{"count", "deprecatedCount"},
};

void rename(json::Value& object, std::string_view from, std::string_view to) {
  auto& members = *object.as<json::Object>();
  json::Value* found = members.find(from);
  if (found == nullptr) return;
  json::Value value = std::move(*found);
  members.erase(from);
  members[to] = std::move(value);
}

void fill(json::Value& object, std::string_view name, json::Value value) {
  json::Value& member = object[name];
  if (member.is_null()) member = std::move(value);
}

void drop_if_empty(json::Value& object, std::string_view name) {
  const json::Value* found = object.find(name);
  if (found != nullptr && found->is_string() && found->text({}).empty()) object.as<json::Object>()->erase(name);
}

void check_involved_namespace(const json::Value& involved, const json::Value& object, Problems& problems) {
  const std::string_view found = involved.text({"namespace"}), own = object.text({"metadata", "namespace"});
  // An event about a cluster-scoped object is kept in "default".
  if (found == own || (found.empty() && own == "default")) return;
  add_invalid(problems, "involvedObject.namespace", found, "does not match event.namespace");
}

bool has_time(const json::Value& object) { return !object.text({"eventTime"}).empty(); }

}  // namespace

// Members without which the real server never shows an Event.
void prepare_core_event(json::Value& object, const json::Value*) {
  fill(object, "involvedObject", json::Object());
  fill(object, "source", json::Object());
  for (const std::string_view name : {"firstTimestamp", "lastTimestamp", "eventTime"})
    fill(object, name, json::Value());
  for (const std::string_view name : {"reportingComponent", "reportingInstance"}) fill(object, name, "");
}

void check_core_event(const json::Value& object, const json::Value*, Problems& problems) {
  check_involved_namespace(*object.find("involvedObject"), object, problems);
}

void prepare_new_event(json::Value& object, const json::Value*) {
  fill(object, "regarding", json::Object());
  fill(object, "deprecatedSource", json::Object());
  for (const std::string_view name : {"deprecatedFirstTimestamp", "deprecatedLastTimestamp", "eventTime"}) {
    fill(object, name, json::Value());
  }
}

void check_new_event(const json::Value& object, const json::Value* old, Problems& problems) {
  if (old != nullptr) {
    if (!has_time(*old)) return;  // made by the old group: its rules
    for (const std::string_view name : {"reason", "action", "note", "type", "regarding", "related",
                                        "reportingController", "reportingInstance", "eventTime"}) {
      const json::Value* now = object.find(name);
      const json::Value* before = old->find(name);
      const bool is_same = now == nullptr || before == nullptr ? now == before : *now == *before;
      if (!is_same) add_invalid(problems, name, now == nullptr ? json::Value("") : *now, kImmutable);
    }
    return;
  }
  check_involved_namespace(*object.find("regarding"), object, problems);
  if (!has_time(object)) add_problem(problems, "eventTime", "FieldValueRequired", "Required value");
  const std::string_view type = object.text({"type"});
  if (type != "Normal" && type != "Warning")
    add_invalid(problems, "type", "", "has invalid value: " + std::string(type));
  if (!has_time(object)) return;
  for (const std::string_view name : {"reportingController", "reportingInstance", "action", "reason"}) {
    if (object.text({name}).empty()) add_problem(problems, name, "FieldValueRequired", "Required value");
  }
  if (object.text({"note"}).size() > kNoteLengthMax) {
    add_invalid(problems, "message", "", "can have at most " + std::to_string(kNoteLengthMax) + " characters");
  }
}

json::Value blank_core_event(const json::Value&) {
  json::Value blank = json::Object();
  prepare_core_event(blank, nullptr);
  blank.as<json::Object>()->erase("involvedObject");  // owned as a whole, by whoever makes the Event
  return blank;
}

json::Value blank_new_event(const json::Value&) {
  json::Value blank = json::Object();
  prepare_new_event(blank, nullptr);
  blank.as<json::Object>()->erase("regarding");
  return blank;
}

json::Value core_event_of(json::Value new_event) {
  for (const Renamed& row : kRenamed) rename(new_event, row.modern, row.core);
  new_event["apiVersion"] = "v1";
  prepare_core_event(new_event, nullptr);
  return new_event;
}

json::Value new_event_of(json::Value core_event) {
  for (const Renamed& row : kRenamed) rename(core_event, row.core, row.modern);
  core_event["apiVersion"] = "events.k8s.io/v1";
  for (const std::string_view name : {"reportingController", "reportingInstance"}) drop_if_empty(core_event, name);
  return core_event;
}

}  // namespace rig::apiserver
