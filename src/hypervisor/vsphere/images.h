// vsphere/images.h — images as the basis of machines: templates that are there, and OVAs that are made templates.
#pragma once

#include "hypervisor/vsphere/connection.h"
#include "hypervisor/vsphere/import.h"
#include "provider/task_runner.h"

namespace rig::vsphere {

class VsphereImages final : public provider::Images {
 public:
  using HostOf = std::function<Host(Session&)>;  // where imports are done

  VsphereImages(Connection& connection, provider::TaskRunner& tasks, HostOf host_of)
      : connection_(connection), tasks_(tasks), host_of_(std::move(host_of)) {}
  Result<provider::PreparedImage> prepare(const provider::ImageRequest& request, const Call& call) override;

 private:
  Result<provider::PreparedImage> prepare_url(Session& session, const provider::ImageRequest& request,
                                              const Call& call);

  Connection& connection_;
  provider::TaskRunner& tasks_;
  const HostOf host_of_;
};

}  // namespace rig::vsphere
