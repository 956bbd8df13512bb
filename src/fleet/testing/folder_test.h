// fleet/testing/folder_test.h — for tests: a short folder that goes away, and waiting for something without guessing
// how long.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>

#include "base/result.h"

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

// False when it has not become true within 20 s.
inline bool becomes_true(const std::function<bool()>& is_true) {
  const Time end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::mutex mutex;
  std::condition_variable never;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

inline std::string mode_of(const std::string& path) {
  const auto mode = static_cast<unsigned>(std::filesystem::status(path).permissions());
  return {static_cast<char>('0' + (mode >> 6)), static_cast<char>('0' + ((mode >> 3) & 7U)),
          static_cast<char>('0' + (mode & 7U))};
}

}  // namespace rig::fleet
