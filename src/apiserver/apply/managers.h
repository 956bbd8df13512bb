// apiserver/apply/managers.h — the entries of metadata.managedFields as values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apiserver/apply/field_set.h"

namespace rig::apiserver {

struct Manager {
  std::string name, api_version, subresource;
  bool is_apply = false;  // else it updates
  std::string time;       // "" : none
  FieldSet fields;

  // Two writes are by the same manager when these agree; an applier keeps its entry over versions of the API.
  bool is_same(const Manager& other) const;
  std::string text() const;  // "first" or "hand" using v1, as conflicts name it
};
using Managers = std::vector<Manager>;

// Nothing when an entry cannot be read: then none counts.
std::optional<Managers> parse_managers(const json::Value* managed_fields);
// Without empty entries, at most ten that update, in the server's order. Null when there is none.
json::Value managed_fields_of(Managers managers);

}  // namespace rig::apiserver
