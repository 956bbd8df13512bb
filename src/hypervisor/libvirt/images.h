// libvirt/images.h — images as the basis of machines' disks.
#pragma once

#include <set>

#include "base/mutex.h"
#include "hypervisor/libvirt/connection.h"
#include "hypervisor/libvirt/image_file.h"
#include "hypervisor/libvirt/operations.h"
#include "provider/task_runner.h"

namespace rig::libvirt {

class LibvirtImages final : public provider::Images {
 public:
  LibvirtImages(Connection& connection, provider::TaskRunner& tasks, const CreateSettings& settings)
      : connection_(connection), tasks_(tasks), settings_(settings) {}
  Result<provider::PreparedImage> prepare(const provider::ImageRequest& request, const Call& call) override;

 private:
  Result<provider::PreparedImage> prepare_file(virConnectPtr host, const provider::ImageRequest& request);
  Result<provider::PreparedImage> prepare_url(virConnectPtr host, const provider::ImageRequest& request);
  Status verify(const provider::ImageRequest& request, const ImageFile& image, const OnProgress& progress,
                const Call& call);
  Status fetch(const provider::ImageRequest& request, const std::string& pool_name, const std::string& volume,
               const OnProgress& progress, const Call& call);

  Connection& connection_;
  provider::TaskRunner& tasks_;
  const CreateSettings& settings_;
  Mutex mutex_;
  std::set<std::string> verified_ GUARDED_BY(mutex_);  // files whose sum was found right since we started
};

}  // namespace rig::libvirt
