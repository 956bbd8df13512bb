// api/v1beta1/shapes/shapes.cc — the rows, and how they are read.
#include "api/v1beta1/shapes/shapes.h"

#include "base/text.h"
#include "schema/walk.h"

namespace rig::api::v1beta1 {
namespace {

constexpr std::int32_t kUsualMtu = 1500;  // the schema's default of network.mtu, so it says nothing

const json::Value* find(const json::Value& spec, std::string_view path) {
  const json::Value* value = &spec;
  for (const std::string& name : split(path, '.')) {
    if (value != nullptr) value = value->find(name);
  }
  return value;
}

std::string text_of(const json::Value& value) {
  const auto* number = value.as<std::int64_t>();
  return number != nullptr ? std::to_string(*number) : std::string(value.text({}));
}

template <class Neutral>
void read(std::span<const ShapeRow<Neutral>> rows, std::string_view subtree, const json::Value& spec, Neutral& out) {
  for (const ShapeRow<Neutral>& row : rows) {
    const json::Value* value = row.subtree == subtree ? find(spec, row.path) : nullptr;
    if (value == nullptr) continue;
    if (row.text != nullptr && (out.*row.text).empty()) out.*row.text = text_of(*value);
    if (row.number != nullptr && !(out.*row.number)) out.*row.number = static_cast<std::int32_t>(value->integer({}));
  }
}

// The subtree that a provider of this type reads.
std::string_view subtree_for(ProviderType type, const json::Value& shapes) {
  switch (type) {
    case ProviderType::kLibvirt:
    case ProviderType::kQemu: return "libvirt";
    case ProviderType::kVsphere: return "vsphere";
    case ProviderType::kProxmox: return "proxmox";
    case ProviderType::kFirecracker: return "firecracker";
    case ProviderType::kMock: break;
  }
  for (const std::string_view name : {"libvirt", "vsphere", "proxmox"}) {
    if (shapes.find(name) != nullptr) return name;
  }
  return "mock";
}

Error nothing_for(std::string_view field, ProviderType type, const json::Value& shapes) {
  std::vector<std::string> there;
  for (const auto& [name, value] : *shapes.as<json::Object>()) {
    if (value.is_object()) there.push_back(name);
  }
  const std::string wanted(schema::name_of(type));
  return Error(Code::kInvalidArgument, std::string(field) + " has nothing for a provider of type " + wanted +
                                           ", only: " + (there.empty() ? "nothing at all" : join(there, ", ")))
      .with_hint("Add an entry for that type.");
}

}  // namespace

std::span<const ShapeRow<NeutralImage>> image_rows() {
  using N = NeutralImage;
  static constexpr ShapeRow<N> kRows[] = {
      {"libvirt", "source.libvirt.path", &N::path},
      {"libvirt", "source.libvirt.url", &N::url},
      {"libvirt", "source.libvirt.format", &N::format},
      {"libvirt", "source.libvirt.checksum", &N::checksum},
      {"libvirt", "source.libvirt.checksumType", &N::checksum_type},
      {"libvirt", "source.libvirt.storagePool", &N::storage},
      {"libvirt", "prepare.storage.libvirt.storagePool", &N::storage},
      {"vsphere", "source.vsphere.templateName", &N::template_name},
      {"vsphere", "source.vsphere.ovaURL", &N::url},
      {"vsphere", "source.vsphere.checksum", &N::checksum},
      {"vsphere", "source.vsphere.checksumType", &N::checksum_type},
      {"vsphere", "prepare.storage.vsphere.datastore", &N::storage},
      {"proxmox", "source.proxmox.templateID", &N::template_name},
      {"proxmox", "source.proxmox.templateName", &N::template_name},
      {"proxmox", "source.proxmox.format", &N::format},
      {"proxmox", "source.proxmox.storage", &N::storage},
      {"proxmox", "source.proxmox.node", &N::host},
      {"http", "source.http.url", &N::url},
      {"http", "source.http.checksum", &N::checksum},
      {"http", "source.http.checksumType", &N::checksum_type},
  };
  return kRows;
}

std::span<const ShapeRow<NeutralNetwork>> network_rows() {
  using N = NeutralNetwork;
  static constexpr ShapeRow<N> kRows[] = {
      {"libvirt", "network.libvirt.networkName", &N::network},
      {"libvirt", "network.libvirt.bridge.name", &N::bridge},
      {"libvirt", "network.libvirt.model", &N::model},
      {"vsphere", "network.vsphere.portgroup", &N::network},
      {"vsphere", "network.vsphere.adapterType", &N::model},
      {"vsphere", "network.vsphere.vlan.vlanID", nullptr, &N::vlan},
      {"proxmox", "network.proxmox.bridge", &N::bridge},
      {"proxmox", "network.proxmox.model", &N::model},
      {"proxmox", "network.proxmox.vlanTag", nullptr, &N::vlan},
      {"proxmox", "network.proxmox.mtu", nullptr, &N::mtu},
  };
  return kRows;
}

Result<NeutralImage> neutral(const VmImageSpec& spec, ProviderType type) {
  const json::Value tree = schema::encode(spec);
  const json::Value& source = *tree.find("source");
  const std::string_view subtree = subtree_for(type, source);
  const json::Value* own = source.find(subtree);
  if (own == nullptr && !spec.source.http) return nothing_for("spec.source", type, source);

  NeutralImage out;
  if (own != nullptr) out.native = *own;
  read(image_rows(), subtree, tree, out);
  if (!out.path.empty() || !out.url.empty() || !out.template_name.empty() || !spec.source.http) return out;
  out.checksum.clear();  // they belong to what the subtree would have named
  out.checksum_type.clear();
  read(image_rows(), "http", tree, out);
  return out;
}

Result<NeutralNetwork> neutral(const VmNetworkAttachmentSpec& spec, ProviderType type) {
  const json::Value tree = schema::encode(spec);
  const json::Value& network = *tree.find("network");
  const std::string_view subtree = subtree_for(type, network);
  const json::Value* own = network.find(subtree);
  if (own == nullptr) return nothing_for("spec.network", type, network);

  NeutralNetwork out;
  out.native = *own;
  read(network_rows(), subtree, tree, out);
  if (!out.mtu && spec.network.mtu != kUsualMtu) out.mtu = spec.network.mtu;
  return out;
}

}  // namespace rig::api::v1beta1
