// api/kinds.cc — the rows of the registry, and how a kind is found.
#include "api/kinds.h"

#include <algorithm>

#include "api/core/config_map.h"
#include "api/core/custom_resource_definition.h"
#include "api/core/event.h"
#include "api/core/lease.h"
#include "api/core/namespace.h"
#include "api/core/secret.h"
#include "api/core/service_account.h"
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
constexpr Column kCoreAge = {"Age", "string", ".metadata.creationTimestamp", kCreatedDescription};

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
      {"Last Seen", "string", ".lastTimestamp",
           "The time at which the most recent occurrence of this event was recorded."},
      {"Type", "string", ".type", "Type of this event (Normal, Warning), new types could be added in the future"},
      {"Reason", "string", ".reason",
           "This should be a short, machine understandable string that gives the reason for the transition "
           "into the object's current status."},
      {"Object", "string", ".involvedObject", "The object that this event is about."},
      {"Subobject", "string", ".involvedObject.fieldPath",
           "If referring to a piece of an object instead of an entire object, this string should contain a "
           "valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, "
           "if the object reference is to a container within a pod, this would take on a value like: "
           "\"spec.containers{name}\" (where \"name\" refers to the name of the container that triggered "
           "the event) or if no container name is specified \"spec.containers[2]\" (container with index 2 "
           "in this pod). This syntax is chosen only to have some well-defined way of referencing a part of "
           "an object.", 1},
      {"Source", "string", ".source",
           "The component reporting this event. Should be a short machine understandable string.", 1},
      {"Message", "string", ".message", "A human-readable description of the status of this operation."},
      {"First Seen", "string", ".firstTimestamp",
           "The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)", 1},
      {"Count", "string", ".count", "The number of times this event has occurred.", 1},
      {"Name", "string", ".metadata.name", kNameDescription, 1, "name"},
  };
  std::vector<KindInfo> kinds = {
      core_kind<Namespace>("namespace", "NamespaceList", {"ns"}, {
          {"Status", "string", ".status.phase", "The status of the namespace"}, kCoreAge}),
      core_kind<Secret>("secret", "SecretList", {}, {
          {"Type", "string", ".type",
           "Used to facilitate programmatic handling of secret data. More info: "
           "https://kubernetes.io/docs/concepts/configuration/secret/#secret-types"},
          {"Data", "string", ".data",
           "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or "
           "'.'. The serialized form of the secret data is a base64 encoded string, representing the "
           "arbitrary (possibly non-string) data value here. Described in "
           "https://tools.ietf.org/html/rfc4648#section-4"}, kCoreAge}),
      core_kind<ConfigMap>("configmap", "ConfigMapList", {"cm"}, {
          {"Data", "string", ".data",
           "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', "
           "'_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored "
           "in Data must not overlap with the keys in the BinaryData field, this is enforced during "
           "validation process."}, kCoreAge}),
      core_kind<ServiceAccount>("serviceaccount", "ServiceAccountList", {"sa"}, {kCoreAge}),
      core_kind<Event>("event", "EventList", {"ev"}, event_columns),
      core_kind<EventsV1Event>("event", "EventList", {"ev"}, event_columns),
      core_kind<Lease>("lease", "LeaseList", {}, {
          {"Holder", "string", ".spec.holderIdentity",
           "holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader "
           "Election is used, the holder identity must be equal to the elected LeaseCandidate.metadata.name "
           "field."}, kCoreAge}),
      core_kind<CustomResourceDefinition>("customresourcedefinition", "CustomResourceDefinitionList", {"crd", "crds"}, {
          {"Scope", "string", ".spec.scope", "Cluster/Namespaced"},
          {"Versions", "string", ".spec.versions[*].name", "Served versions"},
          {"Created At", "date", ".metadata.creationTimestamp", kCreatedDescription},
          {"Group", "string", ".spec.group", "API group", 1},
          {"Kind", "string", ".spec.names.kind", "CustomResource kind", 1},
          {"ShortNames", "string", ".spec.names.shortNames", "Short names", 1},
          {"Established", "boolean", R"(.status.conditions[?(@.type=="Established")].status)",
           "Established status", 1}}),
  };
  for (KindInfo& info : kinds) {
    info.has_status = info.resource.kind == "Namespace" || info.resource.kind == "CustomResourceDefinition";
    if (info.resource.kind == "CustomResourceDefinition") info.categories = {"api-extensions"};
  }
  return kinds;
}

// clang-format on

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
