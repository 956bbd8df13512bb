// provider/wire/reference_json.cc — the JSON texts inside the reference's messages.
#include "provider/wire/internal/reference_json.h"

#include <algorithm>
#include <limits>

#include "base/json/json.h"
#include "base/text.h"

namespace rig::provider::wire {
namespace {

constexpr std::int64_t kGib = 1LL << 30;

// Rounded up: a disk never gets smaller than asked for.
std::int64_t to_gib(std::int64_t bytes) { return (bytes + kGib - 1) / kGib; }

// ---- reading, whatever the case of the keys ----

const json::Value* member(const json::Value& value, std::string_view name) {
  const auto* object = value.as<json::Object>();
  if (object == nullptr) return nullptr;
  const std::string wanted = to_lower(name);
  for (const auto& [key, found] : *object)
    if (to_lower(key) == wanted) return found.is_null() ? nullptr : &found;
  return nullptr;
}

std::string text(const json::Value& value, std::string_view name) {
  const json::Value* found = member(value, name);
  return found != nullptr && found->is_string() ? *found->as<std::string>() : "";
}

std::int64_t integer(const json::Value& value, std::string_view name) {
  const json::Value* found = member(value, name);
  const auto* number = found == nullptr ? nullptr : found->as<std::int64_t>();
  return number == nullptr ? 0 : *number;
}

bool truth(const json::Value& value, std::string_view name) {
  const json::Value* found = member(value, name);
  const bool* is = found == nullptr ? nullptr : found->as<bool>();
  return is != nullptr && *is;
}

// "4Gi", "512M", "1024": bytes.
Result<std::int64_t> quantity(const std::string& name, std::string_view written) {
  constexpr std::pair<std::string_view, std::int64_t> kSuffixes[] = {
      {"Ki", 1LL << 10}, {"Mi", 1LL << 20}, {"Gi", 1LL << 30},   {"Ti", 1LL << 40},
      {"k", 1000},       {"M", 1000'000},   {"G", 1000'000'000}, {"T", 1000'000'000'000}};
  std::int64_t unit = 1;
  std::string_view digits = written;
  for (const auto& [suffix, factor] : kSuffixes) {
    if (!written.ends_with(suffix)) continue;
    digits = written.substr(0, written.size() - suffix.size());
    unit = factor;
    break;
  }
  const auto number = parse_int(digits);
  if (!number.ok() || *number < 0 || *number > std::numeric_limits<std::int64_t>::max() / unit)
    return Error(Code::kInvalidArgument, name + ": found \"" + std::string(written) + "\", wanted a size such as 4Gi");
  return *number * unit;
}

// Bytes of `in_units` (a number of `unit` bytes, Go style) or of `as_quantity` (API style); 0 when neither is there.
Result<std::int64_t> size(const json::Value& value, std::string_view in_units, std::int64_t unit,
                          const std::string& as_quantity) {
  if (const std::int64_t number = integer(value, in_units); number != 0) {
    if (number < 0 || number > std::numeric_limits<std::int64_t>::max() / unit)
      return Error(Code::kInvalidArgument, std::string(in_units) + ": found " + std::to_string(number));
    return number * unit;
  }
  const std::string written = text(value, as_quantity);
  return written.empty() ? Result<std::int64_t>(0) : quantity(as_quantity, written);
}

// Null when the text says nothing.
Result<json::Value> parse(const char* name, const std::string& written) {
  if (trim(written).empty()) return json::Value();
  json::ParseOptions options;
  options.refuse_duplicate_keys = false;
  return json::parse(written, options).context(name);
}

const json::Array& items(const json::Value& value) {
  static const json::Array kNone;
  const auto* array = value.as<json::Array>();
  return array == nullptr ? kNone : *array;
}

Status read_class(const json::Value& value, MachineSpec& spec) {
  if (const std::int64_t cpus = integer(value, "CPU"); cpus != 0) {
    if (cpus < 1 || cpus > std::numeric_limits<std::int32_t>::max())
      return Error(Code::kInvalidArgument, "class_json: CPU: found " + std::to_string(cpus));
    spec.cpus = static_cast<std::int32_t>(cpus);
  }
  if (const std::int64_t memory = TRY(size(value, "MemoryMiB", 1 << 20, "memory")); memory != 0)
    spec.memory_mib = memory >> 20;
  const std::string firmware = to_lower(text(value, "Firmware"));
  spec.firmware = firmware == "uefi" || firmware == "efi" ? Firmware::kUefi : Firmware::kBios;
  if (const json::Value* defaults = member(value, "DiskDefaults"))
    spec.root_disk_bytes = TRY(size(*defaults, "SizeGiB", kGib, "size"));
  if (const json::Value* profile = member(value, "PerformanceProfile"))
    spec.nested_virtualization = truth(*profile, "NestedVirtualization");
  if (const json::Value* profile = member(value, "SecurityProfile")) {
    spec.secure_boot = truth(*profile, "SecureBoot");
    spec.tpm = truth(*profile, "TPMEnabled");
  }
  const json::Value* extra = member(value, "ExtraConfig");
  if (extra == nullptr || !extra->is_object()) return {};
  for (const auto& [key, setting] : *extra->as<json::Object>())
    if (setting.is_string()) spec.extra_config[key] = *setting.as<std::string>();
  return {};
}

NicSpec read_nic(const json::Value& value) {
  NicSpec nic;
  nic.name = text(value, "Name");
  nic.network = text(value, "NetworkName");
  if (nic.network.empty()) nic.network = text(value, "Portgroup");
  nic.bridge = text(value, "Bridge");
  nic.model = text(value, "Model");
  nic.mac = to_lower(text(value, "MacAddress"));
  if (const std::int64_t vlan = integer(value, "VLAN"); vlan != 0) nic.vlan = static_cast<std::int32_t>(vlan);
  // The address and the slot have no neutral field: a guest gets its address from the seed.
  json::Object native;
  for (const char* name : {"IPPolicy", "StaticIP", "Gateway", "DNS"})
    if (const std::string said = text(value, name); !said.empty()) native[name] = said;
  for (const char* name : {"Prefix", "PCISlotNumber"})
    if (const std::int64_t said = integer(value, name); said != 0) native[name] = said;
  if (!native.empty()) nic.native = std::move(native);
  return nic;
}

Result<std::vector<DiskSpec>> read_disks(const json::Value& value) {
  std::vector<DiskSpec> disks;
  for (const json::Value& item : items(value)) {
    const std::int64_t size_bytes = TRY(size(item, "SizeGiB", kGib, "size"));
    disks.push_back({text(item, "Name"), size_bytes, text(item, "Type"), ""});
  }
  return disks;
}

Placement read_placement(const json::Value& value) {
  Placement placement;
  placement.host = text(value, "Host");
  placement.cluster = text(value, "Cluster");
  placement.folder = text(value, "Folder");
  placement.storage = text(value, "Datastore");
  placement.storage_cluster = text(value, "StoragePod");
  return placement;
}

// Of an image's source: Proxmox VE's number, or the name.
std::string template_in(const json::Value& source) {
  if (const std::int64_t id = integer(source, "templateID"); id != 0) return std::to_string(id);
  return text(source, "templateName");
}

ReferenceImage read_image(const json::Value& value) {
  return {text(value, "TemplateName"), text(value, "Path"),     text(value, "URL"),
          text(value, "Format"),       text(value, "Checksum"), text(value, "ChecksumType")};
}

// ---- writing, as Go prints structs without tags ----

json::Value class_value(const MachineSpec& spec) {
  json::Object extra;
  for (const auto& [key, setting] : spec.extra_config) extra[key] = setting;
  const json::Object performance = {{"LatencySensitivity", ""},
                                    {"CPUHotAddEnabled", false},
                                    {"MemoryHotAddEnabled", false},
                                    {"VirtualizationBasedSecurity", false},
                                    {"NestedVirtualization", spec.nested_virtualization},
                                    {"HyperThreadingPolicy", ""}};
  const json::Object security = {
      {"SecureBoot", spec.secure_boot}, {"TPMEnabled", spec.tpm}, {"TPMVersion", ""},          {"VTDEnabled", false},
      {"EncryptionEnabled", false},     {"KeyProvider", ""},      {"RequireEncryption", false}};
  const json::Object defaults = {{"Type", ""}, {"SizeGiB", to_gib(spec.root_disk_bytes)}};
  json::Object all = {{"CPU", spec.cpus},
                      {"MemoryMiB", spec.memory_mib},
                      {"Firmware", spec.firmware == Firmware::kUefi ? "UEFI" : "BIOS"},
                      {"DiskDefaults", {}},
                      {"GuestToolsPolicy", ""},
                      {"ExtraConfig", {}},
                      {"PerformanceProfile", {}},
                      {"SecurityProfile", {}},
                      {"ResourceLimits", {}}};
  if (spec.root_disk_bytes != 0) all["DiskDefaults"] = defaults;
  if (!extra.empty()) all["ExtraConfig"] = std::move(extra);
  if (spec.nested_virtualization) all["PerformanceProfile"] = performance;
  if (spec.secure_boot || spec.tpm) all["SecurityProfile"] = security;
  return all;
}

// A location that is no path is a template's name.
json::Value image_value(const ImageSpec& image) {
  const bool is_path = image.location.starts_with('/');
  return json::Object{{"TemplateName", is_path ? "" : image.location},
                      {"Path", is_path ? image.location : ""},
                      {"URL", ""},
                      {"Format", image.format},
                      {"Checksum", ""},
                      {"ChecksumType", ""}};
}

json::Value networks_value(const std::vector<NicSpec>& nics) {
  if (nics.empty()) return {};
  json::Array all;
  for (const NicSpec& nic : nics) {
    json::Object item = {{"Name", nic.name},
                         {"Portgroup", ""},
                         {"NetworkName", nic.network},
                         {"Bridge", nic.bridge},
                         {"VLAN", nic.vlan.value_or(0)},
                         {"Model", nic.model},
                         {"MacAddress", nic.mac},
                         {"IPPolicy", nic.native.text({"IPPolicy"})},
                         {"StaticIP", nic.native.text({"StaticIP"})},
                         {"Prefix", nic.native.integer({"Prefix"})},
                         {"Gateway", nic.native.text({"Gateway"})},
                         {"DNS", nic.native.text({"DNS"})},
                         {"PCISlotNumber", {}}};
    if (const json::Value* slot = nic.native.find("PCISlotNumber")) item["PCISlotNumber"] = *slot;
    all.emplace_back(std::move(item));
  }
  return all;
}

json::Value disks_value(const std::vector<DiskSpec>& disks) {
  if (disks.empty()) return {};
  json::Array all;
  for (const DiskSpec& disk : disks)
    all.emplace_back(
        json::Object{{"SizeGiB", to_gib(disk.size_bytes)}, {"Type", disk.provisioning}, {"Name", disk.name}});
  return all;
}

json::Value placement_value(const Placement& placement) {
  if (placement == Placement{}) return {};
  return json::Object{{"Datastore", placement.storage},
                      {"StoragePod", placement.storage_cluster},
                      {"Cluster", placement.cluster},
                      {"Folder", placement.folder},
                      {"Host", placement.host}};
}

}  // namespace

Result<ReferenceSpec> read_reference(const ReferenceTexts& texts) {
  ReferenceSpec all;
  const json::Value class_said = TRY(parse("class_json", texts.class_json));
  TRY(read_class(class_said, all.spec));
  all.image = read_image(TRY(parse("image_json", texts.image_json)));
  all.spec.image = {all.image.path.empty() ? all.image.template_name : all.image.path, all.image.format};
  const json::Value networks = TRY(parse("networks_json", texts.networks_json));
  for (const json::Value& item : items(networks)) all.spec.nics.push_back(read_nic(item));
  const json::Value disks = TRY(parse("disks_json", texts.disks_json));
  all.spec.disks = TRY(read_disks(disks));
  all.spec.placement = read_placement(TRY(parse("placement_json", texts.placement_json)));
  return all;
}

ReferenceTexts write_reference(const MachineSpec& spec) {
  const json::Value placement = placement_value(spec.placement);
  return {json::to_text(class_value(spec)), json::to_text(image_value(spec.image)),
          json::to_text(networks_value(spec.nics)), json::to_text(disks_value(spec.disks)),
          placement.is_null() ? "" : json::to_text(placement)};
}

Result<MachineSpec> read_desired(const std::string& desired_json, const MachineSpec& configured) {
  const json::Value desired = TRY(parse("desired_json", desired_json));
  MachineSpec spec = configured;
  if (const json::Value* value = member(desired, "Class")) {
    MachineSpec wished = configured;
    TRY(read_class(*value, wished));
    spec.cpus = wished.cpus;
    spec.memory_mib = wished.memory_mib;
    spec.root_disk_bytes = std::max(wished.root_disk_bytes, configured.root_disk_bytes);
  }
  const json::Value* disks = member(desired, "Disks");
  if (disks == nullptr) return spec;
  for (DiskSpec& disk : TRY(read_disks(*disks))) {
    const auto same = std::find_if(spec.disks.begin(), spec.disks.end(),
                                   [&](const DiskSpec& known) { return known.name == disk.name; });
    if (same == spec.disks.end())
      spec.disks.push_back(std::move(disk));
    else
      same->size_bytes = disk.size_bytes;
  }
  return spec;
}

std::string write_desired(const MachineSpec& spec) {
  json::Object desired = {{"Name", spec.display_name},
                          {"Class", class_value(spec)},
                          {"Image", image_value(spec.image)},
                          {"Networks", networks_value(spec.nics)},
                          {"Disks", disks_value(spec.disks)},
                          {"UserData", {}},
                          {"MetaData", {}},
                          {"Placement", placement_value(spec.placement)},
                          {"Tags", {}}};
  json::Array tags;
  for (const std::string& tag : spec.tags) tags.emplace_back(tag);
  if (!tags.empty()) desired["Tags"] = std::move(tags);
  return json::to_text(desired);
}

Result<ImageRequest> read_image_source(const std::string& image_json) {
  const json::Value image = TRY(parse("image_json", image_json));
  const json::Value* sources = member(image, "source");
  const json::Object none, *all = sources == nullptr ? &none : sources->as<json::Object>();
  for (const auto& [hypervisor, source] : all == nullptr ? none : *all) {
    ImageRequest request;
    request.path = text(source, "path");
    request.url = text(source, "url");
    if (request.url.empty()) request.url = text(source, "ovaURL");
    if (request.path.empty() && request.url.empty()) request.template_name = template_in(source);
    if (request.path.empty() && request.url.empty() && request.template_name.empty()) continue;
    if (!request.path.empty()) request.url.clear();
    if (!request.template_name.empty()) request.host = text(source, "node");
    const json::Value* copies = member(source, "fullClone");
    request.is_linked = copies != nullptr && copies->as<bool>() != nullptr && !*copies->as<bool>();
    request.format = text(source, "format");
    request.checksum = text(source, "checksum");
    request.checksum_type = text(source, "checksumType");
    request.storage = text(source, "storagePool");
    return request;
  }
  return Error(Code::kInvalidArgument, "image_json: source: found neither a path nor an address nor a template");
}

std::string write_image_source(const ImageRequest& request) {
  json::Object place, source;
  const auto say = [](json::Object& in, std::string_view name, const std::string& value) {
    if (!value.empty()) in[name] = value;
  };
  if (!request.template_name.empty()) {
    json::Object on_proxmox, on_vsphere;
    const auto id = parse_int(request.template_name);
    if (id.ok()) on_proxmox["templateID"] = *id;
    if (!id.ok()) say(on_proxmox, "templateName", request.template_name);
    say(on_proxmox, "node", request.host);
    if (request.is_linked) on_proxmox["fullClone"] = false;
    say(on_vsphere, "templateName", request.template_name);
    source["proxmox"] = std::move(on_proxmox);
    source["vsphere"] = std::move(on_vsphere);
  } else {
    say(place, "path", request.path);
    say(place, "url", request.url);
    say(place, "format", request.format);
    say(place, "checksum", request.checksum);
    say(place, "checksumType", request.checksum_type);
    say(place, "storagePool", request.storage);
    source["libvirt"] = place;
    // The reference's Proxmox provider reads this one; its libvirt provider only the other.
    if (!request.url.empty()) source["http"] = place;
  }
  return json::to_text(json::Object{{"source", std::move(source)}});
}

}  // namespace rig::provider::wire
