// api/v1beta1/shapes/shapes.h — the hypervisor-shaped subtrees of VMImage and VMNetworkAttachment as neutral fields.
//
// `source.libvirt`, `source.proxmox`, `network.vsphere` and the like say the same few things under different names.
// A row maps one member of one subtree to a neutral field; controllers read only the neutral ones and pass the
// subtree itself on for its own provider.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/v1beta1/provider.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_network_attachment.h"

namespace rig::api::v1beta1 {

struct NeutralImage {
  std::string path;                 // a file or volume on the host
  std::string url;                  // to be downloaded
  std::string format;               // "qcow2", "raw", ...
  std::string checksum, checksum_type;
  std::string storage;              // pool, datastore, storage id
  std::string template_name;        // a template on the hypervisor, by name or id
  json::Value native;               // the subtree itself
};
struct NeutralNetwork {
  std::string network;              // libvirt network, port group
  std::string bridge;
  std::string model;                // NIC model
  std::optional<std::int32_t> vlan, mtu;
  json::Value native;
};

// What `spec` says to a provider of this type. `source.http` counts for every type. kInvalidArgument: nothing for
// this type, with the sources that are there.
Result<NeutralImage> neutral(const VmImageSpec& spec, ProviderType type);
Result<NeutralNetwork> neutral(const VmNetworkAttachmentSpec& spec, ProviderType type);

}  // namespace rig::api::v1beta1
