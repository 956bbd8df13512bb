// api/v1beta1/vm_class.cc — the rows of vm_class.h.
#include "api/v1beta1/vm_class.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<Firmware>::info() {
  using enum Firmware;
  static const TypeInfo t = enumeration<Firmware>("Firmware", "What starts the guest.", {
      {kBios, "BIOS", "Legacy BIOS."},
      {kUefi, "UEFI", "UEFI."},
      {kEfi, "EFI", "The same as UEFI."},
  });
  return t;
}

const TypeInfo& Describe<GuestToolsPolicy>::info() {
  using enum GuestToolsPolicy;
  static const TypeInfo t = enumeration<GuestToolsPolicy>(
      "GuestToolsPolicy", "What to do about guest tools (VMware Tools, QEMU guest agent).", {
      {kInstall, "install", "See that they are there."},
      {kSkip, "skip", "Leave the guest alone."},
      {kUpgrade, "upgrade", "See that they are there and current."},
      {kUninstall, "uninstall", "Take them away."},
  });
  return t;
}

const TypeInfo& Describe<ProvisioningType>::info() {
  using enum ProvisioningType;
  static const TypeInfo t = enumeration<ProvisioningType>("ProvisioningType", "How the space of a disk is provided.", {
      {kThin, "thin", "Space is taken as it is written."},
      {kThick, "thick", "All space is taken at creation and zeroed when first written."},
      {kEagerzeroedthick, "eagerzeroedthick", "All space is taken and zeroed at creation."},
      {kSsd, "ssd", "On storage that the hypervisor marks as solid state."},
      {kHdd, "hdd", "On storage that the hypervisor marks as rotating."},
      {kNvme, "nvme", "On NVMe storage, or behind an NVMe controller."},
  });
  return t;
}

const TypeInfo& Describe<LatencySensitivity>::info() {
  using enum LatencySensitivity;
  static const TypeInfo t = enumeration<LatencySensitivity>(
      "LatencySensitivity", "How quickly the guest must get the CPU.", {
      {kLow, "low", "It may wait."},
      {kNormal, "normal", "As usual."},
      {kHigh, "high", "At once; the hypervisor sets CPU time aside for it."},
  });
  return t;
}

const TypeInfo& Describe<HyperThreadingPolicy>::info() {
  using enum HyperThreadingPolicy;
  static const TypeInfo t = enumeration<HyperThreadingPolicy>(
      "HyperThreadingPolicy", "Whether virtual CPUs may share a core's hardware threads.", {
      {kAuto, "auto", "The hypervisor decides."},
      {kPrefer, "prefer", "Rather share."},
      {kAvoid, "avoid", "Rather not share."},
      {kRequire, "require", "Always share."},
  });
  return t;
}

const TypeInfo& Describe<TpmVersion>::info() {
  using enum TpmVersion;
  static const TypeInfo t = enumeration<TpmVersion>("TpmVersion", "Version of a trusted platform module.", {
      {kV12, "1.2", "TPM 1.2."},
      {kV20, "2.0", "TPM 2.0."},
      {kV20, "2", "The same as 2.0."},
  });
  return t;
}

const TypeInfo& Describe<DiskDefaults>::info() {
  static const TypeInfo t = object("DiskDefaults", "The system disk, where the machine does not say otherwise.", {
      field<&DiskDefaults::type>("type").def(R"("thin")").doc("How the space is provided."),
      field<&DiskDefaults::size>("size").def(R"("40Gi")")
          .doc("Least capacity; an image that is larger keeps its size."),
      field<&DiskDefaults::iops>("iops").range(100, 100000).doc("Input and output operations a second at most."),
      field<&DiskDefaults::storage_class>("storageClass").max_length(253)
          .doc("Datastore, storage pool or storage id; the provider's default when empty."),
  });
  return t;
}

const TypeInfo& Describe<ResourceLimits>::info() {
  static const TypeInfo t = object(
      "ResourceLimits", "What the hypervisor guarantees a machine and what it withholds.", {
      field<&ResourceLimits::cpu_reservation>("cpuReservation").range(0, 100000)
          .doc("CPU that is kept for the machine, in MHz."),
      field<&ResourceLimits::cpu_limit>("cpuLimit").range(100, 100000)
          .doc("CPU that the machine gets at most, in MHz."),
      field<&ResourceLimits::cpu_shares>("cpuShares").range(1, 1000000)
          .doc("Weight against other machines when CPU is short."),
      field<&ResourceLimits::memory_reservation>("memoryReservation").doc("Memory that is kept for the machine."),
      field<&ResourceLimits::memory_limit>("memoryLimit").doc("Memory of the host that the machine gets at most."),
  });
  return t;
}

