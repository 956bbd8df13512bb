// libvirt/domain_facts.cc — the reader of domain XML, and the marks in its metadata.
#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "base/wall_time.h"
#include "hypervisor/libvirt/domain_xml.h"

namespace rig::libvirt {
namespace {

using pugi::xml_node;

std::string_view local_name(const char* name) {
  const std::string_view text = name;
  const std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

// The child of <metadata> that is in the namespace `uri`. libvirt keeps every element's own xmlns attribute.
xml_node in_namespace(xml_node metadata, std::string_view uri) {
  for (xml_node node : metadata.children()) {
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      if (std::string_view(attribute.name()).starts_with("xmlns") && attribute.value() == uri) return node;
    }
  }
  return {};
}

std::optional<Stamp> read_stamp(xml_node metadata) {
  const xml_node mark = in_namespace(metadata, kStampUri);
  if (!mark || local_name(mark.name()) != "machine") return std::nullopt;
  const auto value = [&](const char* name) { return std::string(mark.attribute(name).value()); };
  return Stamp{{value("cluster"), value("namespace"), value("name"), value("uid")}, value("id")};
}

std::optional<WallTime> read_time(xml_node mark) {
  const auto time = parse_time(mark.attribute("time").value());
  return time.ok() ? std::optional(*time) : std::nullopt;
}

// <memory> and <currentMemory> carry their unit; libvirt prints KiB.
std::int64_t memory_mib(xml_node memory) {
  const std::string_view unit = memory.attribute("unit").as_string("KiB");
  const std::int64_t value = memory.text().as_llong();
  if (unit == "GiB") return value * 1024;
  if (unit == "MiB") return value;
  if (unit == "bytes" || unit == "b") return value / (1024 * 1024);
  return value / 1024;
}

// "ua-disk-data" -> "data" for the prefix "ua-disk-"; "" for other aliases.
std::string named(xml_node device, std::string_view prefix) {
  const std::string_view alias = device.child("alias").attribute("name").value();
  return alias.starts_with(prefix) ? std::string(alias.substr(prefix.size())) : "";
}

provider::NicSpec read_nic(xml_node interface) {
  provider::NicSpec nic;
  nic.name = named(interface, nic_alias(""));
  nic.mac = interface.child("mac").attribute("address").value();
  const std::string_view type = interface.attribute("type").value();
  if (type == "network") nic.network = interface.child("source").attribute("network").value();
  if (type == "bridge") nic.bridge = interface.child("source").attribute("bridge").value();
  nic.model = interface.child("model").attribute("type").value();
  if (const auto tag = interface.child("vlan").child("tag").attribute("id")) nic.vlan = tag.as_int();
  if (const auto size = interface.child("mtu").attribute("size")) nic.mtu = size.as_int();
  return nic;
}

void read_devices(xml_node devices, DomainFacts& facts) {
  for (xml_node disk : devices.children("disk")) {
    DiskDevice device{named(disk, disk_alias("")), disk.child("target").attribute("dev").value(),
                      disk.child("source").attribute("file").value()};
    if (!device.name.empty() && device.name != "root" && device.name != "seed") {
      facts.spec.disks.push_back({.name = device.name, .size_bytes = 0, .provisioning = "", .storage = ""});
    }
    facts.disks.push_back(std::move(device));
  }
  for (xml_node interface : devices.children("interface")) facts.spec.nics.push_back(read_nic(interface));
  for (xml_node channel : devices.children("channel")) {
    const xml_node target = channel.child("target");
    if (target.attribute("name").value() != std::string_view("org.qemu.guest_agent.0")) continue;
    facts.has_agent_channel = true;
    facts.agent_connected = target.attribute("state").value() == std::string_view("connected");
  }
  facts.spec.tpm = static_cast<bool>(devices.child("tpm"));
}

bool has_feature(xml_node os, std::string_view name) {
  for (xml_node feature : os.child("firmware").children("feature")) {
    if (feature.attribute("name").value() == name)
      return feature.attribute("enabled").value() == std::string_view("yes");
  }
  return false;
}

bool needs_nested(xml_node cpu) {
  return std::ranges::any_of(cpu.children("feature"), [](xml_node feature) {
    const std::string_view name = feature.attribute("name").value();
    return (name == "vmx" || name == "svm") && feature.attribute("policy").value() == std::string_view("require");
  });
}

}  // namespace

bool is_released(const Stamp& stamp) { return stamp.owner == provider::Owner{}; }

bool is_of(const Stamp& stamp, const provider::MachineRef& ref) {
  return !is_released(stamp) && stamp.machine_id == ref.machine_id && stamp.owner.cluster_id == ref.owner.cluster_id &&
         stamp.owner.uid == ref.owner.uid;
}

std::string time_mark(WallTime time) { return "<at time='" + format_micro_time(time) + "'/>"; }

std::optional<WallTime> parse_time_mark(std::string_view element) {
  pugi::xml_document document;
  if (!document.load_buffer(element.data(), element.size())) return std::nullopt;
  return read_time(document.first_child());
}

Result<DomainFacts> parse_domain(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  const xml_node domain = document.child("domain");
  if (!parsed || !domain) {
    return Error(Code::kDataLoss, std::string("libvirt's description of a machine is not domain XML: ") +
                                      (parsed ? "another root element" : parsed.description()));
  }
  DomainFacts facts;
  facts.type = domain.attribute("type").value();
  facts.name = domain.child("name").text().get();
  facts.uuid = domain.child("uuid").text().get();
  const xml_node metadata = domain.child("metadata");
  facts.stamp = read_stamp(metadata);
  facts.power_off_at = read_time(in_namespace(metadata, kPowerOffUri));
  facts.booted_at = read_time(in_namespace(metadata, kBootedUri));

  provider::MachineSpec& spec = facts.spec;
  spec.display_name = facts.name;
  const xml_node vcpu = domain.child("vcpu");
  spec.cpus = vcpu.attribute("current") ? vcpu.attribute("current").as_int() : vcpu.text().as_int();
  spec.memory_mib = memory_mib(domain.child("memory"));
  const xml_node os = domain.child("os");
  const bool uefi = os.attribute("firmware").value() == std::string_view("efi") ||
                    os.child("loader").attribute("type").value() == std::string_view("pflash");
  spec.firmware = uefi ? provider::Firmware::kUefi : provider::Firmware::kBios;
  spec.secure_boot = has_feature(os, "secure-boot");
  spec.nested_virtualization = needs_nested(domain.child("cpu"));
  read_devices(domain.child("devices"), facts);
  return facts;
}

std::string device_element(std::string_view domain_xml, const std::string& alias) {
  pugi::xml_document document;
  if (!document.load_buffer(domain_xml.data(), domain_xml.size())) return "";
  for (xml_node device : document.child("domain").child("devices").children()) {
    if (device.child("alias").attribute("name").value() != alias) continue;
    std::ostringstream out;
    device.print(out, "  ", pugi::format_default | pugi::format_no_declaration);
    return out.str();
  }
  return "";
}

Result<std::string> free_target(const DomainFacts& domain) {
  for (std::string target = "vdb"; target < "vdz"; ++target[2]) {
    if (std::ranges::none_of(domain.disks, [&](const DiskDevice& disk) { return disk.target == target; }))
      return target;
  }
  return Error(Code::kResourceExhausted, "machine '" + domain.name + "' has no disk target left of vdb to vdy");
}

}  // namespace rig::libvirt
