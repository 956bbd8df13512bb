// api/v1beta1/shapes/shapes.h — the hypervisor-shaped subtrees of VMImage and VMNetworkAttachment as neutral fields.
//
// `source.libvirt`, `source.proxmox`, `network.vsphere` and the like say the same few things under different names.
// A row maps one member of one subtree to a neutral field; controllers read only the neutral ones and pass the
// subtree itself on for its own provider.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/v1beta1/provider.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_network_attachment.h"

namespace rig::api::v1beta1 {

struct NeutralImage {
  std::string path;    // a file or volume on the host
  std::string url;     // to be downloaded
  std::string format;  // "qcow2", "raw", ...
  std::string checksum, checksum_type;
  std::string storage;        // pool, datastore, storage id
  std::string template_name;  // a template on the hypervisor, by name or id
  std::string host;           // that has it
  json::Value native;         // the subtree itself
};
struct NeutralNetwork {
  std::string network;  // libvirt network, port group
  std::string bridge;
  std::string model;  // NIC model
  std::optional<std::int32_t> vlan, mtu;
  json::Value native;
};

// A member of a subtree, and the neutral field that it fills; of several rows for a field the first with a value
// counts. `path` starts at the spec.
template <class Neutral>
struct ShapeRow {
  std::string_view subtree;  // "libvirt", "http"
  std::string_view path;     // "source.libvirt.storagePool"
  std::string Neutral::*text = nullptr;
  std::optional<std::int32_t> Neutral::*number = nullptr;
};
std::span<const ShapeRow<NeutralImage>> image_rows();
std::span<const ShapeRow<NeutralNetwork>> network_rows();

// What `spec` says to a provider of this type; the mock takes what is meant for any of them. `source.http` is for every
// type, and counts when the type's own subtree names no path, url or template. `mtu` is absent for the usual 1500.
// kInvalidArgument: nothing for this type, with what is there.
Result<NeutralImage> neutral(const VmImageSpec& spec, ProviderType type);
Result<NeutralNetwork> neutral(const VmNetworkAttachmentSpec& spec, ProviderType type);

}  // namespace rig::api::v1beta1
