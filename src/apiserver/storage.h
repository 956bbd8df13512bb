// apiserver/storage.h — objects as records: their keys, and their text without resourceVersion.
#pragma once

#include <string>

#include "api/kinds.h"
#include "apiserver/store/store.h"
#include "base/json/json.h"
#include "base/object_key.h"

namespace rig::apiserver {

std::string storage_prefix(const api::KindInfo& kind, std::string_view name_space);  // "" : all
std::string storage_key(const api::KindInfo& kind, const ObjectKey& key);

// With resourceVersion, in the form of `kind`; with `only`, which has "metadata", the rest is left out. kDataLoss: what
// is stored is not JSON.
Result<json::Value> object_of(const api::KindInfo& kind, std::string_view value, Revision revision,
                              const json::Members* only = nullptr);
// The same as compact JSON text: of what is stored as it is shown without reading it, for that is most of the work of a
// list.
Result<std::string> text_of(const api::KindInfo& kind, std::string_view value, Revision revision);
// The server's 500 for what is too large, 400 for what is nested too deeply (a patch can make that).
Result<std::string> value_of(const api::KindInfo& kind, const json::Value& object);

void set_version(json::Value& object, Revision revision);
std::string take_version(json::Value& object);  // and removes it

}  // namespace rig::apiserver
