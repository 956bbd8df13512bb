// api/v1beta1/vm_snapshot.cc — the rows of vm_snapshot.h.
#include "api/v1beta1/vm_snapshot.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<SnapshotType>::info() {
  using enum SnapshotType;
  static const TypeInfo t = enumeration<SnapshotType>("SnapshotType", "Kind of a snapshot.", {
      {kStandard, "Standard", "As includeMemory and quiesce say."},
      {kCrash, "Crash", "The disks as they are, like after a power failure."},
      {kApplication, "Application", "The guest's applications have written everything down."},
  });
  return t;
}

const TypeInfo& Describe<ConsistencyLevel>::info() {
  using enum ConsistencyLevel;
  static const TypeInfo t = enumeration<ConsistencyLevel>(
      "ConsistencyLevel", "What the guest has to write down before the snapshot.", {
      {kCrashConsistent, "CrashConsistent", "Nothing."},
      {kFilesystemConsistent, "FilesystemConsistent", "Its file systems."},
      {kApplicationConsistent, "ApplicationConsistent", "Its file systems and applications."},
  });
  return t;
}

const TypeInfo& Describe<ConcurrencyPolicy>::info() {
  using enum ConcurrencyPolicy;
  static const TypeInfo t = enumeration<ConcurrencyPolicy>(
      "ConcurrencyPolicy", "What to do when a snapshot is due while the one before is still being taken.", {
      {kAllow, "Allow", "Take both."},
      {kForbid, "Forbid", "Leave the new one out."},
      {kReplace, "Replace", "Give the old one up."},
  });
  return t;
}

const TypeInfo& Describe<SnapshotPurpose>::info() {
  using enum SnapshotPurpose;
  static const TypeInfo t = enumeration<SnapshotPurpose>("SnapshotPurpose", "Why a snapshot was taken.", {
      {kBackup, "backup", "As a backup."},
      {kTesting, "testing", "For tests."},
      {kMigration, "migration", "For a migration."},
      {kRestorePoint, "restore-point", "To go back to."},
      {kUpdate, "update", "Before an update."},
      {kOther, "other", "For something else."},
  });
  return t;
}

const TypeInfo& Describe<SnapshotPhase>::info() {
  using enum SnapshotPhase;
  static const TypeInfo t = enumeration<SnapshotPhase>("SnapshotPhase", "Where a snapshot is in its life.", {
      {kPending, "Pending", "Waiting for something it needs."},
      {kCreating, "Creating", "Being taken."},
      {kReady, "Ready", "It can be gone back to."},
      {kDeleting, "Deleting", "Being removed from the hypervisor."},
      {kFailed, "Failed", "It was not taken; only a user can help."},
      {kExpired, "Expired", "Its time is over."},
  });
  return t;
}

const TypeInfo& Describe<SnapshotEncryption>::info() {
  static const TypeInfo t = object("SnapshotEncryption", "Encryption of a snapshot by the hypervisor.", {
      field<&SnapshotEncryption::enabled>("enabled").def("false").doc("Whether the snapshot is encrypted."),
      field<&SnapshotEncryption::key_provider>("keyProvider").doc("Who keeps the key."),
      field<&SnapshotEncryption::key_ref>("keyRef").doc("Secret that names the key."),
  });
  return t;
}

const TypeInfo& Describe<SnapshotConfig>::info() {
  static const TypeInfo t = object("SnapshotConfig", "How the snapshot is taken.", {
      field<&SnapshotConfig::name>("name").max_length(255).pattern(R"(^[a-zA-Z0-9]([a-zA-Z0-9\-_]*[a-zA-Z0-9])?$)")
          .doc("Name of the snapshot on the hypervisor; the object's name when empty."),
      field<&SnapshotConfig::description>("description").max_length(1024).doc("Text stored with the snapshot."),
      field<&SnapshotConfig::include_memory>("includeMemory").def("false")
          .doc("Whether it holds the memory of the running machine too."),
      field<&SnapshotConfig::quiesce>("quiesce").def("true")
          .doc("Whether the guest agent is asked to write everything down first."),
      field<&SnapshotConfig::type>("type").def(R"("Standard")").doc("Kind of the snapshot."),
      field<&SnapshotConfig::consistency_level>("consistencyLevel").def(R"("FilesystemConsistent")")
          .doc("What the guest has to write down first."),
      field<&SnapshotConfig::compression>("compression").def("false").doc("Whether it is kept compressed."),
      field<&SnapshotConfig::encryption>("encryption").doc("Encryption by the hypervisor."),
  });
  return t;
}

