// api/v1beta1/vm_migration.cc — the rows of vm_migration.h.
#include "api/v1beta1/vm_migration.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<MigrationDiskFormat>::info() {
  using enum MigrationDiskFormat;
  static const TypeInfo t = enumeration<MigrationDiskFormat>(
      "MigrationDiskFormat", "Format of the disks on their way.", {
      {kQcow2, "qcow2", "QEMU copy-on-write."},
      {kVmdk, "vmdk", "VMware virtual disk."},
      {kRaw, "raw", "The bytes of the disk and nothing else."},
  });
  return t;
}

const TypeInfo& Describe<CleanupPolicy>::info() {
  using enum CleanupPolicy;
  static const TypeInfo t = enumeration<CleanupPolicy>("CleanupPolicy", "When the staging storage is cleared.", {
      {kAlways, "Always", "At the end, however it ended."},
      {kOnSuccess, "OnSuccess", "When the migration succeeded."},
      {kNever, "Never", "Never."},
  });
  return t;
}

const TypeInfo& Describe<MigrationPurpose>::info() {
  using enum MigrationPurpose;
  static const TypeInfo t = enumeration<MigrationPurpose>("MigrationPurpose", "Why a machine moves.", {
      {kDisasterRecovery, "disaster-recovery", "Its place was lost, or may be."},
      {kCloudMigration, "cloud-migration", "It goes to a cloud or comes back."},
      {kProviderChange, "provider-change", "The hypervisor is replaced."},
      {kTesting, "testing", "For tests."},
      {kMaintenance, "maintenance", "Its place is being maintained."},
  });
  return t;
}

const TypeInfo& Describe<MigrationPhase>::info() {
  using enum MigrationPhase;
  static const TypeInfo t = enumeration<MigrationPhase>("MigrationPhase", "Where a migration is on its way.", {
      {kPending, "Pending", "Not begun."},
      {kValidating, "Validating", "It is being looked whether it can work."},
      {kSnapshotting, "Snapshotting", "The source is being snapshotted."},
      {kExporting, "Exporting", "Disks are leaving the source."},
      {kTransferring, "Transferring", "Disks are on their way."},
      {kConverting, "Converting", "Disks are being converted."},
      {kImporting, "Importing", "Disks are arriving at the target."},
      {kCreating, "Creating", "The target machine is being made."},
      {kValidatingTarget, "Validating-Target", "It is being looked whether the target is right."},
      {kReady, "Ready", "Done."},
      {kFailed, "Failed", "It did not work; only a user can help."},
  });
  return t;
}

const TypeInfo& Describe<MigrationSource>::info() {
  static const TypeInfo t = object("MigrationSource", "The machine that moves.", {
      field<&MigrationSource::vm_ref>("vmRef").required().immutable()
          .doc("VirtualMachine in the same namespace."),
      field<&MigrationSource::provider_ref>("providerRef")
          .doc("Provider that runs it, if other than the VirtualMachine says."),
      field<&MigrationSource::snapshot_ref>("snapshotRef")
          .doc("VMSnapshot to move instead of the machine's present state."),
      field<&MigrationSource::create_snapshot>("createSnapshot").def("true")
          .doc("Whether a snapshot is taken and moved, so that the machine can run on."),
      field<&MigrationSource::power_off_before_migration>("powerOffBeforeMigration").def("false")
          .doc("Whether the machine is shut down first, so that nothing it writes is lost."),
      field<&MigrationSource::delete_after_migration>("deleteAfterMigration").def("false")
          .doc("Whether the source is removed once the target is proven."),
  });
  return t;
}

const TypeInfo& Describe<MigrationTarget>::info() {
  static const TypeInfo t = object("MigrationTarget", "The machine that it becomes.", {
      field<&MigrationTarget::name>("name").required().max_length(253).pattern(kNamePattern)
          .doc("Name of the VirtualMachine."),
      field<&MigrationTarget::namespace_>("namespace").max_length(63).pattern(kLabelPattern)
          .doc("Its namespace; that of the migration when empty."),
      field<&MigrationTarget::provider_ref>("providerRef").required().doc("Provider that runs it."),
      field<&MigrationTarget::class_ref>("classRef").doc("VMClass; that of the source when absent."),
      field<&MigrationTarget::image_ref>("imageRef").doc("Not needed: the disks come from the source."),
      field<&MigrationTarget::placement_ref>("placementRef").doc("VMPlacementPolicy that chooses the place."),
      field<&MigrationTarget::networks>("networks").max_items(10)
          .doc("Network interfaces; those of the source when empty."),
      field<&MigrationTarget::disks>("disks").max_items(20)
          .doc("Data disks that differ from those of the source, by name."),
      field<&MigrationTarget::power_on>("powerOn").def("false").doc("Whether it is started."),
      field<&MigrationTarget::labels>("labels").max_items(50).doc("Labels of the VirtualMachine."),
      field<&MigrationTarget::annotations>("annotations").max_items(50).doc("Annotations of the VirtualMachine."),
  });
  return t;
}

