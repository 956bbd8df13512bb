// apiserver/document.h — from the body of a request to an object that can be judged: what cannot be read at all,
// what nobody described, pruning and defaults.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/kinds.h"
#include "base/json/json.h"
#include "schema/walk.h"

namespace rig::apiserver {

// Takes a member out of an object and gives it back at the end of life: rows do not describe apiVersion and kind.
class Without {
 public:
  Without(json::Value& object, std::string_view name);
  ~Without();
  Without(const Without&) = delete;
  Without& operator=(const Without&) = delete;

 private:
  json::Value& object_;
  std::string_view name_;
  std::optional<json::Value> value_;
};

// How deep its lists and maps are nested: 0 of "a", 2 of [[]] and, as it looks no further, `enough` at most.
int depth_of(const json::Value& value, int enough);

// Why the object's metadata (of a core kind: anything in it) cannot be read, in the words of Go's encoding/json,
// which a user meets at a real server. The server reads these strictly and judges the rest by the schema.
std::optional<std::string> unreadable(const api::KindInfo& kind, const json::Value& object);

// The same in the words of apimachinery's converter, which reads what a strategic patch made.
std::optional<std::string> unconvertible(const api::KindInfo& kind, const json::Value& object);

// One text per member that no row describes: unknown field "spec.sizeGB" (did you mean "sizeGiB"?).
std::vector<std::string> unknown_members(const api::KindInfo& kind, json::Value& object);

// Drops what no row describes, and what says nothing (nulls; in metadata and core kinds also "", [] and {}), then
// fills in defaults.
void normalise(const api::KindInfo& kind, json::Value& object);

// What the schema says about all but metadata. `old` may be null.
std::vector<schema::Problem> check_schema(const api::KindInfo& kind, json::Value& object, const json::Value* old);

}  // namespace rig::apiserver
