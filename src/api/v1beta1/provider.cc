// api/v1beta1/provider.cc — the rows of provider.h.
#include "api/v1beta1/provider.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<ProviderType>::info() {
  using enum ProviderType;
  static const TypeInfo t = enumeration<ProviderType>("ProviderType", "What kind of hypervisor this is.", {
      {kLibvirt, "libvirt", "QEMU/KVM by way of libvirt."},
      {kVsphere, "vsphere", "VMware vCenter or ESXi."},
      {kProxmox, "proxmox", "Proxmox VE."},
      {kMock, "mock", "Machines that exist only in memory, for trying things out and for tests."},
      {kFirecracker, "firecracker", "Firecracker. There is no provider for it yet."},
      {kQemu, "qemu", "QEMU without libvirt. There is no provider for it yet."},
  });
  return t;
}

const TypeInfo& Describe<ProviderCapability>::info() {
  using enum ProviderCapability;
  static const TypeInfo t = enumeration<ProviderCapability>("ProviderCapability", "One thing that a provider can do.", {
      {kVirtualMachines, "VirtualMachines", "Make, change and remove machines."},
      {kSnapshots, "Snapshots", "Take snapshots and go back to them."},
      {kCloning, "Cloning", "Clone machines."},
      {kLiveMigration, "LiveMigration", "Move running machines between hosts."},
      {kConsoleAccess, "ConsoleAccess", "Give access to consoles."},
      {kDiskManagement, "DiskManagement", "Add, grow and remove disks."},
      {kNetworkManagement, "NetworkManagement", "Connect machines to networks."},
      {kGpuPassthrough, "GPUPassthrough", "Give machines graphics processors."},
      {kHighAvailability, "HighAvailability", "Restart machines on another host."},
      {kBackup, "Backup", "Back up machines."},
      {kTemplates, "Templates", "Make machines from templates."},
  });
  return t;
}

const TypeInfo& Describe<ProviderDefaults>::info() {
  static const TypeInfo t = object(
      "ProviderDefaults", "Places that are used when a machine's `placement` does not name one.", {
      field<&ProviderDefaults::datastore>("datastore").max_length(255).doc("Datastore, storage pool or storage id."),
      field<&ProviderDefaults::cluster>("cluster").max_length(255).doc("Cluster of hosts."),
      field<&ProviderDefaults::folder>("folder").max_length(255).doc("Inventory folder."),
      field<&ProviderDefaults::network>("network").max_length(255)
          .doc("Network that an interface without networkRef is connected to."),
      field<&ProviderDefaults::resource_pool>("resourcePool").max_length(255).doc("Resource pool."),
      field<&ProviderDefaults::storage_pod>("storagePod").max_length(255).doc("Datastore cluster."),
  });
  return t;
}

const TypeInfo& Describe<ProviderRateLimit>::info() {
  static const TypeInfo t = object("ProviderRateLimit", "How many requests the hypervisor is sent.", {
      field<&ProviderRateLimit::qps>("qps").sizeless().def("10").range(1, 1000).doc("Requests a second on average."),
      field<&ProviderRateLimit::burst>("burst").sizeless().def("20").range(1, 2000)
          .doc("Requests at once after a quiet time."),
  });
  return t;
}

const TypeInfo& Describe<ProviderHealthCheck>::info() {
  static const TypeInfo t = object("ProviderHealthCheck", "How it is found out that the hypervisor answers.", {
      field<&ProviderHealthCheck::enabled>("enabled").def("true").doc("Whether it is asked at all."),
      field<&ProviderHealthCheck::interval>("interval").def(R"("30s")").doc("How often it is asked, such as 30s."),
      field<&ProviderHealthCheck::timeout>("timeout").def(R"("10s")").doc("How long an answer may take."),
      field<&ProviderHealthCheck::failure_threshold>("failureThreshold").def("3").range(1, 10)
          .doc("Failures in a row after which the Provider counts as unhealthy."),
      field<&ProviderHealthCheck::success_threshold>("successThreshold").def("1").range(1, 10)
          .doc("Answers in a row after which it counts as healthy again."),
  });
  return t;
}