const TypeInfo& Describe<MigrationRetryPolicy>::info() {
  static const TypeInfo t = object("MigrationRetryPolicy", "What to do when the migration fails.", {
      field<&MigrationRetryPolicy::max_retries>("maxRetries").def("3").range(0, 10).doc("How often it is tried again."),
      field<&MigrationRetryPolicy::retry_delay>("retryDelay").def(R"("5m")")
          .doc("Time before the first retry, such as 5m."),
      field<&MigrationRetryPolicy::backoff_multiplier>("backoffMultiplier").def("2").range(1, 10)
          .doc("Factor by which that time grows with each retry."),
  });
  return t;
}

const TypeInfo& Describe<ValidationChecks>::info() {
  static const TypeInfo t = object("ValidationChecks", "What is looked at before the target counts as right.", {
      field<&ValidationChecks::check_disk_size>("checkDiskSize").def("true")
          .doc("Whether its disks are as large as the source's."),
      field<&ValidationChecks::check_checksum>("checkChecksum").def("true")
          .doc("Whether its disks hold the same bytes."),
      field<&ValidationChecks::check_boot>("checkBoot").def("false").doc("Whether it starts."),
      field<&ValidationChecks::check_connectivity>("checkConnectivity").def("false")
          .doc("Whether it answers on the network."),
  });
  return t;
}

const TypeInfo& Describe<MigrationOptions>::info() {
  static const TypeInfo t = object("MigrationOptions", "How the machine moves.", {
      field<&MigrationOptions::disk_format>("diskFormat")
          .doc("Format of the disks on their way; what suits both ends when absent."),
      field<&MigrationOptions::compress>("compress").def("false").doc("Whether disks are compressed on their way."),
      field<&MigrationOptions::verify_checksums>("verifyChecksums").def("true")
          .doc("Whether the bytes are compared at both ends."),
      field<&MigrationOptions::timeout>("timeout").def(R"("4h")").doc("How long it may take, such as 4h."),
      field<&MigrationOptions::retry_policy>("retryPolicy").doc("What to do when it fails."),
      field<&MigrationOptions::cleanup_policy>("cleanupPolicy").def(R"("OnSuccess")")
          .doc("When the staging storage is cleared."),
      field<&MigrationOptions::validation_checks>("validationChecks")
          .doc("What is looked at before the target counts as right."),
  });
  return t;
}

const TypeInfo& Describe<VmMigrationMetadata>::info() {
  static const TypeInfo t = object("VmMigrationMetadata", "What people want to know about the migration.", {
      field<&VmMigrationMetadata::purpose>("purpose").doc("Why the machine moves."),
      field<&VmMigrationMetadata::environment>("environment").doc("Which stage it belongs to."),
      field<&VmMigrationMetadata::project>("project").max_length(255).doc("Project that it belongs to."),
      field<&VmMigrationMetadata::created_by>("createdBy").max_length(255).doc("Who asked for it."),
      field<&VmMigrationMetadata::tags>("tags").max_items(50).doc("Tags of your own."),
  });
  return t;
}

const TypeInfo& Describe<VmMigrationSpec>::info() {
  static const TypeInfo t = object("VmMigrationSpec", "Which machine moves, how, and to where.", {
      field<&VmMigrationSpec::source>("source").required().doc("The machine that moves."),
      field<&VmMigrationSpec::target>("target").required().doc("The machine that it becomes."),
      field<&VmMigrationSpec::storage>("storage").doc("Where disks wait on their way."),
      field<&VmMigrationSpec::options>("options").doc("How the machine moves."),
      field<&VmMigrationSpec::metadata>("metadata").doc("What people want to know about it."),
  });
  return t;
}

const TypeInfo& Describe<MigrationDiskInfo>::info() {
  static const TypeInfo t = object("MigrationDiskInfo", "The system disk on its way.", {
      field<&MigrationDiskInfo::source_disk_id>("sourceDiskID").doc("The source hypervisor's id of it."),
      field<&MigrationDiskInfo::source_format>("sourceFormat").doc("Its format at the source."),
      field<&MigrationDiskInfo::source_size>("sourceSize").doc("Its capacity at the source."),
      field<&MigrationDiskInfo::source_checksum>("sourceChecksum").doc("Checksum of its bytes at the source."),
      field<&MigrationDiskInfo::checksum>("checksum").doc("Checksum of the staged object."),
      field<&MigrationDiskInfo::target_disk_id>("targetDiskID").doc("The target hypervisor's id of it."),
      field<&MigrationDiskInfo::target_path>("targetPath").doc("Where it lies at the target."),
      field<&MigrationDiskInfo::target_format>("targetFormat").doc("Its format at the target."),
      field<&MigrationDiskInfo::target_size>("targetSize").doc("Its capacity at the target."),
      field<&MigrationDiskInfo::target_checksum>("targetChecksum").doc("Checksum of its bytes at the target."),
  });
  return t;
}

