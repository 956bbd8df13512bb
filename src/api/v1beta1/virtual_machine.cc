// api/v1beta1/virtual_machine.cc — the rows of virtual_machine.h.
#include "api/v1beta1/virtual_machine.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<PowerState>::info() {
  using enum PowerState;
  static const TypeInfo t = enumeration<PowerState>("PowerState", "Whether a machine runs.", {
      {kOn, "On", "Running."},
      {kOff, "Off", "Switched off at once, like pulling the plug."},
      {kOffGraceful, "OffGraceful",
       "Shut down by the guest, and switched off when that takes longer than lifecycle.gracefulShutdownTimeout."},
  });
  return t;
}

const TypeInfo& Describe<MachinePhase>::info() {
  using enum MachinePhase;
  static const TypeInfo t = enumeration<MachinePhase>(
      "MachinePhase", "Where a machine is in its life, in one word. Conditions say more.", {
      {kPending, "Pending", "Waiting for something it needs."},
      {kProvisioning, "Provisioning", "Being made."},
      {kRunning, "Running", "Running."},
      {kStopped, "Stopped", "Off."},
      {kReconfiguring, "Reconfiguring", "Being changed."},
      {kDeleting, "Deleting", "Being removed from the hypervisor."},
      {kFailed, "Failed", "Only a user can help."},
  });
  return t;
}

const TypeInfo& Describe<ImportedDiskFormat>::info() {
  using enum ImportedDiskFormat;
  static const TypeInfo t = enumeration<ImportedDiskFormat>("ImportedDiskFormat", "Format of an imported disk.", {
      {kQcow2, "qcow2", "QEMU copy-on-write, version 2 or 3."},
      {kVmdk, "vmdk", "VMware virtual disk."},
      {kRaw, "raw", "The bytes of the disk and nothing else."},
      {kVdi, "vdi", "VirtualBox disk image."},
      {kVhdx, "vhdx", "Hyper-V virtual disk."},
  });
  return t;
}

const TypeInfo& Describe<ImportedDiskSource>::info() {
  using enum ImportedDiskSource;
  static const TypeInfo t = enumeration<ImportedDiskSource>("ImportedDiskSource", "How an imported disk came to be.", {
      {kMigration, "migration", "Brought by a VMMigration."},
      {kClone, "clone", "Made by a VMClone."},
      {kImport, "import", "Imported by a user."},
      {kSnapshot, "snapshot", "Made from a snapshot."},
      {kManual, "manual", "Put there by hand, or found there by adoption."},
  });
  return t;
}

const TypeInfo& Describe<DeletionPolicy>::info() {
  using enum DeletionPolicy;
  static const TypeInfo t = enumeration<DeletionPolicy>(
      "DeletionPolicy", "What becomes of the machine on the hypervisor when its object is deleted.", {
      {kDelete, "Delete", "The machine and its disks are removed."},
      {kRetain, "Retain", "The machine stays as it is and is no longer managed."},
  });
  return t;
}

const TypeInfo& Describe<ImportedDisk>::info() {
  static const TypeInfo t = object(
      "ImportedDisk", "A disk that is already on the hypervisor and becomes the system disk of the machine, "
                      "instead of an image.", {
      field<&ImportedDisk::disk_id>("diskID").required().min_length(1).max_length(253)
          .doc("Name of the disk, by which the provider finds it when path is empty."),
      field<&ImportedDisk::path>("path")
          .doc("Where the disk lies, in the hypervisor's own words: a file or volume, `[datastore] "
               "folder/disk.vmdk`, `storage:volume`."),
      field<&ImportedDisk::format>("format").def(R"("qcow2")").doc("Format of the disk."),
      field<&ImportedDisk::source>("source").doc("How the disk came to be; for information."),
      field<&ImportedDisk::migration_ref>("migrationRef").doc("VMMigration that brought the disk; for information."),
      field<&ImportedDisk::size_gib>("sizeGiB").min(1).doc("Capacity in GiB that the system disk shall at least have."),
  });
  return t;
}

const TypeInfo& Describe<GpuSpec>::info() {
  static const TypeInfo t = object("GpuSpec", "Graphics processors of a machine.", {
      field<&GpuSpec::count>("count").required().range(1, 8).doc("How many."),
      field<&GpuSpec::type>("type").pattern(R"(^[a-zA-Z0-9-_]+$)").doc("Model or profile, as the hypervisor names it."),
      field<&GpuSpec::memory>("memory").min(512).doc("Memory of each, in MiB."),
  });
  return t;
}

const TypeInfo& Describe<VmResources>::info() {
  static const TypeInfo t = object("VmResources", "Sizes that differ from those of the class.", {
      field<&VmResources::cpu>("cpu").range(1, 128).doc("Number of virtual CPUs."),
      field<&VmResources::memory_mib>("memoryMiB").range(128, 1048576).doc("Memory in MiB."),
      field<&VmResources::gpu>("gpu").doc("Graphics processors."),
  });
  return t;
}

const TypeInfo& Describe<Placement>::info() {
  static const TypeInfo t = object(
      "Placement", "Where on the hypervisor a machine is made. Empty fields are the provider's choice.", {
      field<&Placement::cluster>("cluster").doc("Cluster of hosts."),
      field<&Placement::host>("host").doc("One host."),
      field<&Placement::datastore>("datastore").doc("Datastore, storage pool or storage id for the system disk."),
      field<&Placement::storage_pod>("storagePod").doc("Datastore cluster (vSphere Storage DRS) for the system disk."),
      field<&Placement::folder>("folder").doc("Inventory folder."),
      field<&Placement::resource_pool>("resourcePool").doc("Resource pool."),
  });
  return t;
}

