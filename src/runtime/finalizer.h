// runtime/finalizer.h — holding an object until what it owns outside the API is gone.
//
// Each write is a JSON patch that holds only for the object as it was seen (its resourceVersion is a precondition,
// kAborted when it moved on), so that a race fails instead of removing somebody else's finalizer.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "api/meta/meta.h"
#include "kube/transport.h"

namespace rig::runtime {

using Annotations = std::map<std::string, std::string>;

// What makes `seen` carry the finalizer and the annotations; null when it does already.
json::Value add_finalizer_patch(const api::ObjectMeta& seen, std::string_view finalizer,
                                const Annotations& annotations = {});
// Null when it does not carry it.
json::Value remove_finalizer_patch(const api::ObjectMeta& seen, std::string_view finalizer);

// Before the first effect outside the API. Annotations (the machine's id) are in the same write. Ok means that the
// API server has it; nothing is sent when `seen` has it already.
Status add_finalizer(kube::Transport& transport, const api::Resource& resource, const api::ObjectMeta& seen,
                     std::string_view finalizer, const Annotations& annotations, const Call& call);
// After the last effect. Fine when the object is gone.
Status remove_finalizer(kube::Transport& transport, const api::Resource& resource, const api::ObjectMeta& seen,
                        std::string_view finalizer, const Call& call);

}  // namespace rig::runtime
