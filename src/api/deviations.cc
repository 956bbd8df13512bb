// api/deviations.cc — the entries, with the reference's texts as they are in its definitions.
#include "api/deviations.h"

#include "api/patterns.h"

namespace rig::api {
namespace {

constexpr std::string_view kIpv4CidrPattern =
    R"(^((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?))"
    R"(/([0-9]|[1-2][0-9]|3[0-2])$)";
constexpr std::string_view kNetwork = "VMNetworkAttachment";
constexpr std::string_view kRules = "x-kubernetes-validations";
constexpr std::string_view kAtMostOneSource = "at most one of imageRef, importedDisk must be set";

constexpr std::string_view kDottedNames = "Objects may have dots in their names; a reference must be able to say so.";
constexpr std::string_view kIpv6 = "Addresses may be IPv6.";
constexpr std::string_view kRegistryPorts = "A registry may have a port.";
constexpr std::string_view kConditionKeys = "Conditions of two writers are told apart by their type.";
constexpr std::string_view kPromisedNames = "The short name that the reference's README promises.";
constexpr std::string_view kOneSource = "A machine has one system disk.";
constexpr std::string_view kOneOrigin = "A clone of two things, or of nothing, cannot be made.";
constexpr std::string_view kDone =
    "What it is about is decided once: another one would be ignored, or mixed with what was done for the first.";
constexpr std::string_view kImmutable = "field is immutable", kSpecStays = "spec cannot be removed once it is set";
constexpr std::string_view kFixedProvider = "The id of a machine means nothing to another provider.";

}  // namespace

std::span<const Deviation> deviations() {
  // clang-format off
  static constexpr Deviation kAll[] = {
      {"*", "status.conditions", "x-kubernetes-list-type", "", "map", kConditionKeys},
      {"*", "status.conditions", "x-kubernetes-list-map-keys", "", R"(["type"])", kConditionKeys},

      {"*", "*Ref.name", "pattern", kLabelPattern, kNamePattern, kDottedNames},
      {"VMImage", "spec.source.dataVolume.name", "pattern", kLabelPattern, kNamePattern, kDottedNames},
      {"VMClone", "spec.target.name", "pattern", kLabelPattern, kNamePattern, kDottedNames},
      {"VMMigration", "spec.target.name", "pattern", kLabelPattern, kNamePattern, kDottedNames},
      {"VMPlacementPolicy", "status.usedByVMs[].name", "pattern", kLabelPattern, kNamePattern, kDottedNames},

      {"*", "spec*.networks[].ipAddress", "pattern", kIpv4Pattern, kAddressPattern, kIpv6},
      {"*", "spec*.networks[].gateway", "pattern", kIpv4Pattern, kAddressPattern, kIpv6},
      {"*", "spec*.networks[].prefix", "maximum", "32", "128", kIpv6},
      {kNetwork, "spec.ipAllocation.poolConfig.preferredIP", "pattern", kIpv4Pattern, kAddressPattern, kIpv6},
      {kNetwork, "spec.ipAllocation.staticConfig.address", "pattern", kIpv4CidrPattern, kCidrPattern, kIpv6},
      {kNetwork, "spec.ipAllocation.staticConfig.gateway", "pattern", kIpv4Pattern, kAddressPattern, kIpv6},
      {kNetwork, "spec.ipAllocation.staticConfig.routes[].destination", "pattern",
       kIpv4CidrPattern, kCidrPattern, kIpv6},
      {kNetwork, "spec.ipAllocation.staticConfig.routes[].gateway", "pattern",
       kIpv4Pattern, kAddressPattern, kIpv6},

      {"VirtualMachine", "", "subresources",
       R"({"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"},"status":{}})",
       R"({"status":{}})", "A machine has no replicas; the reference's scale subresource points at nothing."},
      {"VirtualMachine", "spec", kRules, "", kAtMostOneSource, kOneSource},
      {"VirtualMachine", "", kRules, "", kSpecStays, kFixedProvider},
      {"VirtualMachine", "spec.providerRef", kRules, "", kImmutable, kFixedProvider},
      {"VirtualMachine", "status.provider", "x-kubernetes-preserve-unknown-fields", "true", "",
       "A map of strings keeps every key anyway."},
      {"VMSet", "spec.template.spec", kRules, "", kAtMostOneSource, kOneSource},
      {"VMSet", "spec.template.spec.providerRef", kRules, "", kImmutable, kFixedProvider},

      {"VMClone", "", kRules, "", kSpecStays, kDone},
      {"VMClone", "spec.source", kRules, "",
       "exactly one of vmRef, snapshotRef, templateRef, imageRef must be set; field is immutable", kOneOrigin},
      {"VMMigration", "", kRules, "", kSpecStays, kDone},
      {"VMMigration", "spec.source.vmRef", kRules, "", kImmutable, kDone},
      {"VMSnapshot", "", kRules, "", kSpecStays, kDone},
      {"VMSnapshot", "spec.vmRef", kRules, "", kImmutable, kDone},

      {"Provider", "spec.type", "enum", R"(["firecracker","libvirt","proxmox","qemu","vsphere"])",
       R"(["firecracker","libvirt","mock","proxmox","qemu","vsphere"])", "The mock provider can be asked for by name."},
      {"Provider", "spec.endpoint", "pattern",
       R"(^((https?://[a-zA-Z0-9.-]+(:[0-9]+)?(/.*)?|(tcp|grpc)://[a-zA-Z0-9.-]+:[0-9]+(/.*)?)|)"
       R"(qemu(\+ssh|\+tcp|\+tls)?://([a-zA-Z0-9@.-]+(:[0-9]+)?)?(/.*))$)", kEndpointPattern,
       "All of libvirt's transports, IPv6, host names with underscores, the mock and libvirt's test driver."},
      {"Provider", "spec.runtime.image", "pattern",
       "^[a-zA-Z0-9._/-]+(:[a-zA-Z0-9._-]+)?(@[a-zA-Z0-9]+:[a-fA-F0-9]{64})?$", kImagePattern, kRegistryPorts},

      {"VMClass", "", "shortNames", R"(["vmclass"])", R"(["vmclass","vmc"])", kPromisedNames},
      {"VMClass", "spec.securityProfile.tpmVersion", "enum", "[1.2,2]", R"(["1.2","2","2.0"])",
       "The reference lists numbers for a string, so that nothing is valid."},
      {"VMImage", "", "shortNames", R"(["vmimg"])", R"(["vmimg","vmi"])", kPromisedNames},
      {"VMImage", "spec.source.registry.image", "pattern", "^[a-zA-Z0-9._/-]+:[a-zA-Z0-9._-]+$",
       kTaggedImagePattern, kRegistryPorts},
      {kNetwork, "", "shortNames", R"(["vmnet"])", R"(["vmnet","vmna"])", kPromisedNames},
      {"VMSnapshot", "spec.schedule.cronSpec", "pattern",
       R"(^(@(annually|yearly|monthly|weekly|daily|hourly|reboot))|(@every (\d+(ns|us|µs|ms|s|m|h))+)|)"
       R"(((((\d+,)+\d+|(\d+(\/|-)\d+)|\d+|\*) ?){5,7})$)", kCronPattern,
       "The reference's pattern accepts rubbish around a valid part, and refuses names of months and days and */5."},
  };
  // clang-format on
  return kAll;
}

}  // namespace rig::api
