// apiserver/manners.cc — the rows of the core kinds.
#include "apiserver/manners.h"

#include <algorithm>
#include <array>
#include <map>

#include "apiserver/failure.h"

namespace rig::apiserver {
namespace {

using Problems = std::vector<schema::Problem>;

constexpr std::string_view kNamespaceLabel = "kubernetes.io/metadata.name";
constexpr std::array<std::string_view, 3> kLastingNamespaces = {"default", "kube-public", "kube-system"};

Status allow_namespace(const json::Value* object, const json::Value* old) {
  if (object != nullptr) return {};
  const std::string_view name = old->text({"metadata", "name"});
  if (std::find(kLastingNamespaces.begin(), kLastingNamespaces.end(), name) == kLastingNamespaces.end()) return {};
  return forbidden(api::find_kind("", "namespaces")->resource, name, "this namespace may not be deleted");
}

void prepare_namespace(json::Value& object, const json::Value* old) {
  object.set({"metadata", "labels", kNamespaceLabel}, object.text({"metadata", "name"}));
  if (old != nullptr) return;
  object.set({"spec", "finalizers"}, json::Array{"kubernetes"});
  object.set({"status", "phase"}, "Active");
}

// Finalizers are the finalize subresource's, but whoever sends others is noted as their writer.
void settle_namespace(json::Value& object, const json::Value* old) {
  const json::Value* kept = old == nullptr ? nullptr : old->at({"spec", "finalizers"});
  if (kept != nullptr) object.set({"spec", "finalizers"}, *kept);
}

// Members of coordinated leader election, which is off by default there and does not exist here.
void settle_lease(json::Value& object, const json::Value*) {
  for (const std::string_view name : {"strategy", "preferredHolder"}) object["spec"].as<json::Object>()->erase(name);
}

void prepare_lease(json::Value& object, const json::Value*) {
  if (object.find("spec") == nullptr) object["spec"] = json::Object();
}

json::Value blank_namespace(const json::Value& object) {
  return json::Object{{"spec", *object.find("spec")}, {"status", *object.find("status")}};
}

json::Value blank_spec(const json::Value&) { return json::Object{{"spec", json::Object()}}; }

void check_lease(const json::Value& object, const json::Value*, Problems& problems) {
  if (const json::Value* seconds = object.at({"spec", "leaseDurationSeconds"});
      seconds != nullptr && object.integer({"spec", "leaseDurationSeconds"}) <= 0) {
    add_invalid(problems, "spec.leaseDurationSeconds", *seconds, "must be greater than 0");
  }
  if (const json::Value* transitions = object.at({"spec", "leaseTransitions"});
      transitions != nullptr && object.integer({"spec", "leaseTransitions"}) < 0) {
    add_invalid(problems, "spec.leaseTransitions", *transitions, "must be greater than or equal to 0");
  }
}

std::vector<Manners::Label> core_event_labels() {
  std::vector<Manners::Label> labels;
  for (const std::string_view name :
       {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
        "reportingComponent", "type"}) {
    labels.push_back({name, {}});
  }
  labels.push_back({"source", "source.component"});
  return labels;
}

std::vector<Manners::Label> new_event_labels() {
  std::vector<Manners::Label> labels;
  for (const std::string_view name :
       {"regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion",
        "regarding.resourceVersion", "regarding.fieldPath", "reason", "reportingController", "type"}) {
    labels.push_back({name, {}});
  }
  return labels;
}

Manners rbac_kind(decltype(Manners::prepare) prepare, decltype(Manners::check) check) {
  return {.name = NameRule::kPath,
          .unversioned_update = true,
          .create_on_update = true,
          .prepare = prepare,
          .check = check,
          .explains_labels = true};
}

using Rows = std::map<std::string, Manners, std::less<>>;  // by group_resource()

const Rows& rows() {
  static const Rows kRows = {
      {"namespaces",
       {.name = NameRule::kLabel,
        .unversioned_update = true,
        .deletes_one_by_one = true,
        .allow = allow_namespace,
        .prepare = prepare_namespace,
        .settle = settle_namespace,
        .blank = blank_namespace,
        .labels = {{"status.phase", {}}, {"name", "metadata.name"}}}},
      {"secrets",
       {.unversioned_update = true,
        .read = read_secret,
        .prepare = prepare_secret,
        .check = check_secret,
        .labels = {{"type", {}}}}},
      {"configmaps",
       {.unversioned_update = true, .read = read_config_map, .check = check_config_map, .explains_labels = true}},
      {"serviceaccounts", {.unversioned_update = true, .deletion_shows_object = true, .explains_labels = true}},
      {"leases.coordination.k8s.io",
       {.create_on_update = true,
        .prepare = prepare_lease,
        .settle = settle_lease,
        .check = check_lease,
        .blank = blank_spec,
        .explains_labels = true}},
      {"events",
       {.name = NameRule::kPath,
        .create_on_update = true,
        .is_uncached = true,
        .prepare = prepare_core_event,
        .check = check_core_event,
        .blank = blank_core_event,
        .labels = core_event_labels()}},
      {"events.events.k8s.io",
       {.name = NameRule::kPath,
        .create_on_update = true,
        .is_uncached = true,
        .prepare = prepare_new_event,
        .check = check_new_event,
        .blank = blank_new_event,
        .to_stored = core_event_of,
        .from_stored = new_event_of,
        .stored_under = "/core/events/",
        .labels = new_event_labels()}},
      {"customresourcedefinitions.apiextensions.k8s.io",
       {.allow = allow_definition,
        .prepare = prepare_definition,
        .blank = blank_definition,
        .to_stored = stored_definition,
        .from_stored = whole_definition,
        .explains_labels = true}},
      {"roles.rbac.authorization.k8s.io", rbac_kind(prepare_role, check_role)},
      {"clusterroles.rbac.authorization.k8s.io", rbac_kind(prepare_role, check_cluster_role)},
      {"rolebindings.rbac.authorization.k8s.io", rbac_kind(prepare_binding, check_role_binding)},
      {"clusterrolebindings.rbac.authorization.k8s.io", rbac_kind(prepare_binding, check_cluster_role_binding)},
  };
  return kRows;
}

}  // namespace

const Manners& manners_of(const api::KindInfo& kind) {
  static const Manners kCustom;
  static const Manners kReview{.blank = blank_spec};
  static const Manners kOther{.unversioned_update = true, .explains_labels = true};
  if (kind.is_custom) return kCustom;
  if (kind.resource.group == "authentication.k8s.io" || kind.resource.group == "authorization.k8s.io") return kReview;
  const auto row = rows().find(kind.resource.group_resource());
  return row == rows().end() ? kOther : row->second;
}

}  // namespace rig::apiserver
