// e2e/cluster_test.cc — virtrigaud --kubeconfig: manager and providers for an API server that is not its own.
#include "api/core/namespace.h"
#include "apiserver/api_server.h"
#include "apiserver/janitor.h"
#include "apiserver/serve.h"
#include "base/check.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

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

void make_namespace(const OwnCluster& cluster, const std::string& name) {
  const auto transport = kube::connect(*kube::read_kubeconfig(cluster.kubeconfig()));
  ASSERT_TRUE(transport.ok());
  api::core::Namespace made;
  made.meta.name = name;
  ASSERT_TRUE(kube::Api<api::core::Namespace>(**transport).create(made, within(10s)).ok());
}

TEST(ClusterMode, StopsWhereTheLeaseHasNoPlaceAndSaysHowToMakeIt) {
  const OwnCluster cluster;
  const Folder folder;
  const Outcome outcome = run(program("virtrigaud"), {"--data-dir", folder.path() + "/data", "--runtime-dir",
                                                      folder.path() + "/r", "--kubeconfig", cluster.kubeconfig()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(has(outcome.output, "kubectl create namespace virtrigaud-system")) << outcome.output;
}

TEST(ClusterMode, OneOfTwoActsAndTheOtherTakesOver) {
  std::optional<OwnCluster> own;
  std::optional<Cluster> cluster = cluster_in_use();
  if (!cluster) {
    own.emplace();
    make_namespace(*own, "virtrigaud-system");
    cluster = Cluster{.person = own->kubeconfig(), .manager = own->kubeconfig()};
  }
  const Host host;
  Standalone first(cluster);
  lay_foundation(first);
  const auto is_ready = [&] { return told(first.vm("m"), condition::kReady).starts_with("True"); };
  ASSERT_TRUE(first.create(machine("m", "imageRef: {name: blank}")).ok());
  ASSERT_TRUE(eventually(kSoon, is_ready)) << told(first.vm("m"), condition::kReady) << "\n" << first.log();

  Standalone second(cluster);
  EXPECT_EQ(first.providers().size(), 1U);
  EXPECT_EQ(second.providers().size(), 0U) << "it waits for the Lease";
  EXPECT_EQ(first.stop(), 0) << first.log();
  ASSERT_TRUE(eventually(kSoon, [&] { return second.providers().size() == 1; })) << second.log();

  const std::string id = second.vm("m").meta.annotation("virtrigaud.io/machine-id");
  EXPECT_TRUE(host.is_on(id)) << "a change of managers is none of the machine's";
  host.destroy(id);
  EXPECT_TRUE(eventually(kSoon, [&] { return host.is_on(id); })) << second.log();
  EXPECT_TRUE(second.remove<v1::VirtualMachine>("m").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return second.is_gone<v1::VirtualMachine>("m"); })) << second.log();
  EXPECT_FALSE(host.domain(id));
  take_up_foundation(second);
  EXPECT_EQ(second.stop(), 0) << second.log();
}

}  // namespace
}  // namespace rig::e2e
