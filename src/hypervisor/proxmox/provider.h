// proxmox/provider.h — machines on the cluster behind an API of Proxmox VE.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/login.h"
#include "provider/provider.h"

namespace rig::proxmox {

struct Options {
  std::string endpoint;                 // "https://pve1.example:8006", perhaps several of one cluster by commas
  std::string credentials_folder = {};  // one file per key of the Secret, read again when it changes
  Credentials otherwise = {};           // what has no file, as the environment has it
  bool insecure_skip_verify = false;
  std::vector<std::string> nodes = {};  // where machines go whose spec names no host; empty: anywhere
  std::string default_storage = {};     // for disks; "" : that of the node with most space
  std::string import_storage = {};  // for images and seeds; "" : the first one that takes imports, shared ones first
  std::string default_bridge = "vmbr0";
  Duration interval = kInterval;   // between two looks at the whole cluster
  Duration patience = kAnswerMax;  // for one answer
  Duration look_max = kLookMax;    // for one look at all machines; what is left of it is for the next
};

// A cluster that is away is told by check() and by the calls that need it. `clock` must outlive the provider.
// kInvalidArgument: options that can never work.
Result<std::unique_ptr<provider::Provider>> open(const Options& options, const Clock& clock);

}  // namespace rig::proxmox
