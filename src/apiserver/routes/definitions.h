// apiserver/routes/definitions.h — our own kinds as CustomResourceDefinitions: to be read, never written. They are
// what this program was built with.
#pragma once

#include <span>
#include <vector>

#include "api/kinds.h"
#include "apiserver/registry.h"

namespace rig::apiserver {

class Definitions {
 public:
  Definitions(std::span<const api::KindInfo> kinds, WallTime made);

  const api::KindInfo& kind() const { return *kind_; }
  Result<json::Value> get(std::string_view name) const;
  Result<std::vector<json::Value>> list(const ListQuery& query) const;
  // What an update or a patch made of one: the definition, when its spec is as it was (so that who applies the same
  // again is content; labels and annotations are not kept), else why not.
  Result<json::Value> keep(std::string_view name, const json::Value& wanted) const;
  // Why it is not made, changed or removed: 409 for a create of what is there, 403 for the rest.
  Error refuse(std::string_view verb, std::string_view name) const;

 private:
  const api::KindInfo* kind_;
  std::vector<json::Value> all_;  // by name
};

}  // namespace rig::apiserver
