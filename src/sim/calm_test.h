// sim/calm_test.h — an installation in calm weather, for tests that say themselves what happens.
#pragma once

#include <gtest/gtest.h>

#include "base/log.h"
#include "sim/manager_process.h"
#include "sim/scenario.h"

namespace rig::sim {

class CalmTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(log::setup({.level = log::Level::kError, .file = {}}).ok()); }
  void SetUp() override {
    world_.faults = Faults::none();
    world_.boot(manager_process);
  }
  void settle() { ASSERT_TRUE(world_.settle(/*steps_max=*/20'000)); }

  World world_{3};
  Scenario scenario_{world_};
};

}  // namespace rig::sim
