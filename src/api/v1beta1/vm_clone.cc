// api/v1beta1/vm_clone.cc — the rows of vm_clone.h.
#include "api/v1beta1/vm_clone.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<CloneType>::info() {
  using enum CloneType;
  static const TypeInfo t = enumeration<CloneType>("CloneType", "How the disks of a clone come about.", {
      {kFullClone, "FullClone", "They are copied."},
      {kLinkedClone, "LinkedClone", "They share unchanged blocks with their source."},
      {kInstantClone, "InstantClone", "The clone starts from the running source's memory."},
  });
  return t;
}

const TypeInfo& Describe<ClonePriority>::info() {
  using enum ClonePriority;
  static const TypeInfo t = enumeration<ClonePriority>("ClonePriority", "How urgent the copying is.", {
      {kLow, "Low", "Others first."},
      {kNormal, "Normal", "As usual."},
      {kHigh, "High", "Before others."},
  });
  return t;
}

const TypeInfo& Describe<ClonePurpose>::info() {
  using enum ClonePurpose;
  static const TypeInfo t = enumeration<ClonePurpose>("ClonePurpose", "Why a clone was made.", {
      {kBackup, "backup", "As a backup."},
      {kTesting, "testing", "For tests."},
      {kMigration, "migration", "For a migration."},
      {kDevelopment, "development", "For development."},
      {kStaging, "staging", "For a rehearsal."},
      {kProduction, "production", "For production."},
  });
  return t;
}

const TypeInfo& Describe<ClonePhase>::info() {
  using enum ClonePhase;
  static const TypeInfo t = enumeration<ClonePhase>("ClonePhase", "Where a clone is on its way.", {
      {kPending, "Pending", "Waiting for something it needs."},
      {kPreparing, "Preparing", "What it needs is being looked up."},
      {kCloning, "Cloning", "The disks are being copied."},
      {kCustomizing, "Customizing", "The guest is being changed."},
      {kPoweringOn, "Powering-On", "The clone is being started."},
      {kReady, "Ready", "Done."},
      {kFailed, "Failed", "It was not made; only a user can help."},
  });
  return t;
}

const TypeInfo& Describe<CloneSource>::info() {
  static const TypeInfo t = object("CloneSource", "What is cloned: one of these.", {
      field<&CloneSource::vm_ref>("vmRef").doc("VirtualMachine in the same namespace."),
      field<&CloneSource::snapshot_ref>("snapshotRef").doc("VMSnapshot in the same namespace."),
      field<&CloneSource::template_ref>("templateRef").doc("Template, as a VMImage that names one."),
      field<&CloneSource::image_ref>("imageRef").doc("VMImage."),
  }, {exactly_one_of({"vmRef", "snapshotRef", "templateRef", "imageRef"})});
  return t;
}

const TypeInfo& Describe<CloneTarget>::info() {
  static const TypeInfo t = object("CloneTarget", "The VirtualMachine that is made.", {
      field<&CloneTarget::name>("name").required().max_length(253).pattern(kNamePattern).doc("Its name."),
      field<&CloneTarget::namespace_>("namespace").max_length(63).pattern(kLabelPattern)
          .doc("Its namespace; that of the clone when empty."),
      field<&CloneTarget::provider_ref>("providerRef").doc("Provider that runs it; that of the source when absent."),
      field<&CloneTarget::class_ref>("classRef").doc("VMClass; that of the source when absent."),
      field<&CloneTarget::placement_ref>("placementRef").doc("VMPlacementPolicy that chooses the place."),
      field<&CloneTarget::networks>("networks").max_items(10)
          .doc("Network interfaces; those of the source when empty."),
      field<&CloneTarget::disks>("disks").max_items(20)
          .doc("Data disks that differ from those of the source, by name."),
      field<&CloneTarget::labels>("labels").max_items(50).doc("Labels of the VirtualMachine."),
      field<&CloneTarget::annotations>("annotations").max_items(50).doc("Annotations of the VirtualMachine."),
  });
  return t;
}

