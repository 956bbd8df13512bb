// e2e/standalone.h — virtrigaud as a user runs it: its own folders, and its own API server or that of a cluster.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/client.h"
#include "e2e/process.h"

namespace rig::e2e {

std::string program(std::string_view name);  // the path of one of our programs

// A cluster, as two of its users see it: kubeconfigs of one who may do all, and of the manager.
struct Cluster {
  std::string person, manager;
};
Cluster lab_cluster();                           // of tools/lab/kube/up, in RIG_TEST_KUBE_DIR
void use_cluster(const Cluster& cluster);        // by every Standalone that is not told otherwise
const std::optional<Cluster>& cluster_in_use();  // nullopt: each has an API server of its own

class Standalone : public Client {
 public:
  // `parent`: where its folder is.
  explicit Standalone(std::optional<Cluster> cluster = cluster_in_use(), std::string log_level = "debug",
                      const std::string& parent = "/tmp")
      : cluster_(std::move(cluster)), log_level_(std::move(log_level)), folder_(parent) {
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

  std::string socket() const { return folder_.path() + "/r/api.sock"; }
  const std::string& folder() const { return folder_.path(); }
  std::string data() const { return folder_.path() + "/data"; }
  std::string kubeconfig() const { return cluster_ ? cluster_->person : data() + "/kubeconfig"; }  // of who may do all
  std::string log() const;  // its own and its providers'

 private:
  const std::optional<Cluster> cluster_;
  const std::string log_level_;
  Folder folder_;
  std::optional<Process> process_;
};

}  // namespace rig::e2e
