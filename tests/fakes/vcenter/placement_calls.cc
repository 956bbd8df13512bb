// Storage DRS, as far as a clone onto a datastore cluster needs it: which datastore, and the clone itself.
#include "base/wall_time.h"
#include "fakes/vcenter/call.h"

namespace rig::fakes::vcenter {
namespace {

const Object* roomiest(const Center& center, const Ref& pod) {
  const Object* best = nullptr;
  std::int64_t most = -1;
  for (const Object* store : center.objects("Datastore")) {
    const std::int64_t free = center.free_bytes(text_of(store->tree, "name"));
    if (center.parent(store->self) != pod || free <= most) continue;
    best = store;
    most = free;
  }
  return best;
}

Result<Answer> recommend(Center& center, Asked& asked) {
  const Tree spec = asked.part("storageSpec");
  if (text_of(spec, "type") != "clone") return wrong_argument("storageSpec.type");
  for (const char* part : {"vm", "cloneSpec", "cloneName", "folder"})
    if (find(spec, part) == nullptr) return wrong_argument("storageSpec." + std::string(part));
  const Ref pod = ref_of(spec, "podSelectionSpec.storagePod");
  const Object* store = center.object(pod) == nullptr ? nullptr : roomiest(center, pod);
  if (store == nullptr) return wrong_argument("storageSpec.podSelectionSpec.storagePod");
  const std::string key = std::to_string(center.recommended.size() + 1);
  const Tree destination = leaf("destination", store->self);
  center.recommended[key] = with(spec, "cloneSpec.location.datastore", destination);
  const Tree action = node("action",
                           {leaf("type", std::string("StoragePlacementV1")), leaf("target", pod),
                            node("relocateSpec", {leaf("datastore", store->self)}), destination},
                           "StoragePlacementAction");
  return answer(
      node("", {node("recommendations",
                     {leaf("key", key), leaf("type", std::string("V1")), leaf("time", format_micro_time(center.now())),
                      leaf("rating", std::int64_t{5}), leaf("reason", std::string("storagePlacement")),
                      leaf("reasonText", std::string("Satisfy storage initial placement requests")), action,
                      leaf("target", pod)})}));
}

Result<Answer> apply(Center& center, Asked& asked) {
  const auto found = center.recommended.find(asked.text("key"));
  if (found == center.recommended.end()) return wrong_argument("key");
  const Tree spec = found->second;
  center.recommended.erase(found);
  const auto result = [](const Ref& vm) {
    return node("result", {leaf("vm", vm)}, "ApplyStorageRecommendationResult");
  };
  const Ref task = TRY(begin_clone(center, ref_of(spec, "vm"), ref_of(spec, "folder"), text_of(spec, "cloneName"),
                                   find(spec, "cloneSpec"), asked.user(), result));
  return answer(task);
}

constexpr Row kRows[] = {
    {"RecommendDatastores", "StorageResourceManager", "System.View", recommend},
    {"ApplyStorageDrsRecommendation_Task", "StorageResourceManager", "Resource.ApplyRecommendation", apply},
};

}  // namespace

std::span<const Row> placement_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
