// proxmox/mini_node_test.h — a node in miniature, for the orders of steps.h and apply.h.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/size.h"
#include "hypervisor/proxmox/steps.h"

namespace rig::proxmox {

inline constexpr char kMachineId[] = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de";
inline constexpr char kCloneUuid[] = "051bcd28-8192-489e-8eb6-0bb76fcce29c";
inline constexpr std::int64_t kImageBytes = 2LL << 30;  // of every volume that is imported

// A node with room for one machine. It does what Proxmox VE does with the calls of steps.h, and nothing else.
struct MiniNode {
  std::optional<Config> config;
  bool running = false;
  std::string seed_volume, seed_node = "pve1";
  std::vector<ListedTask> tasks;
  Config template_config;
  int writes = 0, volumes = 0, made_machines = 0;

  There look() const {
    There there;
    there.node = "pve1";
    there.config = config;
    there.status.running = running;
    there.running = tasks;
    there.seed_volume = seed_volume;
    return there;
  }

  void touch() { config->digest = "digest-" + std::to_string(++writes); }

  std::string made(const std::string& option, const std::string& text) {
    Drive drive = parse_drive(option, text).take();
    if (!drive.import_from.empty()) {
      EXPECT_TRUE(drive.volume.ends_with(":0")) << text;
      drive.size_bytes = kImageBytes;
    } else {
      drive.size_bytes = parse_size(drive.volume.substr(drive.volume.find(':') + 1) + "G").take();
    }
    drive.import_from.clear();
    drive.volume = std::string(storage_of(drive.volume)) + ":vm-100-disk-" + std::to_string(volumes++);
    return drive_text(option, drive).take();
  }

  void write(const Form& form) {
    for (const auto& [name, value] : form) {
      if (name == "digest" || name == "force" || name == "vmid" || name == "newid" || name == "full" ||
          name == "target")
        continue;
      if (name == "delete") {
        for (const std::string& option : split(value, ',')) config->options.erase(option);
        continue;
      }
      if (name == "boot") {
        const Boot boot = parse_boot(value).take();
        for (const std::string& device : boot.order)
          EXPECT_TRUE(config->options.contains(device))
              << "invalid bootorder: device '" << device << "' does not exist";
      }
      config->options[name] = slot_of(name) ? made(name, value) : value;
    }
    touch();
  }

  // False: refused, and nothing is changed.
  bool act(const Step& step) {
    if (step.kind == Step::Kind::kUploadSeed) {
      seed_volume = "local:import/" + seed_file_name(kMachineId);
      return true;
    }
    if (step.call.path.ends_with("/config")) {
      EXPECT_EQ(step.is_task, step.call.method == "POST");
    }
    return take(step.call);
  }

  bool take(const ApiCall& call) {
    const std::string what = call.method + " " + call.path;
    for (const auto& [name, value] : call.form)
      if (name == "digest" && (!config || value != config->digest)) return false;
    if (what == "POST /nodes/pve1/qemu" || what == "POST /nodes/pve1/qemu/9000/clone") {
      if (config) return false;
      ++made_machines;
      const bool is_clone = what.ends_with("clone");
      config = is_clone ? template_config : Config{};
      if (is_clone) config->options["smbios1"] = std::string("uuid=") + kCloneUuid;
      write(call.form);
    } else if (what == "PUT /nodes/pve1/qemu/100/config" || what == "POST /nodes/pve1/qemu/100/config") {
      write(call.form);
    } else if (what == "PUT /nodes/pve1/qemu/100/resize") {
      grow(call.form[0].second, parse_size(call.form[1].second).take());
    } else if (what == "POST /nodes/pve1/qemu/100/status/stop") {
      running = false;
      tasks.clear();
    } else if (what == "DELETE /nodes/pve1/qemu/100") {
      if (running || !config) return false;
      config.reset();
    } else if (what.starts_with("DELETE /nodes/" + seed_node + "/storage/local/content/local%3Aimport%2F")) {
      seed_volume.clear();
    } else {
      ADD_FAILURE() << "no such call: " << what;
      return false;
    }
    return true;
  }

  void grow(const std::string& option, std::int64_t bytes) {
    Drive drive = parse_drive(option, config->text(option)).take();
    EXPECT_LE(*drive.size_bytes, bytes) << "shrinking disks is not supported";
    drive.size_bytes = bytes;
    config->options[option] = drive_text(option, drive).take();
    touch();
  }
};

}  // namespace rig::proxmox
