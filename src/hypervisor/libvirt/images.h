// libvirt/images.h — images as the basis of machines' disks.
#pragma once

#include "hypervisor/libvirt/connection.h"
#include "hypervisor/libvirt/operations.h"
#include "provider/task_runner.h"

namespace rig::libvirt {

class LibvirtImages final : public provider::Images {
 public:
  LibvirtImages(Connection& connection, provider::TaskRunner& tasks, const CreateSettings& settings)
      : connection_(connection), tasks_(tasks), settings_(settings) {}
  Result<provider::PreparedImage> prepare(const provider::ImageRequest& request, const Call& call) override;

 private:
  Status fetch(const provider::ImageRequest& request, const std::string& pool_name, const std::string& volume,
               const OnProgress& progress, const Call& call);

  Connection& connection_;
  provider::TaskRunner& tasks_;
  const CreateSettings& settings_;
};

}  // namespace rig::libvirt
