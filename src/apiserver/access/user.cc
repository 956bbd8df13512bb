// apiserver/access/user.cc — see user.h.
#include "apiserver/access/user.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kPrefix = "system:serviceaccount:", kAccounts = "system:serviceaccounts";

}  // namespace

std::string account_user_name(std::string_view name_space, std::string_view name) {
  return std::string(kPrefix) + std::string(name_space) + ":" + std::string(name);
}

std::optional<ObjectKey> account_of(std::string_view user_name) {
  if (!user_name.starts_with(kPrefix)) return std::nullopt;
  const std::string_view rest = user_name.substr(kPrefix.size());
  const std::size_t colon = rest.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == rest.size()) return std::nullopt;
  return ObjectKey{std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
}

void add_account_groups(User& user) {
  const std::optional<ObjectKey> account = account_of(user.name);
  if (!account) return;
  user.groups.emplace_back(kAccounts);
  user.groups.push_back(std::string(kAccounts) + ":" + account->namespace_);
}

}  // namespace rig::apiserver
