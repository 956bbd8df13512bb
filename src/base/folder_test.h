// base/folder_test.h — for tests: a folder that goes away with the object, its path short enough for sockets; and what
// a file's owner and others may do with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "base/check.h"

namespace rig {

class TestFolder {
 public:
  TestFolder() { CHECK(::mkdtemp(path_.data()) != nullptr); }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = "/tmp/rig-test-XXXXXX";
};

inline unsigned mode_of(const std::string& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

}  // namespace rig
