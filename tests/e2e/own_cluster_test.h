// e2e/own_cluster_test.h — an API server in the test's own process, as a cluster for what works for one.
#pragma once

#include <gtest/gtest.h>

#include "api/core/namespace.h"
#include "api/kinds.h"
#include "apiserver/api_server.h"
#include "apiserver/janitor.h"
#include "apiserver/registry.h"
#include "apiserver/serve.h"
#include "apiserver/store/store.h"
#include "base/check.h"
#include "e2e/client.h"
#include "e2e/process.h"

namespace rig::e2e {

// An API server with our kinds and nobody who acts on them, in this process.
class OwnCluster {
 public:
  OwnCluster() {
    CHECK(registry_.bootstrap().ok());
    auto serving = apiserver::serve(server_,
                                    {.port = 0,
                                     .unix_socket = folder_.path() + "/s",
                                     .pki_dir = folder_.path() + "/pki",
                                     .kubeconfig = kubeconfig()},
                                    clock_);
    CHECK(serving.ok());
    serving_ = serving.take();
  }
  std::string kubeconfig() const { return folder_.path() + "/kubeconfig"; }

 private:
  const Folder folder_;
  const SystemClock clock_;
  const std::unique_ptr<apiserver::Store> store_ = apiserver::memory_store();
  apiserver::Registry registry_{*store_, api::kinds(), clock_};
  apiserver::Janitor janitor_{registry_, clock_};
  apiserver::ApiServer server_{registry_, clock_, {}};
  std::unique_ptr<apiserver::Serving> serving_;
};

inline void make_namespace(const OwnCluster& cluster, const std::string& name) {
  const auto transport = kube::connect(*kube::read_kubeconfig(cluster.kubeconfig()));
  ASSERT_TRUE(transport.ok());
  api::core::Namespace made;
  made.meta.name = name;
  ASSERT_TRUE(kube::Api<api::core::Namespace>(**transport).create(made, within(std::chrono::seconds(10))).ok());
}

}  // namespace rig::e2e
