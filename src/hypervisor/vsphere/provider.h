// vsphere/provider.h — machines on the hosts behind a vCenter.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/login.h"
#include "provider/provider.h"

namespace rig::vsphere {

struct Options {
  std::string endpoint;                 // "https://vcenter.example", with or without "/sdk"
  std::string credentials_folder = {};  // one file per key of the Secret, read again when it changes
  Credentials otherwise = {};           // what has no file, as the environment has it
  bool insecure_skip_verify = false;
  provider::Placement defaults = {};  // where machines go whose spec does not say
  bool hot_add = true;                // new machines' CPUs and memory can be added while they run
  Duration patience = kAnswerMax;     // for one answer, on top of what was asked to take longer
};

// A vCenter that is away is told by check() and by the calls that need it. `clock` must outlive the provider.
// kInvalidArgument: options that can never work.
Result<std::unique_ptr<provider::Provider>> open(const Options& options, const Clock& clock);

}  // namespace rig::vsphere
