// api/v1beta1/affinity_rules.cc — the rows of affinity_rules.h.
#include "api/v1beta1/affinity_rules.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<AffinityScope>::info() {
  using enum AffinityScope;
  static const TypeInfo t = enumeration<AffinityScope>("AffinityScope", "How much a rule matters.", {
      {kStrict, "strict", "It must hold."},
      {kPreferred, "preferred", "It should hold."},
  });
  return t;
}

const TypeInfo& Describe<SelectorOperator>::info() {
  using enum SelectorOperator;
  static const TypeInfo t = enumeration<SelectorOperator>("SelectorOperator", "How a label is compared.", {
      {kIn, "In", "Its value is one of those given."},
      {kNotIn, "NotIn", "Its value is none of those given."},
      {kExists, "Exists", "It is there."},
      {kDoesNotExist, "DoesNotExist", "It is not there."},
  });
  return t;
}

const TypeInfo& Describe<VmSelectorTerm>::info() {
  static const TypeInfo t = object("VmSelectorTerm", "A condition on a label of a VirtualMachine.", {
      field<&VmSelectorTerm::key>("key").required().max_length(253).doc("Name of the label."),
      field<&VmSelectorTerm::operator_>("operator").required().doc("How it is compared."),
      field<&VmSelectorTerm::values>("values").max_items(50).doc("Values to compare with."),
  });
  return t;
}

const TypeInfo& Describe<VmAffinityTerm>::info() {
  static const TypeInfo t = object("VmAffinityTerm", "Machines, and the sense in which they are near.", {
      field<&VmAffinityTerm::topology_key>("topologyKey").required().max_length(253)
          .doc("What being near means: host, cluster, datastore or zone."),
      field<&VmAffinityTerm::label_selector>("labelSelector").atomic_map().doc("Labels of the machines."),
      field<&VmAffinityTerm::match_expressions>("matchExpressions").max_items(20)
          .doc("Further conditions on their labels."),
      field<&VmAffinityTerm::namespaces>("namespaces").max_items(20)
          .doc("Namespaces of the machines; that of the policy when empty."),
      field<&VmAffinityTerm::namespace_selector>("namespaceSelector").atomic_map().doc("Labels of their namespaces."),
  });
  return t;
}

const TypeInfo& Describe<WeightedVmAffinityTerm>::info() {
  static const TypeInfo t = object("WeightedVmAffinityTerm", "A term that should hold, and how much it matters.", {
      field<&WeightedVmAffinityTerm::weight>("weight").required().range(1, 100).doc("How much it matters."),
      field<&WeightedVmAffinityTerm::vm_affinity_term>("vmAffinityTerm").required().doc("The term."),
  });
  return t;
}

const TypeInfo& Describe<VmAffinityRules>::info() {
  static const TypeInfo t = object("VmAffinityRules", "Terms about other machines.", {
      field<&VmAffinityRules::required_during_scheduling>("requiredDuringScheduling").max_items(20)
          .doc("Terms that must hold."),
      field<&VmAffinityRules::preferred_during_scheduling>("preferredDuringScheduling").max_items(20)
          .doc("Terms that should hold."),
  });
  return t;
}

