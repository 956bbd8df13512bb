// proxmox/images.h — images as the basis of machines' disks: templates that are there, and files that a node fetches.
//
// A URL is fetched by the node itself, with its checksum, into a storage that takes `import` content. The file has its
// name only when it is whole and its sum is right (pve-storage src/PVE/API2/Storage/Status.pm, download_url).
#pragma once

#include "hypervisor/proxmox/connection.h"
#include "hypervisor/proxmox/rounds.h"
#include "hypervisor/proxmox/source.h"
#include "provider/task_runner.h"

namespace rig::proxmox {

struct ImagePlaces {
  std::string storage;             // "" : one that takes imports
  std::vector<std::string> nodes;  // that may fetch; empty: any
};

class ProxmoxImages final : public provider::Images {
 public:
  // `is_given_up`: whether the end of that task of ours was asked for; then the node stops fetching, too.
  ProxmoxImages(Connection& connection, provider::TaskRunner& tasks, ImagePlaces places,
                std::function<bool(const provider::TaskId&)> is_given_up)
      : connection_(connection), tasks_(tasks), places_(std::move(places)), is_given_up_(std::move(is_given_up)) {}
  Result<provider::PreparedImage> prepare(const provider::ImageRequest& request, const Call& call) override;

 private:
  Result<provider::PreparedImage> prepare_url(Session& session, const provider::ImageRequest& request,
                                              const Call& call);
  Status fetch(const provider::ImageRequest& request, const std::string& volume, const OnProgress& progress,
               const Call& call);

  Connection& connection_;
  provider::TaskRunner& tasks_;
  const ImagePlaces places_;
  const std::function<bool(const provider::TaskId&)> is_given_up_;
};

// "virtrigaud-KEY.qcow2". Proxmox VE goes by the ending: it is the wanted format's, else the URL's, else qcow2's, as
// cloud images are, whatever their names. kInvalidArgument: a format that cannot be imported.
Result<std::string> image_file_name(const provider::ImageRequest& request);

}  // namespace rig::proxmox
