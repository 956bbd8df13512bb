// apiserver/routes/authorization.cc — see authorization.h.
#include "apiserver/routes/authorization.h"

#include <algorithm>
#include <array>
#include <span>

#include "apiserver/failure.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

std::string verb_of(std::string_view method) {
  if (method == "POST") return "create";
  if (method == "GET" || method == "HEAD") return "get";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return "delete";
  return {};
}

// "/api/v1/x" and "/apis/g/v1/x" are resources; says where the part behind the version begins.
std::size_t resource_begin(const std::vector<std::string>& path) {
  if (path.size() >= 3 && path[0] == "api") return 2;
  if (path.size() >= 4 && path[0] == "apis" && !path[1].empty()) return 3;
  return 0;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool matches(std::string_view path, std::string_view pattern) {
  return pattern.ends_with('*') ? path.starts_with(pattern.substr(0, pattern.size() - 1)) : path == pattern;
}

bool is_public(const Attributes& attributes) {
  static constexpr std::array<std::string_view, 7> kPaths = {"/version",   "/healthz", "/livez",   "/readyz",
                                                             "/healthz/*", "/livez/*", "/readyz/*"};
  return !attributes.is_resource && attributes.verb == "get" &&
         std::any_of(kPaths.begin(), kPaths.end(), [&](std::string_view p) { return matches(attributes.path, p); });
}

bool is_for_everyone_known(const Attributes& attributes) {
  static constexpr std::array<std::string_view, 5> kPaths = {"/api", "/api/*", "/apis", "/apis/*", "/openapi/*"};
  static constexpr std::array<std::string_view, 3> kReviews = {"selfsubjectreviews", "selfsubjectaccessreviews",
                                                               "selfsubjectrulesreviews"};
  if (attributes.is_resource) return attributes.verb == "create" && is_one_of(attributes.resource, kReviews);
  return attributes.verb == "get" &&
         std::any_of(kPaths.begin(), kPaths.end(), [&](std::string_view p) { return matches(attributes.path, p); });
}

bool is_in(const User& user, std::string_view group) {
  return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
}

}  // namespace

Attributes attributes_of(std::string_view method, const Target& target) {
  Attributes out;
  out.verb = verb_of(method);
  const std::vector<std::string>& path = target.path;
  std::size_t at = resource_begin(path);
  if (at == 0) {
    out.path = target.path_text();
    return out;
  }
  out.is_resource = true;
  out.group = at == 3 ? path[1] : "";
  out.version = path[at - 1];
  bool is_watch = target.is_set("watch");
  if (path[at] == "watch" && path.size() > at + 1) {  // the old form: /api/v1/watch/...
    is_watch = true;
    ++at;
  }
  if (path[at] == "namespaces" && path.size() > at + 1) {
    out.name_space = path[at + 1];
    static constexpr std::array<std::string_view, 2> kOfNamespace = {"status", "finalize"};
    if (path.size() > at + 2 && !is_one_of(path[at + 2], kOfNamespace)) at += 2;
  }
  out.resource = path[at];
  if (path.size() > at + 1) out.name = path[at + 1];
  if (path.size() > at + 2) out.subresource = path[at + 2];
  if (path.size() > at + 1) return out;
  if (out.verb == "get") out.verb = is_watch ? "watch" : "list";
  if (out.verb == "delete") out.verb = "deletecollection";
  return out;
}

bool is_allowed(const User& user, const Attributes& attributes) {
  if (is_public(attributes) || is_in(user, kMasters)) return true;
  return is_in(user, kAuthenticated) && is_for_everyone_known(attributes);
}

Error denied(const User& user, const Attributes& a) {
  const std::string who = "User \"" + user.name + "\" cannot " + a.verb;
  if (!a.is_resource) {
    return status_error(403, "Forbidden", "forbidden: " + who + " path \"" + a.path + "\"", json::Object{});
  }
  const std::string resource = a.resource + (a.subresource.empty() ? "" : "/" + a.subresource);
  const std::string where = a.name_space.empty() ? "at the cluster scope" : "in the namespace \"" + a.name_space + "\"";
  return forbidden({.group = a.group, .version = a.version, .kind = {}, .plural = a.resource}, a.name,
                   who + " resource \"" + resource + "\" in API group \"" + a.group + "\" " + where);
}

}  // namespace rig::apiserver
