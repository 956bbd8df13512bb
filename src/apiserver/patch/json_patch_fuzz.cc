// apiserver/patch/json_patch_fuzz.cc — libFuzzer: the operations of a JSON patch are made all or none, one after the
// other, and a test finds what was put somewhere.
#include "apiserver/bytes_fuzz.h"
#include "apiserver/failure.h"
#include "apiserver/patch/patch.h"
#include "base/check.h"

namespace {

using namespace rig;
using namespace rig::apiserver;

Result<json::Value> patched(const json::Value& document, const json::Array& operations) {
  std::vector<std::string> strange;
  Result<json::Value> out = apply_json_patch(document, operations, strange);
  CHECK(out.ok() || http_code(out.error()) == 422);
  return out;
}

std::string path(Bytes& bytes) {
  constexpr std::array kParts = {"a", "b", "0", "1", "-", "-1", "~0", "/"};
  std::string text;
  for (std::size_t left = bytes.below(4); left > 0; --left) text += "/" + std::string(kParts[bytes.below(8)]);
  return text;
}

json::Value operation(Bytes& bytes) {
  constexpr std::array kWords = {"add", "remove", "replace", "test", "move", "copy", "else"};
  json::Object made = {{"op", kWords[bytes.below(7)]}, {"path", path(bytes)}, {"from", path(bytes)}};
  made["value"] = bytes.document(anything());
  return made;
}

// "-" is a place only before something is put there.
bool is_found_again(const json::Value& operation) {
  const std::string_view op = operation.text({"op"});
  return (op == "add" || op == "replace") && !operation.text({"path"}).ends_with("/-");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Bytes bytes(data, size);
  const json::Value document = bytes.document(anything());
  CHECK(*patched(document, {}) == document);
  json::Array operations;
  Result<json::Value> stepped = document;
  while (!bytes.is_used_up() && operations.size() < 8 && stepped.ok()) {
    operations.push_back(operation(bytes));
    stepped = patched(*stepped, {operations.back()});
    json::Value test = operations.back();
    test["op"] = "test";
    if (stepped.ok() && is_found_again(operations.back())) CHECK(patched(*stepped, {test}).ok());
  }
  const Result<json::Value> whole = patched(document, operations);
  CHECK(whole.ok() == stepped.ok() && (!whole.ok() || *whole == *stepped));
  return 0;
}
