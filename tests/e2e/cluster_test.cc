// e2e/cluster_test.cc — virtrigaud --kubeconfig: manager and providers for an API server that is not its own.
#include "e2e/own_cluster_test.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

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
