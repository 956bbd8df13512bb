// api/v1beta1/vm_set.cc — the rows of vm_set.h.
#include "api/v1beta1/vm_set.h"

#include "api/core/raw_schemas.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<ClaimRetention>::info() {
  using enum ClaimRetention;
  static const TypeInfo t = enumeration<ClaimRetention>(
      "ClaimRetention", "What becomes of a volume that nobody uses any more.", {
      {kRetain, "Retain", "It stays."},
      {kDelete, "Delete", "It goes."},
  });
  return t;
}

const TypeInfo& Describe<PodManagementPolicy>::info() {
  using enum PodManagementPolicy;
  static const TypeInfo t = enumeration<PodManagementPolicy>(
      "PodManagementPolicy", "In which order machines are made and removed.", {
      {kOrderedReady, "OrderedReady", "One after the other, each when the one before is ready."},
      {kParallel, "Parallel", "All at once."},
  });
  return t;
}

const TypeInfo& Describe<UpdateStrategyType>::info() {
  using enum UpdateStrategyType;
  static const TypeInfo t = enumeration<UpdateStrategyType>(
      "UpdateStrategyType", "How machines follow a change of the template.", {
      {kRollingUpdate, "RollingUpdate", "A few at a time."},
      {kOnDelete, "OnDelete", "When somebody deletes them."},
      {kRecreate, "Recreate", "All at once."},
  });
  return t;
}

const TypeInfo& Describe<UpdatePhase>::info() {
  using enum UpdatePhase;
  static const TypeInfo t = enumeration<UpdatePhase>("UpdatePhase", "Where an update is on its way.", {
      {kPending, "Pending", "Not begun."},
      {kInProgress, "InProgress", "Under way."},
      {kPaused, "Paused", "Stopped for now."},
      {kCompleted, "Completed", "Done."},
      {kFailed, "Failed", "It did not work; only a user can help."},
  });
  return t;
}

const TypeInfo& Describe<TemplateMeta>::info() {
  static const TypeInfo t = object("TemplateMeta", "Metadata of the objects that are made from a template.", {
      field<&TemplateMeta::labels>("labels").addition().doc("Labels; they must fit the set's selector."),
      field<&TemplateMeta::annotations>("annotations").addition().doc("Annotations."),
  });
  return t;
}

const TypeInfo& Describe<VmTemplate>::info() {
  static const TypeInfo t = object("VmTemplate", "What each machine of the set is made from.", {
      field<&VmTemplate::metadata>("metadata").doc("Labels and annotations of each VirtualMachine."),
      field<&VmTemplate::spec>("spec").required().doc("Spec of each VirtualMachine."),
  });
  return t;
}

const TypeInfo& Describe<VolumeClaimTemplate>::info() {
  static const TypeInfo t = object("VolumeClaimTemplate", "A volume that each machine of the set gets.", {
      field<&VolumeClaimTemplate::metadata>("metadata").cluster_only()
          .doc("Labels and annotations of each PersistentVolumeClaim."),
      raw_field<&VolumeClaimTemplate::spec>("spec", &core::volume_claim_spec).cluster_only().required()
          .doc("Spec of each PersistentVolumeClaim."),
  });
  return t;
}

const TypeInfo& Describe<RollingUpdate>::info() {
  static const TypeInfo t = object("RollingUpdate", "How many machines change at a time.", {
      field<&RollingUpdate::max_unavailable>("maxUnavailable").def(R"("25%")")
          .doc("Machines that may be missing meanwhile: a number, or a share such as 25%."),
      field<&RollingUpdate::max_surge>("maxSurge").def(R"("25%")")
          .doc("Machines that may be there in addition meanwhile: a number, or a share such as 25%."),
      field<&RollingUpdate::partition>("partition").min(0)
          .doc("Ordinal from which on machines are changed; those below stay as they are."),
      field<&RollingUpdate::pod_management_policy>("podManagementPolicy").def(R"("OrderedReady")")
          .doc("In which order machines are made and removed."),
  });
  return t;
}

const TypeInfo& Describe<UpdateStrategy>::info() {
  static const TypeInfo t = object("UpdateStrategy", "How machines follow a change of the template.", {
      field<&UpdateStrategy::type>("type").def(R"("RollingUpdate")").doc("How they follow."),
      field<&UpdateStrategy::rolling_update>("rollingUpdate").doc("How many change at a time (RollingUpdate)."),
  });
  return t;
}

const TypeInfo& Describe<ClaimRetentionPolicy>::info() {
  static const TypeInfo t = object("ClaimRetentionPolicy", "What becomes of volumes that nobody uses any more.", {
      field<&ClaimRetentionPolicy::when_deleted>("whenDeleted").cluster_only().def(R"("Retain")")
          .doc("When the set is deleted."),
      field<&ClaimRetentionPolicy::when_scaled>("whenScaled").cluster_only().def(R"("Retain")")
          .doc("When the set gets smaller."),
  });
  return t;
}

const TypeInfo& Describe<SetOrdinals>::info() {
  static const TypeInfo t = object("SetOrdinals", "Numbers in the names of the machines.", {
      field<&SetOrdinals::start>("start").def("0").range(0, 999999).doc("The first number."),
  });
  return t;
}