const TypeInfo& Describe<RetentionPolicy>::info() {
  static const TypeInfo t = object("RetentionPolicy", "How long the snapshot is kept.", {
      field<&RetentionPolicy::max_age>("maxAge")
          .doc("Age at which it is removed, such as 168h; kept for ever when empty."),
      field<&RetentionPolicy::max_count>("maxCount").range(1, 100)
          .doc("Snapshots of the schedule that are kept; the oldest goes first."),
      field<&RetentionPolicy::delete_on_vm_delete>("deleteOnVMDelete").def("true")
          .doc("Whether it goes with the machine."),
      field<&RetentionPolicy::preserve_pinned>("preservePinned").def("true")
          .doc("Whether pinned snapshots are kept whatever their age and number."),
      field<&RetentionPolicy::grace_period>("gracePeriod").def(R"("24h")")
          .doc("How long it still stays after it has expired."),
  });
  return t;
}

const TypeInfo& Describe<SnapshotSchedule>::info() {
  static const TypeInfo t = object("SnapshotSchedule", "Taking snapshots again and again.", {
      field<&SnapshotSchedule::enabled>("enabled").def("false").doc("Whether the schedule is on."),
      field<&SnapshotSchedule::cron_spec>("cronSpec").pattern(kCronPattern)
          .doc("When, in cron's form: minute, hour, day of month, month, day of week; or @daily, @every 6h."),
      field<&SnapshotSchedule::timezone>("timezone").def(R"("UTC")")
          .doc("Time zone of cronSpec, such as Europe/Berlin."),
      field<&SnapshotSchedule::suspend>("suspend").def("false").doc("Whether the schedule rests for now."),
      field<&SnapshotSchedule::concurrency_policy>("concurrencyPolicy").def(R"("Forbid")")
          .doc("What to do when the one before is still being taken."),
      field<&SnapshotSchedule::successful_jobs_history_limit>("successfulJobsHistoryLimit").def("3").range(0, 100)
          .doc("Snapshots that succeeded which are remembered."),
      field<&SnapshotSchedule::failed_jobs_history_limit>("failedJobsHistoryLimit").def("1").range(0, 100)
          .doc("Snapshots that failed which are remembered."),
  });
  return t;
}

const TypeInfo& Describe<VmSnapshotMetadata>::info() {
  static const TypeInfo t = object("VmSnapshotMetadata", "What people want to know about the snapshot.", {
      field<&VmSnapshotMetadata::purpose>("purpose").doc("Why it was taken."),
      field<&VmSnapshotMetadata::environment>("environment").doc("Which stage it belongs to."),
      field<&VmSnapshotMetadata::application>("application").max_length(255).doc("Application on the machine."),
      field<&VmSnapshotMetadata::pinned>("pinned").def("false").doc("Whether it is to be kept whatever its age."),
      field<&VmSnapshotMetadata::tags>("tags").max_items(50).doc("Tags of your own."),
  });
  return t;
}

const TypeInfo& Describe<VmSnapshotSpec>::info() {
  static const TypeInfo t = object("VmSnapshotSpec", "Which machine, and how its snapshot is taken and kept.", {
      field<&VmSnapshotSpec::vm_ref>("vmRef").required().immutable()
          .doc("VirtualMachine in the same namespace."),
      field<&VmSnapshotSpec::snapshot_config>("snapshotConfig").doc("How the snapshot is taken."),
      field<&VmSnapshotSpec::retention_policy>("retentionPolicy").doc("How long it is kept."),
      field<&VmSnapshotSpec::schedule>("schedule").doc("Taking snapshots again and again."),
      field<&VmSnapshotSpec::metadata>("metadata").doc("What people want to know about it."),
  });
  return t;
}

