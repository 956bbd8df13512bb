// proxmox/steps.h — making and removing a machine, one call at a time: what is there decides what comes next. Pure.
//
// Nobody remembers how far he came. Whoever makes a machine looks, asks for the next step, does it, and looks again; so
// it makes no difference who did the last step, and whether its answer arrived. Every step is either a call that names
// what it changes by VMID and digest, or one that a second try finds done.
//
// The order (why: docs of the provider interface): an empty machine with number, name, UUID and stamp, which takes
// milliseconds; its disks, each imported or made by a task; sizes; the seed; at last the stamp says that it is ready.
// Only a linked clone begins as a clone, whose description is the stamp already, and is made ours by the next call:
// it inherits tags, keys and passwords of its template. Removing begins with the stamp, under the digest that proves
// that it is ours now: DELETE takes no digest.
//
// Sources: qemu-server src/PVE/API2/Qemu.pm (create_vm, update_vm, clone_vm, destroy_vm); recorded exchanges.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hypervisor/proxmox/machine.h"
#include "hypervisor/proxmox/session.h"
#include "hypervisor/proxmox/task.h"

namespace rig::proxmox {

struct Template {  // that a linked clone is made of
  std::string vmid, node, root_option;
  std::vector<std::string> drives = {};  // options of all its drives: the clone has them, too
  std::string seed = {};                 // that of its own seed, which the clone shall not keep; "" : it has none
};
struct Source {
  std::string root;                   // a volume to import: an image, or a template's disk; "" : an empty disk
  std::optional<Template> linked;     // then nothing else here counts
  std::string root_option = "scsi0";  // where the root disk is
  std::vector<std::pair<std::string, std::string>> more = {};  // further disks of a template: option, volume to import
};
struct CreateSettings {
  std::string default_storage, default_bridge = "vmbr0";
  std::string import_storage;              // takes `import` content: where a seed is uploaded to
  std::string cpu_type = "x86-64-v2-AES";  // of machines without nested virtualization
};

// What has just been looked at.
struct There {
  std::string node;              // where the machine is, or shall be
  std::optional<Config> config;  // the next start's; none: proven that there is none
  MachineStatus status;
  std::vector<ListedTask> running;  // at work on the machine, or on the template that it is cloned from
  std::string seed_volume;          // of this machine, uploaded; "" : none
};

struct Step {
  enum class Kind : std::uint8_t {
    kCall,        // send `call`
    kUploadSeed,  // make the seed's image and upload it as seed_file_name()
    kWait,        // somebody is at work on it: look again when that task has ended
    kPause,       // somebody will act who has no task yet: look again after `pause`
    kDone,
  };
  Kind kind = Kind::kDone;
  std::string name;  // for people: "define", "root disk", ...
  ApiCall call = {};
  bool is_task = false;  // the answer is the name of a task; it has to end first
  bool is_last = false;  // when it has ended well, all is done: it is not looked at again
  Duration pause = {};
};

// kAlreadyExists: the VMID is another's: reserve another one. kFailedPrecondition: a person has to look (a reservation
// of nobody's, a machine that is being removed). kInvalidArgument, kResourceExhausted: the spec can never be met.
Result<Step> next_create_step(const There& there, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                              const Source& source, const CreateSettings& settings);

// Ends with kDone when there is no configuration. kFailedPrecondition: it is not ours.
Result<Step> next_remove_step(const There& there, const provider::MachineRef& ref);

// Gives a machine of ours up, or takes a released one over: its stamp, under the digest.
Result<Step> stamp_step(const There& there, const provider::MachineRef& ref, const Stamp& stamp, std::string name);

std::string seed_file_name(const std::string& machine_id);

}  // namespace rig::proxmox
