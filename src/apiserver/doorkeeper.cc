// apiserver/doorkeeper.cc — see doorkeeper.h.
#include "apiserver/doorkeeper.h"

#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "base/text.h"
#include "http/certificate.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kExtraHeader = "impersonate-extra-";

// "": none is shown.
std::string_view token_of(const http::ServerRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view credentials = request.header("Authorization");
  return credentials.starts_with(kBearer) ? trim(credentials.substr(kBearer.size())) : std::string_view();
}

bool is_header(const std::pair<std::string, std::string>& header, std::string_view lower_name) {
  return to_lower(header.first) == lower_name;
}

// In the words of the real server, which prints the user as Go does.
Error group_without_user(const User& user) {
  std::vector<std::string> groups;
  for (const std::string& group : user.groups) groups.push_back("\"" + group + "\"");
  return bad_request("requested &user.DefaultInfo{Name:\"\", UID:\"" + user.uid + "\", Groups:[]string{" +
                     join(groups, ", ") + "}, Extra:map[string][]string(nil)} without impersonating a user name");
}

Attributes impersonation(std::string_view group, std::string_view resource, std::string_view name) {
  Attributes wish;
  wish.verb = "impersonate";
  wish.is_resource = true;
  wish.group = group;
  wish.version = group.empty() ? "v1" : "*";
  wish.resource = resource;
  wish.name = name;
  return wish;
}

// Each thing that he would be is a right of its own (kube-apiserver's impersonation filter).
Status check_impersonation(Access& access, const User& real, const User& wanted) {
  constexpr std::string_view kGroup = "authentication.k8s.io";
  Attributes whom = impersonation("", "users", wanted.name);
  if (const auto account = account_of(wanted.name)) {
    whom = impersonation("", "serviceaccounts", account->name);
    whom.name_space = account->namespace_;
  }
  TRY(access.check(real, whom));
  for (const std::string& group : wanted.groups) TRY(access.check(real, impersonation("", "groups", group)));
  if (!wanted.uid.empty()) TRY(access.check(real, impersonation(kGroup, "uids", wanted.uid)));
  for (const auto& [key, values] : wanted.extra) {
    for (const std::string& value : values) {
      Attributes wish = impersonation(kGroup, "userextras", value);
      wish.subresource = key;
      TRY(access.check(real, wish));
    }
  }
  return {};
}

Result<User> impersonate(Access& access, const User& real, const http::ServerRequest& request) {
  User user{.name = std::string(request.header("Impersonate-User")),
            .groups = {},
            .uid = std::string(request.header("Impersonate-Uid"))};
  for (const auto& header : request.headers) {
    if (is_header(header, "impersonate-group")) user.groups.push_back(header.second);
    if (const std::string name = to_lower(header.first); name.starts_with(kExtraHeader))
      user.extra[name.substr(kExtraHeader.size())].push_back(header.second);
  }
  if (user.name.empty()) {
    if (user.groups.empty() && user.uid.empty() && user.extra.empty()) return real;
    return group_without_user(user);
  }
  TRY(check_impersonation(access, real, user));
  if (user.groups.empty()) add_account_groups(user);
  user.groups.emplace_back(user.is_anonymous() ? kUnauthenticated : kAuthenticated);
  return user;
}

}  // namespace

Result<User> Doorkeeper::identify(const http::ServerRequest& request) {
  User user{.name = std::string(kAnonymous), .groups = {std::string(kUnauthenticated)}};
  if (request.local_socket) {
    user = {.name = "local", .groups = {std::string(kMasters), std::string(kAuthenticated)}};
  } else if (!request.peer_certificate_pem.empty()) {
    if (!request.peer_certificate_trusted) return unauthorized();
    Result<User> known = user_of_certificate(request.peer_certificate_pem);
    if (!known.ok()) return known;
    user = known.take();
  } else if (const std::string_view token = token_of(request); !token.empty()) {
    Result<Tokens::Known> known = tokens_.look_up(token);
    if (!known.ok() && !known.error().is(Code::kUnauthenticated)) return known.error();
    if (!known.ok()) return unauthorized();
    user = known.take().user;
  }
  return impersonate(access_, user, request);
}

Result<User> Doorkeeper::user_of_certificate(const std::string& pem) {
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(pem); found != known_.end()) return found->second;
  http::CertificateFacts facts = TRY(http::read_certificate(pem));
  User user{.name = std::move(facts.common_name), .groups = std::move(facts.organizations)};
  user.extra["authentication.kubernetes.io/credential-id"] = {"X509SHA256=" + facts.sha256_hex};
  user.groups.emplace_back(kAuthenticated);
  if (known_.size() >= limits::kKnownCertificatesMax) known_.clear();
  known_.emplace(pem, user);
  return user;
}

}  // namespace rig::apiserver