const TypeInfo& Describe<VmSnapshotRef>::info() {
  static const TypeInfo t = object("VmSnapshotRef", "Another snapshot of the same machine.", {
      field<&VmSnapshotRef::name>("name").required().doc("Its name."),
      field<&VmSnapshotRef::namespace_>("namespace").doc("Its namespace."),
      field<&VmSnapshotRef::uid>("uid").doc("Its UID."),
  });
  return t;
}

const TypeInfo& Describe<SnapshotProgress>::info() {
  static const TypeInfo t = object("SnapshotProgress", "How far the snapshot has come.", {
      field<&SnapshotProgress::percentage>("percentage").range(0, 100).doc("Part that is done, in percent."),
      field<&SnapshotProgress::completed_bytes>("completedBytes").doc("Bytes that are done."),
      field<&SnapshotProgress::total_bytes>("totalBytes").doc("Bytes in all."),
      field<&SnapshotProgress::start_time>("startTime").doc("When it began."),
      field<&SnapshotProgress::eta>("eta").doc("How long it will still take, such as 4m30s."),
  });
  return t;
}

const TypeInfo& Describe<SnapshotProviderStatus>::info() {
  static const TypeInfo t = object("SnapshotProviderStatus", "The snapshot on one Provider.", {
      field<&SnapshotProviderStatus::available>("available").required().doc("Whether it can be gone back to there."),
      field<&SnapshotProviderStatus::id>("id").doc("The hypervisor's id of it."),
      field<&SnapshotProviderStatus::path>("path").doc("Where it lies, in the hypervisor's own words."),
      field<&SnapshotProviderStatus::state>("state").doc("Its state, in the hypervisor's own word."),
      field<&SnapshotProviderStatus::message>("message").doc("One sentence for a person."),
      field<&SnapshotProviderStatus::last_updated>("lastUpdated").doc("When this entry last changed."),
  });
  return t;
}

const TypeInfo& Describe<VmSnapshotStatus>::info() {
  static const TypeInfo t = object("VmSnapshotStatus", "Where the snapshot is.", {
      field<&VmSnapshotStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmSnapshotStatus::phase>("phase").doc("Where it is in its life."),
      field<&VmSnapshotStatus::message>("message").doc("One sentence for a person."),
      field<&VmSnapshotStatus::snapshot_id>("snapshotID").doc("The hypervisor's id of it."),
      field<&VmSnapshotStatus::creation_time>("creationTime").doc("When it was taken."),
      field<&VmSnapshotStatus::completion_time>("completionTime").doc("When taking it ended."),
      field<&VmSnapshotStatus::expiry_time>("expiryTime").doc("When it will be removed."),
      field<&VmSnapshotStatus::size>("size").doc("Space that it takes."),
      field<&VmSnapshotStatus::virtual_size>("virtualSize").doc("Capacity of the disks in it."),
      field<&VmSnapshotStatus::parent>("parent").doc("The snapshot that it builds on."),
      field<&VmSnapshotStatus::children>("children").doc("The snapshots that build on it."),
      field<&VmSnapshotStatus::progress>("progress").doc("How far it has come."),
      field<&VmSnapshotStatus::provider_status>("providerStatus").doc("The snapshot on each Provider, by name."),
      field<&VmSnapshotStatus::task_ref>("taskRef").doc("The provider's task that takes or removes it."),
      field<&VmSnapshotStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the snapshot, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmSnapshot>::info() {
  static const TypeInfo t = object("VmSnapshot", "A state of a machine to which one can go back.", {
      field<&VmSnapshot::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmSnapshot::spec>("spec").doc("Which machine, and how its snapshot is taken and kept."),
      field<&VmSnapshot::status>("status").doc("Where the snapshot is."),
  }, {never_removed("spec")});
  return t;
}

// clang-format on

}  // namespace rig::schema
