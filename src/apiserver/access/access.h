// apiserver/access/access.h — the policy that is in the store now, and the questions that requests ask of it.
//
// Thread-safe. Of system:masters nothing is looked up. For others the policy is read again when a role or binding has
// changed, so that what was granted or taken away counts for the next request.
#pragma once

#include <memory>

#include "apiserver/access/policy.h"
#include "apiserver/registry.h"
#include "base/mutex.h"

namespace rig::apiserver {

class Access {
 public:
  explicit Access(Registry& registry) : registry_(registry) {}

  struct Decision {
    bool is_allowed = false;
    std::string reason;  // the grant, in words; "" for system:masters
  };
  // Errors are those of the store: who cannot look does not allow.
  Result<Decision> decide(const User& user, const Attributes& wish);
  // 403 in the server's words when it is not allowed.
  Status check(const User& user, const Attributes& wish);
  Result<Rules> rules_of(const User& user, std::string_view name_space);

  // Nobody gives away what he has not (403), unless he may `escalate` roles or `bind` this one. `asked` is what the
  // request is about; `old` is null for a new object. Fine for every kind but those of RBAC.
  Status check_grant(const User& user, const Attributes& asked, const json::Value& object, const json::Value* old);

 private:
  Result<std::shared_ptr<const Policy>> policy();
  Result<std::shared_ptr<const Policy>> read_policy() const;
  Status check_rules(const User& user, const Attributes& asked, std::string_view name, const Rules& given);
  Status check_role(const User& user, const Attributes& asked, const json::Value& object, const json::Value* old);
  Status check_binding(const User& user, const Attributes& asked, const json::Value& object);

  Registry& registry_;
  Mutex mutex_;
  std::shared_ptr<const Policy> policy_ GUARDED_BY(mutex_);
  Revision seen_ GUARDED_BY(mutex_) = 0;  // of the log: policy_ is that of this moment
};

Error denied(const User& user, const Attributes& wish);  // 403

}  // namespace rig::apiserver
