// apiserver/applying_fuzz.cc — libFuzzer: what managers apply to objects of the registry's kinds, defaults and pruning
// included: again changes nothing, a forced one never conflicts, the books are of what is there.
#include "apiserver/apply/managers.h"
#include "apiserver/apply/typed.h"
#include "apiserver/bytes_fuzz.h"
#include "apiserver/registry.h"
#include "base/check.h"

namespace {

using namespace rig;
using namespace rig::apiserver;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kKinds = {
    {{"infra.virtrigaud.io", "virtualmachines"}, {"", "serviceaccounts"}, {"", "secrets"}, {"", "configmaps"}}};

// Made to fit where the bytes would hardly ever do it.
json::Value named(const api::KindInfo& kind, json::Value document) {
  json::Object metadata = {{"name", "one"}};
  for (const char* name : {"labels", "annotations", "finalizers"}) {
    if (const json::Value* given = document.at({"metadata", name})) metadata[name] = *given;
  }
  document["metadata"] = std::move(metadata);
  if (!document["metadata"]["labels"].is_object()) document["metadata"]["labels"] = json::Object();
  document["metadata"]["labels"]["all"] = "a";  // of an object that nobody owns anything of no books are kept
  document["apiVersion"] = kind.resource.api_version();
  document["kind"] = kind.resource.kind;
  if (kind.is_custom) {
    if (!document["spec"].is_object()) document["spec"] = json::Object();
    for (const char* name : {"classRef", "imageRef", "providerRef"})
      document.set({"spec", name}, json::Object{{"name", "a"}});
  }
  return document;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Bytes bytes(data, size);
  StepClock clock;
  const std::unique_ptr<Store> store = memory_store();
  Registry registry(*store, api::kinds(), clock);
  const json::Value home = json::Object{{"metadata", json::Object{{"name", "default"}}}};
  CHECK(registry.create(*api::find_kind("", "namespaces"), "", home, {"test"}).ok());
  const auto& [group, plural] = kKinds[bytes.below(kKinds.size())];
  const api::KindInfo& kind = *api::find_kind(group, plural);
  for (int step = 0; step < 8 && !bytes.is_used_up(); ++step) {
    const std::size_t act = bytes.below(3);
    const WriteContext context{.field_manager = std::string(bytes.word()), .force = act == 2};
    const json::Value given = bytes.document(shape_of(kind));
    if (!given.is_object()) return 0;
    const json::Value document = named(kind, given);
    const auto write = [&] {
      clock.advance(std::chrono::seconds(1));
      const PatchType type = act == 0 ? PatchType::kMerge : PatchType::kApply;
      return registry.patch(kind, {"default", "one"}, type, document, Part::kWhole, context);
    };
    const Result<Written> written = write();
    CHECK(written.ok() || act != 2 || http_code(written.error()) != 409);
    if (!written.ok()) continue;
    const Revision before = store->revision();
    const Result<Written> again = write();
    CHECK(again.ok() && again->object == written->object && store->revision() == before);
    CHECK(parse_managers(again->object.at({"metadata", "managedFields"})));
  }
  return 0;
}
