// runtime/informer.cc — how soon a change should be looked at.
#include "runtime/informer.h"

namespace rig::runtime {

Priority priority_of(const api::ObjectMeta* before, const api::ObjectMeta* after) {
  if (before == nullptr) return Priority::kEvent;
  if (after == nullptr || before->uid != after->uid) return Priority::kUser;
  const bool is_claim = before->finalizers != after->finalizers;
  const bool by_user = before->generation != after->generation || before->is_deleting() != after->is_deleting() ||
                       before->labels != after->labels || (before->annotations != after->annotations && !is_claim);
  return by_user ? Priority::kUser : Priority::kEvent;
}

}  // namespace rig::runtime