const TypeInfo& Describe<MigrationProgress>::info() {
  static const TypeInfo t = object("MigrationProgress", "How far the migration has come.", {
      field<&MigrationProgress::current_phase>("currentPhase").doc("Where it is on its way."),
      field<&MigrationProgress::percentage>("percentage").range(0, 100).doc("Part that is done, in percent."),
      field<&MigrationProgress::transferred_bytes>("transferredBytes").doc("Bytes that are done."),
      field<&MigrationProgress::total_bytes>("totalBytes").doc("Bytes in all."),
      field<&MigrationProgress::transfer_rate>("transferRate").doc("Bytes a second."),
      field<&MigrationProgress::phase_start_time>("phaseStartTime").doc("When the phase began."),
      field<&MigrationProgress::eta>("eta").doc("How long it will still take, such as 4m30s."),
  });
  return t;
}

const TypeInfo& Describe<MigrationStorageInfo>::info() {
  static const TypeInfo t = object("MigrationStorageInfo", "What lies on the staging storage.", {
      field<&MigrationStorageInfo::url>("url").doc("Where."),
      field<&MigrationStorageInfo::size>("size").doc("How much."),
      field<&MigrationStorageInfo::uploaded_at>("uploadedAt").doc("Since when."),
      field<&MigrationStorageInfo::cleaned_up>("cleanedUp").doc("Whether it was cleared."),
  });
  return t;
}

const TypeInfo& Describe<MigrationValidation>::info() {
  static const TypeInfo t = object("MigrationValidation", "What was found when the target was looked at.", {
      field<&MigrationValidation::disk_size_match>("diskSizeMatch")
          .doc("Whether its disks are as large as the source's."),
      field<&MigrationValidation::checksum_match>("checksumMatch").doc("Whether its disks hold the same bytes."),
      field<&MigrationValidation::boot_success>("bootSuccess").doc("Whether it started."),
      field<&MigrationValidation::connectivity_success>("connectivitySuccess")
          .doc("Whether it answered on the network."),
      field<&MigrationValidation::validation_errors>("validationErrors").doc("What is not right."),
  });
  return t;
}

const TypeInfo& Describe<VmMigrationStatus>::info() {
  static const TypeInfo t = object("VmMigrationStatus", "Where the migration is.", {
      field<&VmMigrationStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmMigrationStatus::phase>("phase").doc("Where it is on its way."),
      field<&VmMigrationStatus::message>("message").doc("One sentence for a person."),
      field<&VmMigrationStatus::start_time>("startTime").doc("When it began."),
      field<&VmMigrationStatus::completion_time>("completionTime").doc("When it ended."),
      field<&VmMigrationStatus::progress>("progress").doc("How far it has come."),
      field<&VmMigrationStatus::disk_info>("diskInfo").doc("The system disk on its way."),
      field<&VmMigrationStatus::target_vm_ref>("targetVMRef").doc("The VirtualMachine that was made."),
      field<&VmMigrationStatus::target_vm_id>("targetVMID").doc("The hypervisor's id of the target."),
      field<&VmMigrationStatus::snapshot_ref>("snapshotRef").doc("VMSnapshot that is moved."),
      field<&VmMigrationStatus::snapshot_id>("snapshotID").doc("The hypervisor's id of the snapshot that is moved."),
      field<&VmMigrationStatus::export_id>("exportID").doc("The provider's name of the export."),
      field<&VmMigrationStatus::import_id>("importID").doc("The provider's name of the import."),
      field<&VmMigrationStatus::task_ref>("taskRef").doc("The provider's task that is under way."),
      field<&VmMigrationStatus::storage_info>("storageInfo").doc("What lies on the staging storage."),
      field<&VmMigrationStatus::storage_pvc_name>("storagePVCName").doc("The claim that is used as staging storage."),
      field<&VmMigrationStatus::validation_results>("validationResults")
          .doc("What was found when the target was looked at."),
      field<&VmMigrationStatus::retry_count>("retryCount").doc("How often it was tried again."),
      field<&VmMigrationStatus::last_retry_time>("lastRetryTime").doc("When it was last tried again."),
      field<&VmMigrationStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the migration, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmMigration>::info() {
  static const TypeInfo t = object("VmMigration", "Moving a machine to another hypervisor.", {
      field<&VmMigration::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmMigration::spec>("spec").doc("Which machine moves, how, and to where."),
      field<&VmMigration::status>("status").doc("Where the migration is."),
  }, {never_removed("spec")});
  return t;
}

// clang-format on

}  // namespace rig::schema
