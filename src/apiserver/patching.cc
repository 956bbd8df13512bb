// apiserver/patching.cc — PATCH.
#include "apiserver/patch/patch.h"
#include "apiserver/registry_impl.h"
#include "apiserver/scale.h"

namespace rig::apiserver {
namespace {

Result<json::Value> patched(const api::KindInfo& kind, PatchType type, const json::Value& old, const json::Value& patch,
                            std::vector<std::string>& strange) {
  switch (type) {
    case PatchType::kJson: return apply_json_patch(old, patch, strange);
    case PatchType::kMerge: return apply_merge_patch(old, patch);
    default: return apply_strategic_patch(kind.type(), old, patch);
  }
}

Error no_strategic_patch() {
  return unsupported_media_type(
      "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
      "application/merge-patch+json, application/apply-patch+yaml");
}

}  // namespace

Result<Written> Registry::patch(const api::KindInfo& kind, const ObjectKey& key, PatchType type,
                                const json::Value& patch, Part part, const WriteContext& context) {
  if (type == PatchType::kApply) return impl_->apply(kind, key, patch, part, context);
  if (type == PatchType::kStrategic && kind.is_custom) return no_strategic_patch();
  if (part == Part::kScale) {
    std::vector<std::string> strange;
    const auto change = [&](const json::Value& scale) { return patched(kind, type, scale, patch, strange); };
    return change_scale(*impl_, kind, key, Impl::Verb::kPatch, change, context);
  }
  const auto make = [&](const json::Value& old) -> Result<json::Value> {
    WriteContext reading = context;
    json::Value object = TRY(patched(kind, type, old, patch, reading.body_warnings));
    const bool is_strategic = type == PatchType::kStrategic;
    const std::string shown = is_strategic ? go_text(patch) : json::to_text(object);
    TRY(impl_->read_patched(kind, object, shown, is_strategic, reading));
    TRY(Impl::check_address(kind, key, object));
    return object;
  };
  return impl_->update(kind, key, {Impl::Verb::kPatch, part, make}, context);
}

}  // namespace rig::apiserver
