// fleet/testing/folder_test.h — for tests: a short folder that goes away, and waiting for something without guessing
// how long.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <string>

#include "base/eventually_test.h"

namespace rig::fleet {

class TestFolder {
 public:
  TestFolder() {
    char name[] = "/tmp/rig-fleet-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline bool becomes_true(const std::function<bool()>& is_true) { return eventually(std::chrono::seconds(20), is_true); }

inline std::string mode_of(const std::string& path) {
  const auto mode = static_cast<unsigned>(std::filesystem::status(path).permissions());
  return {static_cast<char>('0' + (mode >> 6)), static_cast<char>('0' + ((mode >> 3) & 7U)),
          static_cast<char>('0' + (mode & 7U))};
}

}  // namespace rig::fleet