const TypeInfo& Describe<ConnectionPooling>::info() {
  static const TypeInfo t = object("ConnectionPooling", "Connections to the hypervisor that are kept open.", {
      field<&ConnectionPooling::max_connections>("maxConnections").def("10").range(1, 100).doc("Connections at most."),
      field<&ConnectionPooling::max_idle_connections>("maxIdleConnections").def("5").min(1)
          .doc("Idle connections that are kept at most."),
      field<&ConnectionPooling::connection_timeout>("connectionTimeout").def(R"("30s")")
          .doc("How long it may take to connect."),
      field<&ConnectionPooling::idle_timeout>("idleTimeout").def(R"("5m")").doc("How long an idle connection is kept."),
  });
  return t;
}

const TypeInfo& Describe<ProviderSpec>::info() {
  static const TypeInfo t = object("ProviderSpec", "How to reach the hypervisor, and how the provider for it runs.", {
      field<&ProviderSpec::type>("type").required().doc("What kind of hypervisor this is."),
      field<&ProviderSpec::endpoint>("endpoint").required().pattern(kEndpointPattern)
          .doc("Where the hypervisor is: a libvirt URI (qemu:///system, qemu+ssh://user@host/system), "
               "https://vcenter/sdk, https://pve:8006, or mock://."),
      field<&ProviderSpec::credential_secret_ref>("credentialSecretRef").required()
          .doc("Secret in the Provider's namespace with the credentials, as the provider's page describes them."),
      field<&ProviderSpec::insecure_skip_verify>("insecureSkipVerify").def("false")
          .doc("Whether any TLS certificate of the hypervisor is accepted. For tests only."),
      field<&ProviderSpec::defaults>("defaults").doc("Places for machines that do not name one."),
      field<&ProviderSpec::runtime>("runtime").required().doc("How the provider runs."),
      field<&ProviderSpec::health_check>("healthCheck").doc("How it is found out that the hypervisor answers."),
      field<&ProviderSpec::rate_limit>("rateLimit").doc("How many requests the hypervisor is sent."),
      field<&ProviderSpec::connection_pooling>("connectionPooling")
          .doc("Connections to the hypervisor that are kept open."),
  });
  return t;
}

const TypeInfo& Describe<ProviderAdoption>::info() {
  static const TypeInfo t = object(
      "ProviderAdoption", "What came of taking over machines that were there before (annotation "
                          "virtrigaud.io/adopt-vms).", {
      field<&ProviderAdoption::discovered_vms>("discoveredVMs")
          .doc("Machines found on the hypervisor that no VirtualMachine stands for."),
      field<&ProviderAdoption::adopted_vms>("adoptedVMs").doc("Machines that a VirtualMachine was made for."),
      field<&ProviderAdoption::failed_adoptions>("failedAdoptions").doc("Machines that could not be adopted."),
      field<&ProviderAdoption::last_discovery_time>("lastDiscoveryTime")
          .doc("When the hypervisor was last looked through."),
      field<&ProviderAdoption::message>("message").doc("One sentence for a person."),
  });
  return t;
}

const TypeInfo& Describe<ReportedCapabilities>::info() {
  static const TypeInfo t = object("ReportedCapabilities", "What the provider says it can do.", {
      field<&ReportedCapabilities::supports_reconfigure_online>("supportsReconfigureOnline")
          .doc("Changing CPUs and memory of a running machine."),
      field<&ReportedCapabilities::supports_disk_expansion_online>("supportsDiskExpansionOnline")
          .doc("Growing disks of a running machine."),
      field<&ReportedCapabilities::supports_snapshots>("supportsSnapshots").doc("Snapshots."),
      field<&ReportedCapabilities::supports_memory_snapshots>("supportsMemorySnapshots")
          .doc("Snapshots with the memory of the running machine."),
      field<&ReportedCapabilities::supports_linked_clones>("supportsLinkedClones")
          .doc("Clones that share unchanged blocks with their source."),
      field<&ReportedCapabilities::supports_image_import>("supportsImageImport")
          .doc("Fetching images ahead of the first machine."),
      field<&ReportedCapabilities::supports_disk_export>("supportsDiskExport")
          .doc("Writing a machine's disks to staging storage."),
      field<&ReportedCapabilities::supports_disk_import>("supportsDiskImport")
          .doc("Making disks from staging storage."),
      field<&ReportedCapabilities::supports_export_compression>("supportsExportCompression")
          .doc("Compressing what is exported."),
      field<&ReportedCapabilities::supported_disk_types>("supportedDiskTypes").doc("Kinds of disks."),
      field<&ReportedCapabilities::supported_network_types>("supportedNetworkTypes")
          .doc("Kinds of network interfaces."),
      field<&ReportedCapabilities::supported_export_formats>("supportedExportFormats")
          .doc("Disk formats that it writes."),
      field<&ReportedCapabilities::supported_import_formats>("supportedImportFormats")
          .doc("Disk formats that it reads."),
      field<&ReportedCapabilities::supported_export_backends>("supportedExportBackends")
          .doc("Staging storage that it writes to."),
      field<&ReportedCapabilities::supported_import_backends>("supportedImportBackends")
          .doc("Staging storage that it reads from."),
      field<&ReportedCapabilities::supported_transfer_modes>("supportedTransferModes")
          .doc("Ways in which disks travel."),
  });
  return t;
}

