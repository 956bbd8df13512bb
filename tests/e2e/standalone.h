// e2e/standalone.h — virtrigaud as a user runs it: its own folders, and its own API server or that of a cluster.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/v1beta1/virtual_machine.h"
#include "e2e/process.h"
#include "kube/api.h"
#include "kube/kubeconfig.h"

namespace rig::e2e {

namespace v1 = api::v1beta1;

std::string program(std::string_view name);  // the path of one of our programs
Call within(Duration time);

// A cluster, as two of its users see it: kubeconfigs of one who may do all, and of the manager.
struct Cluster {
  std::string person, manager;
};
Cluster lab_cluster();                           // of tools/lab/kube/up, in RIG_TEST_KUBE_DIR
void use_cluster(const Cluster& cluster);        // by every Standalone that is not told otherwise
const std::optional<Cluster>& cluster_in_use();  // nullopt: each has an API server of its own

class Standalone {
 public:
  explicit Standalone(std::optional<Cluster> cluster = cluster_in_use(), std::string log_level = "debug")
      : cluster_(std::move(cluster)), log_level_(std::move(log_level)) {
    start();
  }

  void start();  // CHECKs that it serves
  void kill();   // kill -9
  int stop();    // SIGTERM; its exit status
  void restart() {
    kill();
    start();
  }
  pid_t pid() const { return process_->pid(); }
  std::vector<pid_t> providers() const { return children_of(pid()); }

  kube::Transport& transport() { return *transport_; }
  const kube::Access& access() const { return access_; }
  std::string socket() const { return folder_.path() + "/r/api.sock"; }
  const std::string& folder() const { return folder_.path(); }
  std::string data() const { return folder_.path() + "/data"; }
  std::string log() const;  // its own and its providers'

  // In namespace `default`. create() is strict about fields.
  Status create(const json::Value& object);
  template <class T>
  Result<T> get(const std::string& name) {
    return kube::Api<T>(*transport_).get({"default", name}, within(std::chrono::seconds(10)));
  }
  template <class T>
  Status patch(const std::string& name, std::string_view yaml) {
    return patch(T::kResource, name, yaml);
  }
  template <class T>
  Status remove(const std::string& name) {
    return remove(T::kResource, name);
  }
  template <class T>
  bool is_gone(const std::string& name) {
    const auto object = get<T>(name);
    return !object.ok() && object.error().is(Code::kNotFound);
  }
  // An empty object while there is none or it cannot be read.
  v1::VirtualMachine vm(const std::string& name);
  std::vector<v1::VirtualMachine> vms();

 private:
  Status patch(const api::Resource& resource, const std::string& name, std::string_view yaml);
  Status remove(const api::Resource& resource, const std::string& name);

  const std::optional<Cluster> cluster_;
  const std::string log_level_;
  Folder folder_;
  std::optional<Process> process_;
  kube::Access access_;
  std::unique_ptr<kube::Transport> transport_;
};

}  // namespace rig::e2e
