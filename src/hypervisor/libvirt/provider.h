// libvirt/provider.h — libvirt and QEMU as a Provider.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::libvirt {

struct Options {
  std::string endpoint;               // "qemu:///system", "qemu+ssh://user@host/system", ...
  std::string credentials_folder;     // username, password, ssh-privatekey, known_hosts; "": none
  bool insecure_skip_verify = false;  // of host keys and server certificates
  std::string virt_type = "auto";     // or "kvm", "qemu"
  std::string default_pool = "default";
  std::vector<std::string> image_folders = {};  // outside pools, where images may lie
};

// The connection is made in the background: a host that is away is told by check() and by the calls that need it.
// `clock` must outlive the provider. kInvalidArgument: options that can never work.
Result<std::unique_ptr<provider::Provider>> open(const Options& options, const Clock& clock);

}  // namespace rig::libvirt
