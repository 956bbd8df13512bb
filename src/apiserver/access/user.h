// apiserver/access/user.h — who asks.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_key.h"

namespace rig::apiserver {

// Names and groups that mean something to every Kubernetes API server.
inline constexpr std::string_view kMasters = "system:masters";
inline constexpr std::string_view kAuthenticated = "system:authenticated", kUnauthenticated = "system:unauthenticated";
inline constexpr std::string_view kAnonymous = "system:anonymous";

struct User {
  std::string name;
  std::vector<std::string> groups;
  std::string uid = {};
  std::map<std::string, std::vector<std::string>> extra = {};

  bool is_in(std::string_view group) const { return std::find(groups.begin(), groups.end(), group) != groups.end(); }
  bool is_anonymous() const { return name == kAnonymous; }
};

// ---- a ServiceAccount as a user: system:serviceaccount:NAMESPACE:NAME ----
std::string account_user_name(std::string_view name_space, std::string_view name);
std::optional<ObjectKey> account_of(std::string_view user_name);  // nothing: the user is no account
void add_account_groups(User& user);                              // if he is one

}  // namespace rig::apiserver
