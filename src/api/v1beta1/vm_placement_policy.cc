// api/v1beta1/vm_placement_policy.cc — the rows of vm_placement_policy.h.
#include "api/v1beta1/vm_placement_policy.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<TolerationOperator>::info() {
  using enum TolerationOperator;
  static const TypeInfo t = enumeration<TolerationOperator>("TolerationOperator", "How a taint is compared.", {
      {kExists, "Exists", "It is there, whatever its value."},
      {kEqual, "Equal", "It has this value."},
  });
  return t;
}

const TypeInfo& Describe<TaintEffect>::info() {
  using enum TaintEffect;
  static const TypeInfo t = enumeration<TaintEffect>("TaintEffect", "What a taint does.", {
      {kNoSchedule, "NoSchedule", "Nothing new is placed there."},
      {kPreferNoSchedule, "PreferNoSchedule", "Nothing new should be placed there."},
      {kNoExecute, "NoExecute", "Nothing new is placed there and what is there leaves."},
  });
  return t;
}

const TypeInfo& Describe<IsolationLevel>::info() {
  using enum IsolationLevel;
  static const TypeInfo t = enumeration<IsolationLevel>(
      "IsolationLevel", "How far machines are kept from those of others.", {
      {kNone, "none", "Not at all."},
      {kBasic, "basic", "By the hypervisor."},
      {kStrict, "strict", "No host is shared with others."},
      {kMaximum, "maximum", "No host, storage or network is shared with others."},
  });
  return t;
}

const TypeInfo& Describe<TrustLevel>::info() {
  using enum TrustLevel;
  static const TypeInfo t = enumeration<TrustLevel>("TrustLevel", "How far a host must be trusted.", {
      {kUntrusted, "untrusted", "Not at all."},
      {kBasic, "basic", "It is managed by us."},
      {kTrusted, "trusted", "It started measured software."},
      {kHighlyTrusted, "highly-trusted", "It started measured software and nobody else uses it."},
  });
  return t;
}

const TypeInfo& Describe<ConflictType>::info() {
  using enum ConflictType;
  static const TypeInfo t = enumeration<ConflictType>("ConflictType", "What two policies disagree about.", {
      {kHard, "hard", "What must hold."},
      {kSoft, "soft", "What should hold."},
      {kResource, "resource", "Resources."},
      {kSecurity, "security", "Security."},
      {kAffinity, "affinity", "Being near or apart."},
  });
  return t;
}

const TypeInfo& Describe<ConflictSeverity>::info() {
  using enum ConflictSeverity;
  static const TypeInfo t = enumeration<ConflictSeverity>("ConflictSeverity", "How bad a conflict is.", {
      {kLow, "low", "It hardly matters."},
      {kMedium, "medium", "It matters sometimes."},
      {kHigh, "high", "It matters mostly."},
      {kCritical, "critical", "No machine can be placed."},
  });
  return t;
}

const TypeInfo& Describe<HostToleration>::info() {
  static const TypeInfo t = object("HostToleration", "A taint of a host that machines tolerate.", {
      field<&HostToleration::key>("key").max_length(253).doc("Name of the taint; any when empty."),
      field<&HostToleration::operator_>("operator").def(R"("Equal")").doc("How it is compared."),
      field<&HostToleration::value>("value").max_length(253).doc("Its value."),
      field<&HostToleration::effect>("effect").doc("What it does; any when absent."),
      field<&HostToleration::toleration_seconds>("tolerationSeconds").min(0)
          .doc("Seconds that machines stay on a host that got it (NoExecute); for ever when absent."),
  });
  return t;
}

