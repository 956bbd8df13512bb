// kube/kubeconfig.h — where a cluster is and who we are: kubeconfig files and in-cluster files.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/client.h"
#include "kube/exec_login.h"
#include "kube/transport.h"

namespace rig::kube {

struct Access {
  std::string server;  // "https://127.0.0.1:6443"
  std::string unix_socket;
  std::string ca_pem, certificate_pem, key_pem;
  std::string token, token_file;  // token_file is read again for each request and wins
  std::optional<ExecLogin> exec;  // wins over both
  bool insecure_skip_tls_verify = false;
  std::string name_space = "default", user;
};

// The context named, or the current one. Certificates by data or by file (relative to the kubeconfig).
// kNotFound: no such file, context, cluster or user, with those that are there. kUnimplemented: auth
// providers, passwords.
Result<Access> read_kubeconfig(const std::string& path, const std::string& context = {});
std::string write_kubeconfig(const Access& access, const std::string& name);  // the text, certificates as data
// What the kubelet gives every pod.
Result<Access> in_cluster(const std::string& folder = "/var/run/secrets/kubernetes.io/serviceaccount");

Result<std::unique_ptr<http::Client>> connect_http(const Access& access);
Result<std::unique_ptr<Transport>> connect(const Access& access);

}  // namespace rig::kube
