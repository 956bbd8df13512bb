// e2e/main.cc — says what these tests need.
#include <gtest/gtest.h>

#include <cstdio>

#include "e2e/host.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto& environment = rig::e2e::environment();
  if (environment.uri.empty() || environment.guest_image.empty() || environment.pool_folder.empty()) {
    std::fprintf(stderr,
                 "these tests need a host: see tools/lab/host; set RIG_TEST_LIBVIRT_URI, RIG_TEST_GUEST_IMAGE, "
                 "RIG_TEST_LIBVIRT_POOL_DIR\n");
    return 2;
  }
  return RUN_ALL_TESTS();
}
