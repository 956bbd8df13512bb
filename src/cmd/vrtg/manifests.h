// cmd/vrtg/manifests.h — objects from files, folders and standard input.
#pragma once

#include <string>
#include <vector>

#include "base/json/json.h"
#include "base/result.h"

namespace rig::vrtg {

struct Manifest {
  std::string file;  // for messages
  json::Value object;
};

// Files in the order given; of a folder its *.yaml, *.yml and *.json by name. Lists are taken apart.
// kNotFound, kInvalidArgument: with the file and, where it can be said, line and column.
Result<std::vector<Manifest>> read_manifests(const std::vector<std::string>& paths);

}  // namespace rig::vrtg
