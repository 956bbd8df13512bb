// apiserver/janitor_test.cc — the thread that tidies up does so by itself.
#include "apiserver/janitor.h"

#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

TEST_F(RegistryTest, IsTidiedUpByTheJanitor) {
  const SystemClock real;
  const Janitor janitor(registry, real);
  create(core("configmaps"),
         config_map("lost", R"({"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap",
      "name":"never","uid":"1"}]}})"));
  const Time deadline = real.now() + std::chrono::seconds(10);
  for (Revision seen = store->revision(); exists(core("configmaps"), "lost") && real.now() < deadline;
       seen = store->revision())
    (void)store->wait("", seen, deadline, {});
  EXPECT_FALSE(exists(core("configmaps"), "lost"));
}

}  // namespace
}  // namespace rig::apiserver
