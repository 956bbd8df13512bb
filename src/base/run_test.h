// base/run_test.h — a program that a test runs to its end.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/run.h"

namespace rig {

// CHECKs that it can be started and ends within two minutes.
inline Ran run(std::vector<std::string> arguments) {
  auto ran =
      run(Program{.arguments = std::move(arguments)}, std::chrono::steady_clock::now() + std::chrono::minutes(2));
  if (!ran.ok()) std::fprintf(stderr, "%s\n", ran.error().to_string().c_str());
  CHECK(ran.ok());
  return ran.take();
}

}  // namespace rig