const TypeInfo& Describe<PlacementConstraints>::info() {
  static const TypeInfo t = object("PlacementConstraints", "Places to choose from, by name; any when empty.", {
      field<&PlacementConstraints::hosts>("hosts").max_items(200).doc("Hosts."),
      field<&PlacementConstraints::clusters>("clusters").max_items(50).doc("Clusters."),
      field<&PlacementConstraints::datastores>("datastores").max_items(100)
          .doc("Datastores, storage pools or storage ids."),
      field<&PlacementConstraints::folders>("folders").max_items(50).doc("Inventory folders."),
      field<&PlacementConstraints::resource_pools>("resourcePools").max_items(100).doc("Resource pools."),
      field<&PlacementConstraints::networks>("networks").max_items(50).doc("Networks that must be there."),
      field<&PlacementConstraints::zones>("zones").max_items(20).doc("Zones."),
      field<&PlacementConstraints::regions>("regions").max_items(20).doc("Regions."),
      field<&PlacementConstraints::excluded_hosts>("excludedHosts").max_items(200).doc("Hosts to stay away from."),
      field<&PlacementConstraints::excluded_clusters>("excludedClusters").max_items(50)
          .doc("Clusters to stay away from."),
      field<&PlacementConstraints::excluded_datastores>("excludedDatastores").max_items(100)
          .doc("Datastores to stay away from."),
      field<&PlacementConstraints::node_selector>("nodeSelector").max_items(20).doc("Labels that a host must have."),
      field<&PlacementConstraints::tolerations>("tolerations").max_items(20)
          .doc("Taints of hosts that machines tolerate."),
  });
  return t;
}

const TypeInfo& Describe<ResourceConstraints>::info() {
  static const TypeInfo t = object("ResourceConstraints", "What a host must have.", {
      field<&ResourceConstraints::max_cpu_utilization>("maxCPUUtilization").range(0, 100)
          .doc("CPU that may be in use, in percent."),
      field<&ResourceConstraints::max_memory_utilization>("maxMemoryUtilization").range(0, 100)
          .doc("Memory that may be in use, in percent."),
      field<&ResourceConstraints::max_disk_utilization>("maxDiskUtilization").range(0, 100)
          .doc("Storage that may be in use, in percent."),
      field<&ResourceConstraints::min_cpu_per_host>("minCPUPerHost").min(1).doc("CPUs at least."),
      field<&ResourceConstraints::min_memory_per_host>("minMemoryPerHost").doc("Memory at least."),
      field<&ResourceConstraints::min_disk_space_per_host>("minDiskSpacePerHost").doc("Storage at least."),
      field<&ResourceConstraints::required_features>("requiredFeatures").max_items(20)
          .doc("Features that it must have."),
      field<&ResourceConstraints::preferred_features>("preferredFeatures").max_items(20)
          .doc("Features that it should have."),
  });
  return t;
}

const TypeInfo& Describe<SecurityConstraints>::info() {
  static const TypeInfo t = object("SecurityConstraints", "How safe a place must be.", {
      field<&SecurityConstraints::require_secure_boot>("requireSecureBoot")
          .doc("Whether the host must have started by secure boot."),
      field<&SecurityConstraints::require_tpm>("requireTPM")
          .doc("Whether the host must have a trusted platform module."),
      field<&SecurityConstraints::require_encrypted_storage>("requireEncryptedStorage")
          .doc("Whether storage must be encrypted."),
      field<&SecurityConstraints::require_numa_topology>("requireNUMATopology")
          .doc("Whether the machine must fit a NUMA node."),
      field<&SecurityConstraints::isolation_level>("isolationLevel")
          .doc("How far machines are kept from those of others."),
      field<&SecurityConstraints::trust_level>("trustLevel").doc("How far a host must be trusted."),
      field<&SecurityConstraints::allowed_security_groups>("allowedSecurityGroups").max_items(20)
          .doc("Security groups that a place may be in."),
      field<&SecurityConstraints::denied_security_groups>("deniedSecurityGroups").max_items(20)
          .doc("Security groups that a place may not be in."),
  });
  return t;
}