const TypeInfo& Describe<VmSetSpec>::info() {
  static const TypeInfo t = object("VmSetSpec", "How many machines, and what they are like.", {
      field<&VmSetSpec::replicas>("replicas").def("1").range(0, 1000).doc("Number of machines."),
      field<&VmSetSpec::selector>("selector").required().atomic_map()
          .doc("Labels by which the set knows its machines."),
      field<&VmSetSpec::template_>("template").required().doc("What each machine is made from."),
      field<&VmSetSpec::update_strategy>("updateStrategy").doc("How machines follow a change of the template."),
      field<&VmSetSpec::min_ready_seconds>("minReadySeconds").range(0, 3600)
          .doc("Seconds that a machine must be ready before it counts as available."),
      field<&VmSetSpec::revision_history_limit>("revisionHistoryLimit").def("10").range(0, 100)
          .doc("Old revisions of the template that are remembered."),
      field<&VmSetSpec::service_name>("serviceName").max_length(253)
          .doc("Headless Service that the machines belong to."),
      field<&VmSetSpec::ordinals>("ordinals").doc("Numbers in their names."),
      field<&VmSetSpec::volume_claim_templates>("volumeClaimTemplates").max_items(20).cluster_only()
          .doc("Volumes that each machine gets."),
      field<&VmSetSpec::persistent_volume_claim_retention_policy>("persistentVolumeClaimRetentionPolicy").cluster_only()
          .doc("What becomes of volumes that nobody uses any more."),
  });
  return t;
}

const TypeInfo& Describe<SetMachineStatus>::info() {
  static const TypeInfo t = object("SetMachineStatus", "One machine of the set.", {
      field<&SetMachineStatus::name>("name").required().doc("Name of its VirtualMachine."),
      field<&SetMachineStatus::ready>("ready").doc("Whether it is ready."),
      field<&SetMachineStatus::phase>("phase").doc("Where it is in its life."),
      field<&SetMachineStatus::revision>("revision").doc("Revision of the template that it was made from."),
      field<&SetMachineStatus::message>("message").doc("One sentence for a person."),
      field<&SetMachineStatus::creation_time>("creationTime").doc("When it was made."),
      field<&SetMachineStatus::last_update_time>("lastUpdateTime").doc("When it was last changed."),
  });
  return t;
}

const TypeInfo& Describe<FailedMachineUpdate>::info() {
  static const TypeInfo t = object("FailedMachineUpdate", "A machine that did not follow an update.", {
      field<&FailedMachineUpdate::name>("name").required().doc("Name of its VirtualMachine."),
      field<&FailedMachineUpdate::reason>("reason").doc("Why, in one word for programs."),
      field<&FailedMachineUpdate::message>("message").doc("Why, in a sentence for people."),
      field<&FailedMachineUpdate::retry_count>("retryCount").doc("How often it was tried again."),
      field<&FailedMachineUpdate::last_attempt>("lastAttempt").doc("When it was last tried."),
  });
  return t;
}

const TypeInfo& Describe<SetUpdateStatus>::info() {
  static const TypeInfo t = object("SetUpdateStatus", "How far an update has come.", {
      field<&SetUpdateStatus::phase>("phase").doc("Where it is on its way."),
      field<&SetUpdateStatus::message>("message").doc("One sentence for a person."),
      field<&SetUpdateStatus::start_time>("startTime").doc("When it began."),
      field<&SetUpdateStatus::completion_time>("completionTime").doc("When it ended."),
      field<&SetUpdateStatus::updated_vms>("updatedVMs").max_items(1000).doc("Machines that have followed."),
      field<&SetUpdateStatus::pending_vms>("pendingVMs").max_items(1000).doc("Machines that have not yet."),
      field<&SetUpdateStatus::failed_vms>("failedVMs").max_items(1000).doc("Machines that could not."),
  });
  return t;
}

const TypeInfo& Describe<VmSetStatus>::info() {
  static const TypeInfo t = object("VmSetStatus", "How the machines of the set do.", {
      field<&VmSetStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmSetStatus::replicas>("replicas").doc("Machines that are there."),
      field<&VmSetStatus::selector>("selector").addition()
          .doc("The spec's selector as text, for whoever scales the set by its metrics."),
      field<&VmSetStatus::ready_replicas>("readyReplicas").doc("Machines that are ready."),
      field<&VmSetStatus::available_replicas>("availableReplicas")
          .doc("Machines that have been ready for minReadySeconds."),
      field<&VmSetStatus::current_replicas>("currentReplicas").doc("Machines made from currentRevision."),
      field<&VmSetStatus::updated_replicas>("updatedReplicas").doc("Machines made from updateRevision."),
      field<&VmSetStatus::current_revision>("currentRevision").doc("Revision of the template before the update."),
      field<&VmSetStatus::update_revision>("updateRevision")
          .doc("Revision of the template that machines are updated to."),
      field<&VmSetStatus::collision_count>("collisionCount").doc("Number of name collisions of revisions."),
      field<&VmSetStatus::update_status>("updateStatus").doc("How far an update has come."),
      field<&VmSetStatus::vm_status>("vmStatus").max_items(1000).doc("The machines, one by one."),
      field<&VmSetStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the set, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmSet>::info() {
  static const TypeInfo t = object("VmSet", "Several machines that are alike.", {
      field<&VmSet::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmSet::spec>("spec").doc("How many machines, and what they are like."),
      field<&VmSet::status>("status").doc("How the machines of the set do."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