const TypeInfo& Describe<HostAffinity>::info() {
  static const TypeInfo t = object("HostAffinity", "Hosts to be on.", {
      field<&HostAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&HostAffinity::preferred_hosts>("preferredHosts").max_items(50).doc("The hosts."),
      field<&HostAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<ClusterAffinity>::info() {
  static const TypeInfo t = object("ClusterAffinity", "Clusters to be in.", {
      field<&ClusterAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&ClusterAffinity::preferred_clusters>("preferredClusters").max_items(20).doc("The clusters."),
      field<&ClusterAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<DatastoreAffinity>::info() {
  static const TypeInfo t = object("DatastoreAffinity", "Datastores to be on.", {
      field<&DatastoreAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&DatastoreAffinity::preferred_datastores>("preferredDatastores").max_items(50).doc("The datastores."),
      field<&DatastoreAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<ZoneAffinity>::info() {
  static const TypeInfo t = object("ZoneAffinity", "Zones to be in.", {
      field<&ZoneAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&ZoneAffinity::preferred_zones>("preferredZones").max_items(10).doc("The zones."),
      field<&ZoneAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<ApplicationAffinity>::info() {
  static const TypeInfo t = object("ApplicationAffinity", "Machines of one application.", {
      field<&ApplicationAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&ApplicationAffinity::application_label>("applicationLabel").def(R"("app")")
          .doc("Label that names a machine's application."),
      field<&ApplicationAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<AffinityRules>::info() {
  static const TypeInfo t = object("AffinityRules", "What machines should be near to.", {
      field<&AffinityRules::vm_affinity>("vmAffinity").doc("Other machines."),
      field<&AffinityRules::host_affinity>("hostAffinity").doc("Hosts."),
      field<&AffinityRules::cluster_affinity>("clusterAffinity").doc("Clusters."),
      field<&AffinityRules::datastore_affinity>("datastoreAffinity").doc("Datastores."),
      field<&AffinityRules::zone_affinity>("zoneAffinity").doc("Zones."),
      field<&AffinityRules::application_affinity>("applicationAffinity").doc("Machines of the same application."),
  });
  return t;
}

const TypeInfo& Describe<HostAntiAffinity>::info() {
  static const TypeInfo t = object("HostAntiAffinity", "Not too many on one host.", {
      field<&HostAntiAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&HostAntiAffinity::max_vms_per_host>("maxVMsPerHost").range(1, 1000)
          .doc("Machines of this policy on one host at most."),
      field<&HostAntiAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<ClusterAntiAffinity>::info() {
  static const TypeInfo t = object("ClusterAntiAffinity", "Not too many on one cluster.", {
      field<&ClusterAntiAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&ClusterAntiAffinity::max_vms_per_cluster>("maxVMsPerCluster").range(1, 10000)
          .doc("Machines of this policy on one cluster at most."),
      field<&ClusterAntiAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<DatastoreAntiAffinity>::info() {
  static const TypeInfo t = object("DatastoreAntiAffinity", "Not too many on one datastore.", {
      field<&DatastoreAntiAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&DatastoreAntiAffinity::max_vms_per_datastore>("maxVMsPerDatastore").range(1, 10000)
          .doc("Machines of this policy on one datastore at most."),
      field<&DatastoreAntiAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<ZoneAntiAffinity>::info() {
  static const TypeInfo t = object("ZoneAntiAffinity", "Not too many on one zone.", {
      field<&ZoneAntiAffinity::enabled>("enabled").required().doc("Whether the rule counts."),
      field<&ZoneAntiAffinity::max_vms_per_zone>("maxVMsPerZone").range(1, 10000)
          .doc("Machines of this policy on one zone at most."),
      field<&ZoneAntiAffinity::scope>("scope").doc("How much the rule matters."),
  });
  return t;
}

const TypeInfo& Describe<AntiAffinityRules>::info() {
  static const TypeInfo t = object("AntiAffinityRules", "What machines should be apart from.", {
      field<&AntiAffinityRules::vm_anti_affinity>("vmAntiAffinity").doc("Other machines."),
      field<&AntiAffinityRules::host_anti_affinity>("hostAntiAffinity").doc("Machines on the same host."),
      field<&AntiAffinityRules::cluster_anti_affinity>("clusterAntiAffinity").doc("Machines in the same cluster."),
      field<&AntiAffinityRules::datastore_anti_affinity>("datastoreAntiAffinity")
          .doc("Machines on the same datastore."),
      field<&AntiAffinityRules::zone_anti_affinity>("zoneAntiAffinity").doc("Machines in the same zone."),
      field<&AntiAffinityRules::application_anti_affinity>("applicationAntiAffinity")
          .doc("Machines of the same application."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
