// apiserver/doorkeeper.cc — see doorkeeper.h.
#include "apiserver/doorkeeper.h"

#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "apiserver/routes/authorization.h"
#include "base/text.h"
#include "http/certificate.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kAnonymous = "system:anonymous", kUnauthenticated = "system:unauthenticated";
constexpr std::string_view kServiceAccount = "system:serviceaccount:", kExtraHeader = "impersonate-extra-";

bool has_token(const http::ServerRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view credentials = request.header("Authorization");
  return credentials.starts_with(kBearer) && !trim(credentials.substr(kBearer.size())).empty();
}

bool is_header(const std::pair<std::string, std::string>& header, std::string_view lower_name) {
  return to_lower(header.first) == lower_name;
}

// "system:serviceaccount:NAMESPACE:NAME" brings its groups along.
void add_account_groups(User& user) {
  if (!user.name.starts_with(kServiceAccount)) return;
  const std::string rest = user.name.substr(kServiceAccount.size());
  user.groups.emplace_back("system:serviceaccounts");
  user.groups.push_back("system:serviceaccounts:" + rest.substr(0, rest.find(':')));
}

// In the words of the real server, which prints the user as Go does.
Error group_without_user(const User& user) {
  std::vector<std::string> groups;
  for (const std::string& group : user.groups) groups.push_back("\"" + group + "\"");
  return bad_request("requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{" + join(groups, ", ") +
                     "}, Extra:map[string][]string(nil)} without impersonating a user name");
}

Result<User> impersonate(const User& real, const http::ServerRequest& request) {
  User user{.name = std::string(request.header("Impersonate-User")),
            .groups = {},
            .uid = std::string(request.header("Impersonate-Uid"))};
  for (const auto& header : request.headers) {
    if (is_header(header, "impersonate-group")) user.groups.push_back(header.second);
    if (const std::string name = to_lower(header.first); name.starts_with(kExtraHeader))
      user.extra[name.substr(kExtraHeader.size())].push_back(header.second);
  }
  if (user.name.empty()) {
    if (user.groups.empty()) return real;
    return group_without_user(user);
  }
  Attributes wish;
  wish.verb = "impersonate";
  wish.is_resource = true;
  wish.resource = "users";
  wish.name = user.name;
  if (!is_allowed(real, wish)) return denied(real, wish);
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
  } else if (has_token(request)) {
    return unauthorized();
  }
  return impersonate(user, request);
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
