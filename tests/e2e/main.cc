// e2e/main.cc — says what these tests need, and which of them are for which control plane.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include "e2e/host.h"
#include "e2e/standalone.h"

namespace {

// For one of the two control planes only, because...
struct Only {
  const char* tests;
  bool real;  // on a real kube-apiserver; else on the API server of virtrigaud itself
};
constexpr Only kOnly[] = {
    {"Start.*", false},                                          // ...its port, socket, database and flags
    {"ClusterMode.StopsWhereTheLeaseHasNoPlace*", false},        // ...the lab's cluster has the namespace
    {"Refusal.OfAMisspeltFieldNamesTheOneThatWasMeant", false},  // ...its words: a cluster tells no more than "unknown"
    {"Refusal.OfABareOnSaysToQuoteIt", false},                   // ...its words
    {"Refusal.OfBytesThatAreNoHttpIsA400", false},               // ...its unix socket
    {"ManagerInCluster.*", false},                               // ...it brings a cluster of its own
    {"RealCluster*", true},                                      // ...what ours need not prove
};

void leave_out_others(bool real) {
  std::string& filter = testing::GTEST_FLAG(filter);
  char separator = filter.find('-') == std::string::npos ? '-' : ':';
  for (const Only& only : kOnly) {
    if (only.real == real) continue;
    filter += std::exchange(separator, ':');
    filter += only.tests;
  }
}

constexpr int kSkipped = 77;  // CMakeLists.txt

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto& environment = rig::e2e::environment();
  if (environment.uri.empty() || environment.guest_image.empty() || environment.pool_folder.empty()) {
    std::fprintf(stderr,
                 "these tests need a host: see tools/lab/host; set RIG_TEST_LIBVIRT_URI, RIG_TEST_GUEST_IMAGE, "
                 "RIG_TEST_LIBVIRT_POOL_DIR\n");
    return 2;
  }
  const bool real = argc > 1 && std::strcmp(argv[1], "--kube") == 0;
  if (real && environment.kube_folder.empty()) {
    std::fprintf(stderr, "--kube needs a cluster: see tools/lab/kube/up; set RIG_TEST_KUBE_DIR\n");
    return kSkipped;
  }
  if (real) rig::e2e::use_cluster(rig::e2e::lab_cluster());
  leave_out_others(real);
  return RUN_ALL_TESTS();
}
