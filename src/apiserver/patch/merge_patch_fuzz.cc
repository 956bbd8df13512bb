// apiserver/patch/merge_patch_fuzz.cc — libFuzzer: after a merge patch everything is as it says, and what it does not
// speak of is as it was.
#include "apiserver/bytes_fuzz.h"
#include "apiserver/failure.h"
#include "apiserver/patch/patch.h"
#include "base/check.h"

namespace {

using namespace rig;
using namespace rig::apiserver;

bool same(const json::Value* a, const json::Value* b) { return a == nullptr || b == nullptr ? a == b : *a == *b; }

// `before` and `after` are null where there is nothing.
bool is_patched(const json::Value* before, const json::Value& patch, const json::Value* after) {
  if (patch.is_null()) return after == nullptr;
  if (!patch.is_object()) return same(&patch, after);
  if (after == nullptr || !after->is_object()) return false;
  const auto& spoken_of = *patch.as<json::Object>();
  for (const auto& [name, value] : spoken_of) {
    if (!is_patched(before == nullptr ? nullptr : before->find(name), value, after->find(name))) return false;
  }
  for (const json::Value* side : {before, after}) {
    if (side == nullptr || !side->is_object()) continue;
    for (const auto& [name, value] : *side->as<json::Object>()) {
      if (spoken_of.contains(name)) continue;
      if (!same(before == nullptr ? nullptr : before->find(name), after->find(name))) return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Bytes bytes(data, size);
  const json::Value document = bytes.document(anything()), patch = bytes.document(anything());
  const Result<json::Value> once = apply_merge_patch(document, patch);
  CHECK(once.ok() == patch.is_object());
  if (!once.ok()) {
    CHECK(http_code(once.error()) == 400);
    return 0;
  }
  CHECK(is_patched(&document, patch, &*once));
  CHECK(*apply_merge_patch(*once, patch) == *once);
  return 0;
}
