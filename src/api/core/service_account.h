// api/core/service_account.h — core/v1 ServiceAccount.
#pragma once

#include <optional>
#include <vector>

#include "api/core/local_object_ref.h"
#include "api/meta/meta.h"

namespace rig::api::core {

struct ServiceAccount {
  ObjectMeta meta;
  json::Value secrets;  // core/v1 ObjectReference list, passed through
  std::vector<LocalObjectRef> image_pull_secrets;
  std::optional<bool> automount_service_account_token;
  static constexpr Resource kResource{"", "v1", "ServiceAccount", "serviceaccounts"};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::ServiceAccount> { static const TypeInfo& info(); };
// clang-format on
