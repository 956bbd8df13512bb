// apiserver/namespace_end.cc — a deleted Namespace goes when its contents have gone.
#include <algorithm>

#include "apiserver/collector.h"
#include "apiserver/limits.h"
#include "base/text.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

// Who ends namespaces in a Kubernetes cluster.
constexpr std::string_view kManager = "kube-controller-manager";

constexpr std::string_view kHold = "kubernetes";  // our finalizer in spec.finalizers

std::string listing(const std::map<std::string, int>& counts, std::string_view before, std::string_view between,
                    std::string_view after) {
  std::vector<std::string> texts;
  for (const auto& [name, count] : counts) {
    texts.push_back(name + std::string(between) + std::to_string(count) + std::string(after));
  }
  return std::string(before) + join(texts, ", ");
}

struct Word {
  std::string_view type;
  bool is_true;
  std::string_view reason;
  std::string message;
};

void set_condition(json::Array& conditions, const Word& word, WallTime now) {
  json::Value condition = json::Object{{"type", word.type},
                                       {"status", word.is_true ? "True" : "False"},
                                       {"lastTransitionTime", format_time(now)},
                                       {"reason", word.reason},
                                       {"message", word.message}};
  const auto found = std::find_if(conditions.begin(), conditions.end(),
                                  [&](const json::Value& c) { return c.text({"type"}) == word.type; });
  if (found == conditions.end()) {
    conditions.push_back(std::move(condition));
    return;
  }
  if (found->text({"status"}) == condition.text({"status"}))
    condition["lastTransitionTime"] = found->text({"lastTransitionTime"});
  *found = std::move(condition);
}

bool is_held(const json::Value& object) {
  const json::Value* finalizers = object.at({"spec", "finalizers"});
  if (finalizers == nullptr || !finalizers->is_array()) return false;
  const auto& all = *finalizers->as<json::Array>();
  return std::find(all.begin(), all.end(), json::Value(kHold)) != all.end();
}

}  // namespace

Status Collector::end_namespace(const std::string& name) {
  const api::KindInfo& kind = *api::find_kind("", "namespaces");
  const Result<json::Value> object = registry_.read(kind, {"", name});
  if (!object.ok() && !object.error().is(Code::kNotFound)) return object.error();
  if (object.ok() && !is_deleting(*object)) {  // made again
    ending_.erase(name);
    return {};
  }
  const Remaining remaining = TRY(empty_namespace(name));
  if (!object.ok()) {
    if (remaining.objects.empty()) ending_.erase(name);
    return {};
  }
  if (!is_held(*object)) return {};
  TRY(report(name, remaining));
  if (!remaining.objects.empty()) return {};
  const auto let_go = [](const json::Value& old) -> Result<json::Value> {
    json::Value wanted = old;
    if (json::Value* finalizers = wanted["spec"].find("finalizers"))
      std::erase(*finalizers->as<json::Array>(), json::Value(kHold));
    return wanted;
  };
  const auto done = registry_.update(kind, {"", name}, {Registry::Impl::Verb::kPatch, Part::kFinalize, let_go},
                                     {.field_manager = std::string(kManager)});
  if (!done.ok() && !done.error().is(Code::kNotFound)) return done.error();
  has_changed_ = true;
  return {};
}

// Deletes what is in it; says what is held by finalizers.
Result<Collector::Remaining> Collector::empty_namespace(const std::string& name) {
  Remaining remaining;
  for (const api::KindInfo& kind : registry_.kinds) {
    if (!kind.resource.namespaced || !manners_of(kind).stored_under.empty()) continue;
    const Page page = TRY(registry_.store.list(storage_prefix(kind, name), {}, 0, 0));
    for (const Record& record : page.records) {
      const json::Value object = TRY(object_of(kind, record.value, record.revision));
      const Place place{&kind, key_of(object)};
      if (!is_deleting(object)) TRY(remove(place, object, "Background"));
      const Result<json::Value> left = registry_.read(kind, place.key);
      if (!left.ok()) continue;
      ++remaining.objects[kind.resource.group_resource()];
      for (const std::string& finalizer : finalizers_of(*left)) ++remaining.finalizers[finalizer];
    }
  }
  return remaining;
}

// The five conditions of kube-controller-manager, which tell a waiting user what holds the namespace.
Status Collector::report(const std::string& name, const Remaining& remaining) {
  const WallTime now = registry_.clock.wall();
  const bool has_objects = !remaining.objects.empty(), has_finalizers = !remaining.finalizers.empty();
  const Word words[] = {
      {"NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"},
      {"NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
       "All legacy kube types successfully parsed"},
      {"NamespaceDeletionContentFailure", false, "ContentDeleted",
       "All content successfully deleted, may be waiting on finalization"},
      {"NamespaceContentRemaining", has_objects, has_objects ? "SomeResourcesRemain" : "ContentRemoved",
       has_objects ? listing(remaining.objects, "Some resources are remaining: ", " has ", " resource instances")
                   : "All content successfully removed"},
      {"NamespaceFinalizersRemaining", has_finalizers,
       has_finalizers ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
       has_finalizers ? listing(remaining.finalizers, "Some content in the namespace has finalizers remaining: ",
                                " in ", " resource instances")
                      : "All content-preserving finalizers finished"},
  };
  const auto make = [&](const json::Value& old) -> Result<json::Value> {
    json::Value wanted = old;
    json::Value& conditions = wanted["status"]["conditions"];
    if (!conditions.is_array()) conditions = json::Array();
    for (const Word& word : words) set_condition(*conditions.as<json::Array>(), word, now);
    return wanted;
  };
  const auto written =
      registry_.update(*api::find_kind("", "namespaces"), {"", name},
                       {Registry::Impl::Verb::kPatch, Part::kStatus, make}, {.field_manager = std::string(kManager)});
  if (!written.ok() && !written.error().is(Code::kNotFound)) return written.error();
  return {};
}

}  // namespace rig::apiserver