const TypeInfo& Describe<SnapshotRevert>::info() {
  static const TypeInfo t = object("SnapshotRevert", "Going back to a snapshot.", {
      field<&SnapshotRevert::revert_to_ref>("revertToRef")
          .doc("VMSnapshot of this machine to go back to. What happened since is lost."),
  });
  return t;
}

const TypeInfo& Describe<VirtualMachineSpec>::info() {
  static const TypeInfo t = object("VirtualMachineSpec", "What the machine shall be.", {
      field<&VirtualMachineSpec::provider_ref>("providerRef").required().immutable()
          .doc("Provider that runs the machine. It cannot be changed: use a VMMigration."),
      field<&VirtualMachineSpec::class_ref>("classRef").required().doc("VMClass with CPUs, memory and firmware."),
      field<&VirtualMachineSpec::image_ref>("imageRef")
          .doc("VMImage that the system disk is made from. Read once, when the machine is made."),
      field<&VirtualMachineSpec::imported_disk>("importedDisk")
          .doc("A disk that is already there and becomes the system disk, instead of imageRef."),
      field<&VirtualMachineSpec::power_state>("powerState").doc("Whether the machine shall run; On when absent."),
      field<&VirtualMachineSpec::resources>("resources").doc("CPUs and memory where they differ from the class."),
      field<&VirtualMachineSpec::disks>("disks").max_items(20).doc("Data disks."),
      field<&VirtualMachineSpec::networks>("networks").max_items(10)
          .doc("Network interfaces; one on the hypervisor's default network when empty."),
      field<&VirtualMachineSpec::user_data>("userData").doc("What the guest is told at its first boot."),
      field<&VirtualMachineSpec::meta_data>("metaData").doc("Further cloud-init meta-data."),
      field<&VirtualMachineSpec::network_config>("networkConfig").addition()
          .doc("Cloud-init network-config of your own."),
      field<&VirtualMachineSpec::placement>("placement").doc("Where on the hypervisor the machine is made."),
      field<&VirtualMachineSpec::placement_ref>("placementRef")
          .doc("VMPlacementPolicy in the same namespace that chooses the place."),
      field<&VirtualMachineSpec::lifecycle>("lifecycle").doc("What happens around start and stop."),
      field<&VirtualMachineSpec::snapshot>("snapshot").doc("Going back to a snapshot."),
      field<&VirtualMachineSpec::tags>("tags").max_items(50).doc("Tags for the machine on the hypervisor."),
      field<&VirtualMachineSpec::deletion_policy>("deletionPolicy").addition()
          .doc("What becomes of the machine when the object is deleted. When absent, a machine that was made for "
               "the object is removed and an adopted one is kept."),
  }, {at_most_one_of({"imageRef", "importedDisk"})});
  return t;
}

const TypeInfo& Describe<VmSnapshotInfo>::info() {
  static const TypeInfo t = object(
      "VmSnapshotInfo", "A snapshot that the hypervisor has of this machine, whoever took it.", {
      field<&VmSnapshotInfo::id>("id").required().doc("The hypervisor's id of the snapshot."),
      field<&VmSnapshotInfo::name>("name").required().doc("Name of the snapshot."),
      field<&VmSnapshotInfo::description>("description").doc("Text stored with the snapshot."),
      field<&VmSnapshotInfo::creation_time>("creationTime").required().doc("When it was taken."),
      field<&VmSnapshotInfo::size_bytes>("sizeBytes").doc("Space that it takes, in bytes."),
      field<&VmSnapshotInfo::has_memory>("hasMemory").doc("Whether it holds the memory of the running machine."),
  });
  return t;
}

const TypeInfo& Describe<VirtualMachineStatus>::info() {
  static const TypeInfo t = object("VirtualMachineStatus", "What the machine is.", {
      field<&VirtualMachineStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VirtualMachineStatus::phase>("phase").doc("Where the machine is in its life."),
      field<&VirtualMachineStatus::message>("message").doc("One sentence for a person about what is happening."),
      field<&VirtualMachineStatus::power_state>("powerState")
          .doc("Whether the machine runs. A paused or suspended machine is Off here and is explained in a condition."),
      field<&VirtualMachineStatus::id>("id")
          .doc("The hypervisor's id of the machine: domain name, managed object id, VMID."),
      field<&VirtualMachineStatus::host>("host").addition().doc("Host of the hypervisor that the machine is on."),
      field<&VirtualMachineStatus::ips>("ips")
          .doc("Addresses of the machine, as its guest and the network's leases tell."),
      field<&VirtualMachineStatus::console_url>("consoleURL").doc("Where a viewer finds the console."),
      field<&VirtualMachineStatus::current_resources>("currentResources")
          .doc("CPUs and memory that the machine has now."),
      field<&VirtualMachineStatus::snapshots>("snapshots").doc("Snapshots that the hypervisor has of this machine."),
      field<&VirtualMachineStatus::provider>("provider").doc("Further facts, in the provider's own words."),
      field<&VirtualMachineStatus::last_reconfigure_time>("lastReconfigureTime")
          .doc("When the machine was last changed."),
      field<&VirtualMachineStatus::last_task_ref>("lastTaskRef")
          .doc("The provider's task that is under way to make, start, stop or remove the machine."),
      field<&VirtualMachineStatus::reconfigure_task_ref>("reconfigureTaskRef")
          .doc("The provider's task that is under way to change the machine."),
      field<&VirtualMachineStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the machine, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VirtualMachine>::info() {
  static const TypeInfo t = object("VirtualMachine", "A machine on a hypervisor.", {
      field<&VirtualMachine::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VirtualMachine::spec>("spec").doc("What the machine shall be."),
      field<&VirtualMachine::status>("status").doc("What the machine is."),
  }, {never_removed("spec")});
  return t;
}

// clang-format on

}  // namespace rig::schema
