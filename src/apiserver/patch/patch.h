// apiserver/patch/patch.h — patches as functions from a document to a document. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json/json.h"
#include "schema/type_info.h"

namespace rig::apiserver {

// RFC 6902, with the liberties that kube-apiserver's library takes: negative indexes, replace of a member that is
// not there adds it, a path without a leading slash loses its first part. All operations or none; 422 when one fails.
// `strange`: one text per member of an operation that is not known.
Result<json::Value> apply_json_patch(json::Value document, const json::Value& patch, std::vector<std::string>& strange);

// RFC 7386.
Result<json::Value> apply_merge_patch(json::Value document, const json::Value& patch);

// Kubernetes' strategic merge for the kind that `type` describes: lists with keys merge by key, sets merge, $patch,
// $deleteFromPrimitiveList and $setElementOrder say more.
Result<json::Value> apply_strategic_patch(const schema::TypeInfo& type, json::Value document, const json::Value& patch);

std::string go_text(const json::Value& value);  // as Go prints a map: map[data:map[a:1] tags:[x y]]

}  // namespace rig::apiserver