const TypeInfo& Describe<ResourceAmount>::info() {
  static const TypeInfo t = object(
      "ResourceAmount", "How much of something there is. CPU in MHz, memory and storage in bytes.", {
      field<&ResourceAmount::total>("total").doc("What there is."),
      field<&ResourceAmount::used>("used").doc("What is taken."),
      field<&ResourceAmount::available>("available").doc("What is free."),
      field<&ResourceAmount::usage_percent>("usagePercent").doc("Share that is taken, in percent."),
  });
  return t;
}

const TypeInfo& Describe<NetworkUsage>::info() {
  static const TypeInfo t = object(
      "NetworkUsage", "What went over the network since the hypervisor's counters began.", {
      field<&NetworkUsage::bytes_received>("bytesReceived").doc("Bytes received."),
      field<&NetworkUsage::bytes_sent>("bytesSent").doc("Bytes sent."),
      field<&NetworkUsage::packets_received>("packetsReceived").doc("Packets received."),
      field<&NetworkUsage::packets_sent>("packetsSent").doc("Packets sent."),
  });
  return t;
}

const TypeInfo& Describe<ProviderResourceUsage>::info() {
  static const TypeInfo t = object("ProviderResourceUsage", "How full the hypervisor is, over all its hosts.", {
      field<&ProviderResourceUsage::cpu>("cpu").doc("CPU, in MHz."),
      field<&ProviderResourceUsage::memory>("memory").doc("Memory, in bytes."),
      field<&ProviderResourceUsage::storage>("storage").doc("Storage, in bytes."),
      field<&ProviderResourceUsage::network>("network").doc("Network traffic."),
  });
  return t;
}

const TypeInfo& Describe<ProviderStatus>::info() {
  static const TypeInfo t = object("ProviderStatus", "How the hypervisor and its provider do.", {
      field<&ProviderStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&ProviderStatus::healthy>("healthy").doc("Whether the hypervisor answered lately."),
      field<&ProviderStatus::last_health_check>("lastHealthCheck").doc("When `healthy` last changed."),
      field<&ProviderStatus::version>("version").doc("Version of the hypervisor."),
      field<&ProviderStatus::connected_vms>("connectedVMs").doc("Number of VirtualMachines that name this Provider."),
      field<&ProviderStatus::runtime>("runtime").doc("How the provider's process does."),
      field<&ProviderStatus::capabilities>("capabilities")
          .doc("What can be done with this hypervisor, in one word each."),
      field<&ProviderStatus::reported_capabilities>("reportedCapabilities").doc("What the provider says it can do."),
      field<&ProviderStatus::resource_usage>("resourceUsage").doc("How full the hypervisor is."),
      field<&ProviderStatus::adoption>("adoption").doc("What came of taking over machines that were there before."),
      field<&ProviderStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the provider, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<Provider>::info() {
  static const TypeInfo t = object(
      "Provider", "A hypervisor that machines run on, and the process that speaks to it.", {
      field<&Provider::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&Provider::spec>("spec").doc("How to reach the hypervisor, and how the provider for it runs."),
      field<&Provider::status>("status").doc("How the hypervisor and its provider do."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