const TypeInfo& Describe<CloneStorage>::info() {
  static const TypeInfo t = object("CloneStorage", "Where and how the disks are kept.", {
      field<&CloneStorage::datastore>("datastore").max_length(255).doc("Datastore, storage pool or storage id."),
      field<&CloneStorage::folder>("folder").max_length(255).doc("Inventory folder."),
      field<&CloneStorage::storage_class>("storageClass").max_length(253).doc("Storage class of the provider."),
      field<&CloneStorage::disk_format>("diskFormat").doc("How the space is provided."),
      field<&CloneStorage::prefer_thin_provisioning>("preferThinProvisioning").def("true")
          .doc("Whether disks are thin where there is a choice."),
      field<&CloneStorage::enable_compression>("enableCompression").def("false")
          .doc("Whether disks are kept compressed."),
  });
  return t;
}

const TypeInfo& Describe<ClonePerformance>::info() {
  static const TypeInfo t = object("ClonePerformance", "How hard the copying may work.", {
      field<&ClonePerformance::priority>("priority").def(R"("Normal")").doc("How urgent it is."),
      field<&ClonePerformance::concurrent_disks>("concurrentDisks").def("2").range(1, 10)
          .doc("Disks that are copied at the same time."),
      field<&ClonePerformance::io_throttling>("ioThrottling").def("false").doc("Whether maxIOPS counts."),
      field<&ClonePerformance::max_iops>("maxIOPS").range(100, 100000)
          .doc("Input and output operations a second at most."),
  });
  return t;
}

const TypeInfo& Describe<CloneRetryPolicy>::info() {
  static const TypeInfo t = object("CloneRetryPolicy", "What to do when cloning fails.", {
      field<&CloneRetryPolicy::max_retries>("maxRetries").def("3").range(0, 10).doc("How often it is tried again."),
      field<&CloneRetryPolicy::retry_delay>("retryDelay").def(R"("5m")")
          .doc("Time before the first retry, such as 5m."),
      field<&CloneRetryPolicy::backoff_multiplier>("backoffMultiplier").def("2")
          .doc("Factor by which that time grows with each retry."),
  });
  return t;
}

const TypeInfo& Describe<CloneOptions>::info() {
  static const TypeInfo t = object("CloneOptions", "How it is cloned.", {
      field<&CloneOptions::type>("type").def(R"("FullClone")").doc("How the disks come about."),
      field<&CloneOptions::power_on>("powerOn").def("false").doc("Whether the clone is started."),
      field<&CloneOptions::include_snapshots>("includeSnapshots").def("false")
          .doc("Whether the source's snapshots are copied too."),
      field<&CloneOptions::parallel>("parallel").def("false").doc("Whether disks are copied at the same time."),
      field<&CloneOptions::storage>("storage").doc("Where and how the disks are kept."),
      field<&CloneOptions::performance>("performance").doc("How hard the copying may work."),
      field<&CloneOptions::timeout>("timeout").def(R"("30m")").doc("How long it may take, such as 30m."),
      field<&CloneOptions::retry_policy>("retryPolicy").doc("What to do when it fails."),
  });
  return t;
}

const TypeInfo& Describe<VmCloneMetadata>::info() {
  static const TypeInfo t = object("VmCloneMetadata", "What people want to know about the clone.", {
      field<&VmCloneMetadata::purpose>("purpose").doc("Why it was made."),
      field<&VmCloneMetadata::environment>("environment").doc("Which stage it belongs to."),
      field<&VmCloneMetadata::project>("project").max_length(255).doc("Project that it belongs to."),
      field<&VmCloneMetadata::created_by>("createdBy").max_length(255).doc("Who asked for it."),
      field<&VmCloneMetadata::tags>("tags").max_items(50).doc("Tags of your own."),
  });
  return t;
}

