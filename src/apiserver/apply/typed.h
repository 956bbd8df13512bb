// apiserver/apply/typed.h — documents walked along their shape: which fields they have, how two differ, what merging
// makes of them. Pure. Source of the rules: sigs.k8s.io/structured-merge-diff, checked against the recordings.
#pragma once

#include <optional>
#include <string>

#include "apiserver/apply/field_set.h"
#include "apiserver/apply/shape.h"

namespace rig::apiserver {

// Why a configuration cannot be applied: ".spec.colour: field not declared in schema". All reasons, one a line.
std::optional<std::string> misfit(const Shape& shape, const json::Value& document);

// The fields that a configuration speaks of. Structs are not among them, only what is in them.
FieldSet fields_of(const Shape& shape, const json::Value& document);

struct Comparison {
  FieldSet added, modified, removed;
};
Comparison compare(const Shape& shape, const json::Value& before, const json::Value& after);

// What the configuration says goes over what is there; lists that are not atomic are put together.
json::Value merged(const Shape& shape, const json::Value& live, const json::Value& configuration);

// Takes away what was in `last` and is owned by nobody any more. A struct counts as owned while something in it is.
void drop_unowned(const Shape& shape, json::Value& document, const FieldSet& last, const FieldSet& owned);

}  // namespace rig::apiserver
