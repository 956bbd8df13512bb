// apiserver/scale.h — the scale subresource: an object seen as autoscaling/v1 Scale.
#pragma once

#include "apiserver/registry_impl.h"

namespace rig::apiserver {

// 500 when the object has no number of replicas, as the real server says it.
Result<json::Value> scale_of(const api::KindInfo& kind, const json::Value& object);
Result<Written> replace_scale(Registry::Impl& registry, const api::KindInfo& kind, const ObjectKey& key,
                              json::Value scale, const WriteContext& context);
// `change` makes the wanted Scale from the one that is there.
Result<Written> change_scale(Registry::Impl& registry, const api::KindInfo& kind, const ObjectKey& key,
                             Registry::Impl::Verb verb,
                             const std::function<Result<json::Value>(const json::Value& scale)>& change,
                             const WriteContext& context);

}  // namespace rig::apiserver