const TypeInfo& Describe<VmCloneSpec>::info() {
  static const TypeInfo t = object("VmCloneSpec", "What is cloned, how, and to what.", {
      field<&VmCloneSpec::source>("source").required().immutable().doc("What is cloned."),
      field<&VmCloneSpec::target>("target").required().doc("The VirtualMachine that is made."),
      field<&VmCloneSpec::options>("options").doc("How it is cloned."),
      field<&VmCloneSpec::customization>("customization").doc("What is changed inside the clone."),
      field<&VmCloneSpec::metadata>("metadata").doc("What people want to know about it."),
  });
  return t;
}

const TypeInfo& Describe<CustomizationStatus>::info() {
  static const TypeInfo t = object("CustomizationStatus", "How far the guest's customization has come.", {
      field<&CustomizationStatus::started>("started").doc("Whether it has begun."),
      field<&CustomizationStatus::completed>("completed").doc("Whether it is done."),
      field<&CustomizationStatus::current_step>("currentStep").doc("What is being done."),
      field<&CustomizationStatus::completed_steps>("completedSteps").doc("What is done."),
      field<&CustomizationStatus::failed_steps>("failedSteps").doc("What did not work."),
      field<&CustomizationStatus::message>("message").doc("One sentence for a person."),
  });
  return t;
}

const TypeInfo& Describe<DiskCloneProgress>::info() {
  static const TypeInfo t = object("DiskCloneProgress", "How far one disk has come.", {
      field<&DiskCloneProgress::name>("name").required().doc("Name of the disk."),
      field<&DiskCloneProgress::percentage>("percentage").range(0, 100).doc("Part that is done, in percent."),
      field<&DiskCloneProgress::completed_bytes>("completedBytes").doc("Bytes that are done."),
      field<&DiskCloneProgress::total_bytes>("totalBytes").doc("Bytes in all."),
      field<&DiskCloneProgress::transfer_rate>("transferRate").doc("Bytes a second."),
  });
  return t;
}

const TypeInfo& Describe<CloneProgress>::info() {
  static const TypeInfo t = object("CloneProgress", "How far the clone has come.", {
      field<&CloneProgress::overall_percentage>("overallPercentage").range(0, 100)
          .doc("Part that is done, in percent."),
      field<&CloneProgress::total_disks>("totalDisks").doc("Disks in all."),
      field<&CloneProgress::completed_disks>("completedDisks").doc("Disks that are done."),
      field<&CloneProgress::current_disk>("currentDisk").doc("The disk that is being copied."),
      field<&CloneProgress::eta>("eta").doc("How long it will still take, such as 4m30s."),
  });
  return t;
}

const TypeInfo& Describe<VmCloneStatus>::info() {
  static const TypeInfo t = object("VmCloneStatus", "Where the clone is.", {
      field<&VmCloneStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmCloneStatus::phase>("phase").doc("Where it is on its way."),
      field<&VmCloneStatus::message>("message").doc("One sentence for a person."),
      field<&VmCloneStatus::target_ref>("targetRef").doc("The VirtualMachine that was made."),
      field<&VmCloneStatus::target_vm_id>("targetVMID").doc("The hypervisor's id of the clone."),
      field<&VmCloneStatus::actual_clone_type>("actualCloneType").doc("How its disks came about."),
      field<&VmCloneStatus::start_time>("startTime").doc("When it began."),
      field<&VmCloneStatus::completion_time>("completionTime").doc("When it ended."),
      field<&VmCloneStatus::progress>("progress").doc("How far it has come."),
      field<&VmCloneStatus::customization_status>("customizationStatus")
          .doc("How far the guest's customization has come."),
      field<&VmCloneStatus::retry_count>("retryCount").doc("How often it was tried again."),
      field<&VmCloneStatus::last_retry_time>("lastRetryTime").doc("When it was last tried again."),
      field<&VmCloneStatus::task_ref>("taskRef").doc("The provider's task that copies."),
      field<&VmCloneStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the clone, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmClone>::info() {
  static const TypeInfo t = object("VmClone", "A copy of a machine.", {
      field<&VmClone::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmClone::spec>("spec").doc("What is cloned, how, and to what."),
      field<&VmClone::status>("status").doc("Where the clone is."),
  }, {never_removed("spec")});
  return t;
}

// clang-format on

}  // namespace rig::schema