const TypeInfo& Describe<VmPlacementPolicySpec>::info() {
  static const TypeInfo t = object("VmPlacementPolicySpec", "Where machines are placed.", {
      field<&VmPlacementPolicySpec::hard>("hard").doc("Places that machines must be in."),
      field<&VmPlacementPolicySpec::soft>("soft").doc("Places that machines should be in."),
      field<&VmPlacementPolicySpec::affinity>("affinity").doc("What machines should be near to."),
      field<&VmPlacementPolicySpec::anti_affinity>("antiAffinity").doc("What machines should be apart from."),
      field<&VmPlacementPolicySpec::resource_constraints>("resourceConstraints").doc("What a host must have."),
      field<&VmPlacementPolicySpec::security_constraints>("securityConstraints").doc("How safe a place must be."),
      field<&VmPlacementPolicySpec::priority>("priority").range(0, 1000).doc("Which policy wins; the highest does."),
      field<&VmPlacementPolicySpec::weight>("weight").range(1, 100)
          .doc("How much `soft` matters against other preferences."),
  });
  return t;
}

const TypeInfo& Describe<PolicyConflict>::info() {
  static const TypeInfo t = object("PolicyConflict", "Another policy that disagrees.", {
      field<&PolicyConflict::policy_name>("policyName").required().doc("Its name."),
      field<&PolicyConflict::conflict_type>("conflictType").required().doc("What it disagrees about."),
      field<&PolicyConflict::severity>("severity").doc("How bad that is."),
      field<&PolicyConflict::description>("description").doc("What exactly."),
      field<&PolicyConflict::resolution_suggestion>("resolutionSuggestion").doc("What to do."),
  });
  return t;
}

const TypeInfo& Describe<PlacementStats>::info() {
  static const TypeInfo t = object("PlacementStats", "What the policy has done.", {
      field<&PlacementStats::total_placements>("totalPlacements").doc("Machines that were to be placed."),
      field<&PlacementStats::successful_placements>("successfulPlacements").doc("Machines that were."),
      field<&PlacementStats::failed_placements>("failedPlacements").doc("Machines that could not be."),
      field<&PlacementStats::constraint_violations>("constraintViolations")
          .doc("Machines that are no longer where the policy wants them."),
      field<&PlacementStats::average_placement_time>("averagePlacementTime")
          .doc("How long a decision takes on average, such as 3ms."),
      field<&PlacementStats::last_placement_time>("lastPlacementTime").doc("When a machine was last placed."),
      field<&PlacementStats::placement_distribution>("placementDistribution").doc("Machines on each host, by name."),
  });
  return t;
}

const TypeInfo& Describe<PolicyValidation>::info() {
  static const TypeInfo t = object("PolicyValidation", "Whether a provider can follow the policy.", {
      field<&PolicyValidation::valid>("valid").required().doc("Whether it can."),
      field<&PolicyValidation::message>("message").doc("One sentence for a person."),
      field<&PolicyValidation::errors>("errors").max_items(20).doc("What it cannot."),
      field<&PolicyValidation::warnings>("warnings").max_items(20).doc("What it would not look at."),
      field<&PolicyValidation::supported_features>("supportedFeatures").max_items(50).doc("Rules that it follows."),
      field<&PolicyValidation::unsupported_features>("unsupportedFeatures").max_items(50)
          .doc("Rules that it does not."),
      field<&PolicyValidation::last_validated>("lastValidated").doc("When it was asked."),
  });
  return t;
}

const TypeInfo& Describe<VmPlacementPolicyStatus>::info() {
  static const TypeInfo t = object("VmPlacementPolicyStatus", "Who uses the policy and what it has done.", {
      field<&VmPlacementPolicyStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmPlacementPolicyStatus::used_by_vms>("usedByVMs").max_items(1000).doc("VirtualMachines that name it."),
      field<&VmPlacementPolicyStatus::placement_stats>("placementStats").doc("What it has done."),
      field<&VmPlacementPolicyStatus::validation_results>("validationResults")
          .doc("For each Provider, by name, whether it can follow it."),
      field<&VmPlacementPolicyStatus::conflicting_policies>("conflictingPolicies").max_items(50)
          .doc("Other policies that disagree."),
      field<&VmPlacementPolicyStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the policy, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmPlacementPolicy>::info() {
  static const TypeInfo t = object("VmPlacementPolicy", "Where on the hypervisors machines are placed.", {
      field<&VmPlacementPolicy::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmPlacementPolicy::spec>("spec").doc("Where machines are placed."),
      field<&VmPlacementPolicy::status>("status").doc("Who uses the policy and what it has done."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
