// controllers/machine_spec.cc — composing the wish, part by part.
#include "controllers/machine_spec.h"

#include "api/quantity.h"
#include "api/v1beta1/shapes/shapes.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/wall_time.h"
#include "cloudinit/seed.h"
#include "controllers/identity.h"

namespace rig::controllers {
namespace {

constexpr std::int64_t kMib = 1LL << 20;
constexpr std::int64_t kGib = 1LL << 30;

std::string inline_text(const auto& data) {
  return data && data->cloud_init ? data->cloud_init->inline_ : std::string();
}

Status set_size(const v1::VirtualMachine& vm, const v1::VmClass& vm_class, provider::MachineSpec& spec) {
  spec.cpus = vm_class.spec.cpu;
  const std::int64_t bytes = TRY(
      api::to_integer(vm_class.spec.memory).context("VMClass " + vm_class.meta.key().to_string() + ": spec.memory"));
  spec.memory_mib = (bytes + kMib - 1) / kMib;
  if (vm.spec.resources && vm.spec.resources->cpu) spec.cpus = *vm.spec.resources->cpu;
  if (vm.spec.resources && vm.spec.resources->memory_mib) spec.memory_mib = *vm.spec.resources->memory_mib;
  if (vm_class.spec.disk_defaults)
    spec.root_disk_bytes = TRY(api::to_integer(vm_class.spec.disk_defaults->size)
                                   .context("VMClass " + vm_class.meta.key().to_string() + ": spec.diskDefaults.size"));
  return {};
}

void set_hardware(const v1::VmClass& vm_class, provider::MachineSpec& spec) {
  spec.firmware = vm_class.spec.firmware == v1::Firmware::kBios ? provider::Firmware::kBios : provider::Firmware::kUefi;
  if (const auto& security = vm_class.spec.security_profile) {
    spec.secure_boot = security->secure_boot;
    spec.tpm = security->tpm_enabled;
  }
  if (const auto& performance = vm_class.spec.performance_profile)
    spec.nested_virtualization = performance->nested_virtualization;
  spec.extra_config = vm_class.spec.extra_config;
}

Status set_limits(const v1::VmClass& vm_class, provider::Limits& limits) {
  const auto& wished = vm_class.spec.resource_limits;
  if (!wished) return {};
  limits.cpu_reservation_mhz = wished->cpu_reservation;
  limits.cpu_limit_mhz = wished->cpu_limit;
  limits.cpu_shares = wished->cpu_shares;
  const auto mib = [](const schema::Quantity& quantity) -> Result<std::int64_t> {
    const std::int64_t bytes = TRY(api::to_integer(quantity));
    return (bytes + kMib - 1) / kMib;
  };
  const std::string about = "VMClass " + vm_class.meta.key().to_string() + ": spec.resourceLimits.";
  if (wished->memory_reservation)
    limits.memory_reservation_mib = TRY(mib(*wished->memory_reservation).context(about + "memoryReservation"));
  if (wished->memory_limit) limits.memory_limit_mib = TRY(mib(*wished->memory_limit).context(about + "memoryLimit"));
  return {};
}

Status set_image(const v1::VirtualMachine& vm, const Dependencies& dependencies, provider::MachineSpec& spec) {
  if (vm.spec.imported_disk)
    return Error(Code::kUnimplemented, "spec.importedDisk: machines from an imported disk are not made yet")
        .with_hint("Use spec.imageRef with a VMImage whose source is the disk's path.");
  if (!dependencies.image) return {};
  const v1::ImageProviderStatus* there = image_on_provider(vm, *dependencies.image);
  if (there == nullptr || !there->available)
    return Error(Code::kUnavailable, "spec.imageRef: VMImage " + dependencies.image->meta.key().to_string() +
                                         " is not ready on this Provider");
  spec.image.location = there->path.empty() ? there->id : there->path;
  if (dependencies.image->status.format) spec.image.format = schema::name_of(*dependencies.image->status.format);
  return {};
}

void set_disks(const v1::VirtualMachine& vm, provider::MachineSpec& spec) {
  for (const v1::Disk& disk : vm.spec.disks)
    spec.disks.push_back({.name = disk.name,
                          .size_bytes = disk.size_gib * kGib,
                          .provisioning = std::string(schema::name_of(disk.type)),
                          .storage = disk.storage_class});
}

void set_addresses(const v1::VmNetwork& wanted, provider::NicSpec& nic) {
  if (wanted.ip_address.empty()) return;
  const bool is_v6 = wanted.ip_address.find(':') != std::string::npos;
  nic.addresses.push_back(wanted.ip_address + "/" + std::to_string(wanted.prefix.value_or(is_v6 ? 64 : 24)));
  if (!wanted.gateway.empty()) nic.gateways.push_back(wanted.gateway);
  for (const std::string& server : split(wanted.dns, ','))
    if (const auto trimmed = trim(server); !trimmed.empty()) nic.nameservers.emplace_back(trimmed);
}

Status set_nics(const v1::VirtualMachine& vm, const Dependencies& dependencies, std::string_view mac_prefix,
                provider::MachineSpec& spec) {
  for (std::size_t i = 0; i < vm.spec.networks.size(); ++i) {
    const v1::VmNetwork& wanted = vm.spec.networks[i];
    provider::NicSpec nic{.name = wanted.name,
                          .mac = to_lower(wanted.mac_address),
                          .network = {},
                          .bridge = {},
                          .model = {},
                          .vlan = {},
                          .mtu = {},
                          .native = {}};
    if (nic.mac.empty() && !mac_prefix.empty()) nic.mac = derived_mac(mac_prefix, machine_id_of(vm.meta), nic.name);
    if (const auto& attachment = dependencies.networks[i]) {
      auto neutral = TRY(v1::neutral(attachment->spec, dependencies.provider->spec.type)
                             .context("VMNetworkAttachment " + attachment->meta.key().to_string()));
      nic.network = std::move(neutral.network);
      nic.bridge = std::move(neutral.bridge);
      nic.model = std::move(neutral.model);
      nic.vlan = neutral.vlan;
      nic.mtu = neutral.mtu;
      nic.native = std::move(neutral.native);
    }
    set_addresses(wanted, nic);
    spec.nics.push_back(std::move(nic));
  }
  return {};
}

// What the guest shall know of its addresses: "" lets it ask DHCP everywhere, as it does without being told.
std::string addresses_document(const provider::MachineSpec& spec) {
  std::vector<cloudinit::NicAddress> nics;
  bool any_static = false;
  for (const provider::NicSpec& nic : spec.nics) {
    any_static = any_static || !nic.addresses.empty();
    nics.push_back({.name = nic.name,
                    .mac = nic.mac,
                    .addresses = nic.addresses,
                    .gateways = nic.gateways,
                    .nameservers = nic.nameservers,
                    .search_domains = {}});
  }
  return any_static ? cloudinit::network_config(nics) : std::string();
}

Status set_seed(const v1::VirtualMachine& vm, const Dependencies& dependencies, provider::MachineSpec& spec) {
  const cloudinit::UserDataPart parts[] = {{"spec.userData.cloudInit.inline", inline_text(vm.spec.user_data)},
                                           {"spec.userData.cloudInit.secretRef", dependencies.user_data_secret}};
  spec.seed.user_data = TRY(cloudinit::merge_user_data(parts));
  std::string user_meta = inline_text(vm.spec.meta_data);
  if (!dependencies.meta_data_secret.empty())
    user_meta += (user_meta.empty() ? "" : "\n") + dependencies.meta_data_secret;
  spec.seed.network_config = !dependencies.network_config_secret.empty() ? dependencies.network_config_secret
                                                                         : inline_text(vm.spec.network_config);
  if (spec.seed.network_config.empty()) spec.seed.network_config = addresses_document(spec);
  // A guest with cloud-init wants a name and an instance-id even where nobody wrote user-data.
  spec.seed.meta_data =
      TRY(cloudinit::meta_data(machine_id_of(vm.meta), spec.hostname, user_meta).context("spec.metaData.cloudInit"));
  return {};
}

}  // namespace

Result<provider::MachineSpec> machine_spec(const v1::VirtualMachine& vm, const Dependencies& dependencies,
                                           const provider::Capabilities& capabilities) {
  provider::MachineSpec spec;
  spec.display_name = display_name(vm.meta.name, machine_id_of(vm.meta));
  spec.hostname = vm.meta.name.substr(0, vm.meta.name.find('.'));
  TRY(set_size(vm, *dependencies.vm_class, spec));
  set_hardware(*dependencies.vm_class, spec);
  TRY(set_limits(*dependencies.vm_class, spec.limits));
  TRY(set_image(vm, dependencies, spec));
  set_disks(vm, spec);
  TRY(set_nics(vm, dependencies, capabilities.mac_prefix, spec));
  TRY(set_seed(vm, dependencies, spec));
  if (const auto& placement = vm.spec.placement)
    spec.placement = {.host = placement->host,
                      .cluster = placement->cluster,
                      .folder = placement->folder,
                      .resource_pool = placement->resource_pool,
                      .storage = placement->datastore,
                      .storage_cluster = placement->storage_pod};
  spec.tags = vm.spec.tags;
  return spec;
}

Result<provider::ImageRequest> image_request(const v1::VmImage& image, v1::ProviderType type) {
  auto source = TRY(v1::neutral(image.spec, type));
  provider::ImageRequest request{.key = {},
                                 .name = image.meta.name,
                                 .path = source.path,
                                 .url = source.url,
                                 .format = source.format,
                                 .checksum = source.checksum,
                                 .checksum_type = source.checksum_type,
                                 .storage = source.storage,
                                 .template_name = source.template_name,
                                 .host = source.host};
  const json::Value* copies = source.native.find("fullClone");
  request.is_linked = copies != nullptr && copies->as<bool>() != nullptr && !*copies->as<bool>();
  if (image.spec.prepare && !image.spec.prepare->validate_checksum) request.checksum.clear();
  if (request.checksum.empty()) request.checksum_type.clear();
  // Another source under the same name is another image: machines made from the old one keep it.
  const std::string origin = request.path + "\n" + request.url + "\n" + request.checksum + request.template_name;
  request.key = sha256_hex(image.meta.uid + "\n" + origin).substr(0, 32);
  return request;
}

Duration graceful_timeout(const v1::VirtualMachine& vm) {
  const auto parsed = parse_duration(vm.spec.lifecycle ? vm.spec.lifecycle->graceful_shutdown_timeout : "60s");
  return parsed.ok() ? *parsed : Duration(std::chrono::seconds(60));
}

}  // namespace rig::controllers
