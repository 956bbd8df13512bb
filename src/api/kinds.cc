// api/kinds.cc — the rows of the registry, and how a kind is found.
#include "api/kinds.h"

#include <algorithm>

#include "api/core/access_review.h"
#include "api/core/config_map.h"
#include "api/core/custom_resource_definition.h"
#include "api/core/event.h"
#include "api/core/lease.h"
#include "api/core/namespace.h"
#include "api/core/role.h"
#include "api/core/role_binding.h"
#include "api/core/secret.h"
#include "api/core/service_account.h"
#include "api/core/token_review.h"
#include "api/v1beta1/provider.h"
#include "api/v1beta1/virtual_machine.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_clone.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_migration.h"
#include "api/v1beta1/vm_network_attachment.h"
#include "api/v1beta1/vm_placement_policy.h"
#include "api/v1beta1/vm_set.h"
#include "api/v1beta1/vm_snapshot.h"
#include "base/text.h"

namespace rig::api {
namespace {

using Names = std::vector<std::string_view>;

constexpr Column kAge = {"Age", "date", ".metadata.creationTimestamp", {}};
constexpr Column kCoreAge = {"Age", "string", ".metadata.creationTimestamp", "Time since the creation."};
constexpr Column kCreatedAt = {"Created At", "date", ".metadata.creationTimestamp", "When it was made."};

template <class Object>
KindInfo kind(std::string_view singular, std::string_view list_kind, Names short_names, std::vector<Column> columns) {
  KindInfo info{};
  info.resource = Object::kResource;
  info.singular = singular;
  info.list_kind = list_kind;
  info.short_names = std::move(short_names);
  info.type = &schema::type_of<Object>;
  info.columns = std::move(columns);
  return info;
}

template <class Object>
KindInfo custom(std::string_view singular, std::string_view list_kind, Names short_names, std::vector<Column> columns) {
  KindInfo info = kind<Object>(singular, list_kind, std::move(short_names), std::move(columns));
  info.has_status = true;
  return info;
}

KindInfo scaled(KindInfo info) {
  info.scale_spec_path = ".spec.replicas";
  info.scale_status_path = ".status.replicas";
  info.scale_selector_path = ".status.selector";
  return info;
}

template <class Object>
KindInfo core_kind(std::string_view singular, std::string_view list_kind, Names short_names,
                   std::vector<Column> columns) {
  KindInfo info = kind<Object>(singular, list_kind, std::move(short_names), std::move(columns));
  info.is_custom = false;
  return info;
}

// clang-format off

std::vector<KindInfo> custom_kinds() {
  using namespace v1beta1;
  return {
      custom<VirtualMachine>("virtualmachine", "VirtualMachineList", {"vm"}, {
          {"Phase", "string", ".status.phase", {}},
          {"Provider", "string", ".spec.providerRef.name", {}},
          {"Class", "string", ".spec.classRef.name", {}},
          {"Image", "string", ".spec.imageRef.name", {}},
          {"IPs", "string", ".status.ips[*]", {}},
          kAge}),
      custom<Provider>("provider", "ProviderList", {"prov"}, {
          {"Type", "string", ".spec.type", {}},
          {"Endpoint", "string", ".spec.endpoint", {}},
          {"Healthy", "boolean", ".status.healthy", {}},
          {"Connected VMs", "integer", ".status.connectedVMs", {}},
          kAge}),
      custom<VmClass>("vmclass", "VMClassList", {"vmclass", "vmc"}, {
          {"CPU", "integer", ".spec.cpu", {}},
          {"Memory", "string", ".spec.memory", {}},
          {"Firmware", "string", ".spec.firmware", {}},
          {"Used By", "integer", ".status.usedByVMs", {}},
          kAge}),
      custom<VmImage>("vmimage", "VMImageList", {"vmimg", "vmi"}, {
          {"Ready", "boolean", ".status.ready", {}},
          {"Phase", "string", ".status.phase", {}},
          {"Size", "string", ".status.size", {}},
          {"Providers", "string", ".status.availableOn[*]", {}},
          kAge}),
      custom<VmNetworkAttachment>("vmnetworkattachment", "VMNetworkAttachmentList", {"vmnet", "vmna"}, {
          {"Ready", "boolean", ".status.ready", {}},
          {"Type", "string", ".spec.network.type", {}},
          {"Connected VMs", "integer", ".status.connectedVMs", {}},
          {"Providers", "string", ".status.availableOn[*]", {}},
          kAge}),
      custom<VmSnapshot>("vmsnapshot", "VMSnapshotList", {"vmsnap"}, {
          {"VM", "string", ".spec.vmRef.name", {}},
          {"Phase", "string", ".status.phase", {}},
          {"Size", "string", ".status.size", {}},
          {"Created", "date", ".status.creationTime", {}},
          {"Expires", "date", ".status.expiryTime", {}},
          kAge}),
      custom<VmClone>("vmclone", "VMCloneList", {"vmclone"}, {
          {"Source", "string", ".spec.source.vmRef.name", {}},
          {"Target", "string", ".spec.target.name", {}},
          {"Phase", "string", ".status.phase", {}},
          {"Clone Type", "string", ".status.actualCloneType", {}},
          {"Progress", "string", ".status.progress.overallPercentage", {}},
          kAge}),
      custom<VmMigration>("vmmigration", "VMMigrationList", {"vmmig"}, {
          {"Source", "string", ".spec.source.vmRef.name", {}},
          {"Target", "string", ".spec.target.name", {}},
          {"Phase", "string", ".status.phase", {}},
          {"Progress", "string", ".status.progress.percentage", {}},
          kAge}),
      scaled(custom<VmSet>("vmset", "VMSetList", {"vmset"}, {
          {"Desired", "integer", ".spec.replicas", {}},
          {"Current", "integer", ".status.replicas", {}},
          {"Ready", "integer", ".status.readyReplicas", {}},
          {"Updated", "integer", ".status.updatedReplicas", {}},
          kAge})),
      custom<VmPlacementPolicy>("vmplacementpolicy", "VMPlacementPolicyList", {"vmpp"}, {
          {"Used By VMs", "integer", ".status.usedByVMs[*]", {}},
          {"Priority", "integer", ".spec.priority", {}},
          {"Successful", "integer", ".status.placementStats.successfulPlacements", {}},
          {"Failed", "integer", ".status.placementStats.failedPlacements", {}},
          kAge}),
  };
}

// The columns are those of kube-apiserver's own printers; cells that no path gives are the table's business.
std::vector<KindInfo> core_kinds() {
  using namespace core;
  const std::vector<Column> event_columns = {
      {"Last Seen", "string", ".lastTimestamp", "When it last happened."},
      {"Type", "string", ".type", "Normal or Warning."},
      {"Reason", "string", ".reason", "Why, in one word."},
      {"Object", "string", ".involvedObject", "What it happened to, as kind/name."},
      {"Subobject", "string", ".involvedObject.fieldPath", "The part that it happened to.", 1},
      {"Source", "string", ".source", "Who reported it.", 1},
      {"Message", "string", ".message", "What happened."},
      {"First Seen", "string", ".firstTimestamp", "When it first happened.", 1},
      {"Count", "string", ".count", "How often it happened.", 1},
      {"Name", "string", ".metadata.name", "Name of the Event.", 1, "name"},
  };
  const std::vector<Column> binding_columns = {
      {"Role", "string", ".roleRef", "What is given, as kind/name."},
      kCoreAge,
      {"Users", "string", ".subjects", "Users to whom it is given.", 1},
      {"Groups", "string", ".subjects", "Groups to whom it is given.", 1},
      {"ServiceAccounts", "string", ".subjects", "ServiceAccounts to whom it is given.", 1},
  };
  std::vector<KindInfo> kinds = {
      core_kind<Namespace>("namespace", "NamespaceList", {"ns"}, {
          {"Status", "string", ".status.phase", "Active or Terminating."}, kCoreAge}),
      core_kind<Secret>("secret", "SecretList", {}, {
          {"Type", "string", ".type", "What the Secret is for."},
          {"Data", "string", ".data", "Number of values."}, kCoreAge}),
      core_kind<ConfigMap>("configmap", "ConfigMapList", {"cm"}, {
          {"Data", "string", ".data", "Number of values."}, kCoreAge}),
      core_kind<ServiceAccount>("serviceaccount", "ServiceAccountList", {"sa"}, {kCoreAge}),
      core_kind<Event>("event", "EventList", {"ev"}, event_columns),
      core_kind<EventsV1Event>("event", "EventList", {"ev"}, event_columns),
      core_kind<Lease>("lease", "LeaseList", {}, {
          {"Holder", "string", ".spec.holderIdentity", "Who holds it."}, kCoreAge}),
      core_kind<Role>("role", "RoleList", {}, {kCreatedAt}),
      core_kind<RoleBinding>("rolebinding", "RoleBindingList", {}, binding_columns),
      core_kind<ClusterRole>("clusterrole", "ClusterRoleList", {}, {kCreatedAt}),
      core_kind<ClusterRoleBinding>("clusterrolebinding", "ClusterRoleBindingList", {}, binding_columns),
      core_kind<CustomResourceDefinition>("customresourcedefinition", "CustomResourceDefinitionList", {"crd", "crds"}, {
          {"Scope", "string", ".spec.scope", "Namespaced or Cluster."},
          {"Versions", "string", ".spec.versions[*].name", "Versions that are served."},
          kCreatedAt,
          {"Group", "string", ".spec.group", "API group.", 1},
          {"Kind", "string", ".spec.names.kind", "Kind.", 1},
          {"ShortNames", "string", ".spec.names.shortNames", "Short names.", 1},
          {"Established", "boolean", R"(.status.conditions[?(@.type=="Established")].status)",
           "Whether it is served.", 1}}),
  };
  for (KindInfo& info : kinds) {
    info.has_status = info.resource.kind == "Namespace" || info.resource.kind == "CustomResourceDefinition";
    if (info.resource.kind == "CustomResourceDefinition") info.categories = {"api-extensions"};
  }
  return kinds;
}

// clang-format on

template <class Object>
KindInfo review(std::string_view singular) {
  return core_kind<Object>(singular, {}, {}, {});
}

bool is_called(const KindInfo& kind, std::string_view lower_word) {
  return lower_word == kind.resource.plural || lower_word == kind.singular ||
         lower_word == to_lower(kind.resource.kind) ||
         std::find(kind.short_names.begin(), kind.short_names.end(), lower_word) != kind.short_names.end();
}

}  // namespace

std::span<const KindInfo> kinds() {
  static const std::vector<KindInfo> kAll = [] {
    std::vector<KindInfo> all = custom_kinds();
    for (KindInfo& kind : core_kinds()) all.push_back(std::move(kind));
    return all;
  }();
  return kAll;
}

std::span<const KindInfo> review_kinds() {
  static const std::vector<KindInfo> kAll = {
      review<core::SelfSubjectReview>("selfsubjectreview"),
      review<core::TokenReview>("tokenreview"),
      review<core::SelfSubjectAccessReview>("selfsubjectaccessreview"),
      review<core::SubjectAccessReview>("subjectaccessreview"),
      review<core::LocalSubjectAccessReview>("localsubjectaccessreview"),
      review<core::SelfSubjectRulesReview>("selfsubjectrulesreview"),
  };
  return kAll;
}

const KindInfo& token_request_kind() {
  static const KindInfo kKind = review<core::TokenRequest>("tokenrequest");
  return kKind;
}

const KindInfo* find_kind(std::string_view group, std::string_view plural) {
  for (const KindInfo& kind : kinds()) {
    if (kind.resource.group == group && kind.resource.plural == plural) return &kind;
  }
  return nullptr;
}

const KindInfo* find_kind_by_name(std::string_view group, std::string_view kind_name) {
  for (const KindInfo& kind : kinds()) {
    if (kind.resource.group == group && kind.resource.kind == kind_name) return &kind;
  }
  return nullptr;
}

const KindInfo* find_kind_typed(std::string_view word) {
  const std::string lower = to_lower(word);
  const std::size_t dot = lower.find('.');
  const std::string name = lower.substr(0, dot);
  const std::string group = dot == std::string::npos ? "" : lower.substr(dot + 1);
  for (const KindInfo& kind : kinds()) {
    const std::string versioned = std::string(kind.resource.version) + "." + std::string(kind.resource.group);
    if (is_called(kind, name) && (group.empty() || group == kind.resource.group || group == versioned)) return &kind;
  }
  return nullptr;
}

}  // namespace rig::api
