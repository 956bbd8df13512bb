// apiserver/patch/strategic_patch_fuzz.cc — libFuzzer: a strategic merge patch says the same when it is said again, and
// lists keep every item that it does not speak of.
#include "api/kinds.h"
#include "apiserver/bytes_fuzz.h"
#include "apiserver/failure.h"
#include "apiserver/patch/patch.h"
#include "base/check.h"

namespace {

using namespace rig;
using namespace rig::apiserver;

constexpr std::array<std::string_view, 5> kDirectives = {"$patch", "$retainKeys", "$setElementOrder/finalizers",
                                                         "$deleteFromPrimitiveList/finalizers",
                                                         "$setElementOrder/secrets"};

const json::Array& finalizers(const json::Value& object) {
  static const json::Array kNone;
  const json::Value* found = object.at({"metadata", "finalizers"});
  return found == nullptr || !found->is_array() ? kNone : *found->as<json::Array>();
}

bool contains(const json::Array& items, const json::Value& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

void without_directives(const schema::TypeInfo& type, const json::Value& document, const json::Value& patch,
                        const json::Value& once) {
  CHECK(*apply_strategic_patch(type, once, patch) == once);
  for (const json::Value& item : finalizers(patch)) CHECK(contains(finalizers(once), item));
  const json::Value* of_patch = patch.at({"metadata", "finalizers"});
  if (of_patch == nullptr || !of_patch->is_array()) return;
  for (const json::Value& item : finalizers(document)) CHECK(contains(finalizers(once), item));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Bytes bytes(data, size);
  const char* plural = std::array{"serviceaccounts", "configmaps", "events"}[bytes.below(3)];
  const schema::TypeInfo& type = api::find_kind("", plural)->type();
  const json::Value document = bytes.document(shape_of(type));
  if (!document.is_object()) return 0;
  if (bytes.below(2) == 1) bytes.strange_names = kDirectives;
  const json::Value patch = bytes.document(shape_of(type));
  CHECK(*apply_strategic_patch(type, document, json::Object()) == document);
  const Result<json::Value> once = apply_strategic_patch(type, document, patch);
  CHECK(once.ok() ? patch.is_object() : !patch.is_object() && http_code(once.error()) == 400);
  if (once.ok() && json::to_text(patch).find('$') == std::string::npos)
    without_directives(type, document, patch, *once);
  return 0;
}
