// apiserver/routes/target.h — a request target taken apart: decoded path segments and query parameters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rig::apiserver {

struct Target {
  std::vector<std::string> path;  // "/apis/g/" is {"apis", "g"}; "//" leaves an empty segment between
  std::vector<std::pair<std::string, std::string>> query;

  // The first of that name, as every parameter is read.
  std::optional<std::string_view> find(std::string_view name) const;
  std::string_view get(std::string_view name) const { return find(name).value_or(""); }
  bool is_set(std::string_view name) const;  // there, and neither "false" nor "0"
  std::string path_text() const;             // "/apis/g"
};

// Origin form or absolute form. kInvalidArgument: bad percent-encoding in the path; in the query the parameter is
// dropped instead, as Go does.
Result<Target> parse_target(std::string_view target);

}  // namespace rig::apiserver
