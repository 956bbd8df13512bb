// e2e/host.h — the libvirt host as somebody else sees it: past everything that is ours.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hypervisor/libvirt/handle.h"

namespace rig::e2e {

// RIG_TEST_LIBVIRT_URI, RIG_TEST_GUEST_IMAGE, RIG_TEST_LIBVIRT_POOL_DIR; main() refuses to run without them.
// RIG_TEST_KUBE_DIR: a folder of tools/lab/kube/up; main() wants it for --kube only.
struct Environment {
  std::string uri, guest_image, pool_folder, kube_folder;
};
const Environment& environment();

// What stands on the host: definitions by name, and files of pool `default` by name with their digest.
struct Inventory {
  std::map<std::string, std::string> domains, files;
  bool operator==(const Inventory&) const = default;
};

class Host {
 public:
  explicit Host(std::string uri = environment().uri, std::string pool_folder = environment().pool_folder);

  Inventory inventory() const;
  std::vector<std::string> files() const;  // names in the folder of pool `default`, sorted; whatever made them
  libvirt::Domain domain(const std::string& machine_id) const;  // null: there is none
  std::string xml(const std::string& machine_id) const;         // as configured; "" : there is none
  bool is_on(const std::string& machine_id) const;
  int why_off(const std::string& machine_id) const;  // virDomainShutoffReason; -1: it is not off
  std::vector<std::string> addresses_by_agent(const std::string& machine_id) const;

  // What others do.
  void define(const std::string& xml) const;
  void start(const std::string& machine_id) const;  // no matter if somebody stops it before the call is over
  void destroy(const std::string& machine_id) const;
  void undefine(const std::string& machine_id) const;
  void write_file(const std::string& name, std::string_view bytes) const;  // into the pool, which then knows it
  void remove_file(const std::string& name) const;

 private:
  libvirt::Pool pool() const;
  virConnectPtr session() const;  // opened anew after libvirtd went away
  const std::string uri_;
  mutable libvirt::Session session_;
  std::string pool_folder_;
};

// A machine of another owner: off, of that name, with a disk of the pool.
std::string foreign_domain(const std::string& name, const std::string& uuid, const std::string& disk_path);

}  // namespace rig::e2e