const TypeInfo& Describe<PerformanceProfile>::info() {
  static const TypeInfo t = object("PerformanceProfile", "Hardware features that cost or bring speed.", {
      field<&PerformanceProfile::cpu_hot_add_enabled>("cpuHotAddEnabled").def("false")
          .doc("Whether CPUs can be added while the machine runs."),
      field<&PerformanceProfile::memory_hot_add_enabled>("memoryHotAddEnabled").def("false")
          .doc("Whether memory can be added while the machine runs."),
      field<&PerformanceProfile::nested_virtualization>("nestedVirtualization").def("false")
          .doc("Whether the guest can run machines of its own."),
      field<&PerformanceProfile::virtualization_based_security>("virtualizationBasedSecurity").def("false")
          .doc("Whether Windows can protect itself with virtualization (VBS)."),
      field<&PerformanceProfile::latency_sensitivity>("latencySensitivity").def(R"("normal")")
          .doc("How quickly the guest must get the CPU."),
      field<&PerformanceProfile::hyper_threading_policy>("hyperThreadingPolicy").def(R"("auto")")
          .doc("Whether virtual CPUs may share a core's hardware threads."),
  });
  return t;
}

const TypeInfo& Describe<EncryptionPolicy>::info() {
  static const TypeInfo t = object("EncryptionPolicy", "Encryption of a machine's disks and state by the hypervisor.", {
      field<&EncryptionPolicy::enabled>("enabled").def("false").doc("Whether the machine is encrypted."),
      field<&EncryptionPolicy::key_provider>("keyProvider").doc("Who keeps the key."),
      field<&EncryptionPolicy::require_encryption>("requireEncryption").def("false")
          .doc("Whether a machine that cannot be encrypted is refused instead of made without."),
  });
  return t;
}

const TypeInfo& Describe<SecurityProfile>::info() {
  static const TypeInfo t = object(
      "SecurityProfile", "Hardware features that protect the guest. What a provider cannot give is refused before "
                         "the machine is made.", {
      field<&SecurityProfile::secure_boot>("secureBoot").def("false")
          .doc("Whether the firmware starts signed boot loaders only. Needs UEFI."),
      field<&SecurityProfile::tpm_enabled>("tpmEnabled").def("false")
          .doc("Whether the machine has a trusted platform module."),
      field<&SecurityProfile::tpm_version>("tpmVersion")
          .doc("Version of the trusted platform module; 2.0 when absent. Quote it in YAML."),
      field<&SecurityProfile::vtd_enabled>("vtdEnabled").def("false").doc("Whether the guest sees an IOMMU."),
      field<&SecurityProfile::encryption_policy>("encryptionPolicy").doc("Encryption by the hypervisor."),
  });
  return t;
}

const TypeInfo& Describe<VmClassSpec>::info() {
  static const TypeInfo t = object("VmClassSpec", "Sizes and hardware of the machines of this class.", {
      field<&VmClassSpec::cpu>("cpu").required().range(1, 128).doc("Number of virtual CPUs."),
      field<&VmClassSpec::memory>("memory").required().doc("Memory, such as 4Gi; rounded up to whole MiB."),
      field<&VmClassSpec::firmware>("firmware").def(R"("BIOS")").doc("What starts the guest."),
      field<&VmClassSpec::disk_defaults>("diskDefaults").doc("The system disk."),
      field<&VmClassSpec::guest_tools_policy>("guestToolsPolicy").def(R"("install")")
          .doc("What to do about guest tools."),
      field<&VmClassSpec::performance_profile>("performanceProfile").doc("Hardware features that cost or bring speed."),
      field<&VmClassSpec::security_profile>("securityProfile").doc("Hardware features that protect the guest."),
      field<&VmClassSpec::resource_limits>("resourceLimits")
          .doc("What the hypervisor guarantees and what it withholds."),
      field<&VmClassSpec::extra_config>("extraConfig").max_items(50)
          .doc("Settings in the hypervisor's own words. Each provider takes only the keys that its page lists."),
  });
  return t;
}

const TypeInfo& Describe<ClassValidation>::info() {
  static const TypeInfo t = object("ClassValidation", "Whether a provider can make machines of this class.", {
      field<&ClassValidation::valid>("valid").required().doc("Whether it can."),
      field<&ClassValidation::message>("message").doc("One sentence for a person."),
      field<&ClassValidation::warnings>("warnings").doc("What it would not act on."),
      field<&ClassValidation::last_validated>("lastValidated").doc("When it was asked."),
  });
  return t;
}

const TypeInfo& Describe<VmClassStatus>::info() {
  static const TypeInfo t = object("VmClassStatus", "Who uses the class and who can.", {
      field<&VmClassStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmClassStatus::used_by_vms>("usedByVMs").doc("Number of VirtualMachines that name this class."),
      field<&VmClassStatus::supported_providers>("supportedProviders")
          .doc("Providers that can make machines of this class."),
      field<&VmClassStatus::validation_results>("validationResults").doc("For each Provider, by name, whether it can."),
      field<&VmClassStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the class, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmClass>::info() {
  static const TypeInfo t = object("VmClass", "Sizes and hardware that many machines share.", {
      field<&VmClass::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmClass::spec>("spec").doc("Sizes and hardware of the machines of this class."),
      field<&VmClass::status>("status").doc("Who uses the class and who can."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
