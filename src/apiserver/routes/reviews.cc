// apiserver/routes/reviews.cc — see reviews.h.
#include "apiserver/routes/reviews.h"

#include <algorithm>
#include <array>

#include "apiserver/failure.h"
#include "apiserver/routes/request_body.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

json::Value texts(const std::vector<std::string>& list) { return json::Array(list.begin(), list.end()); }

Result<json::Value> who_am_i(json::Value review, const User& user, WallTime now) {
  review["metadata"] = json::Object{{"creationTimestamp", format_time(now)}};
  json::Value info = json::Object{{"username", user.name}, {"groups", texts(user.groups)}};
  if (!user.uid.empty()) info["uid"] = user.uid;
  for (const auto& [name, values] : user.extra) info["extra"][name] = texts(values);
  review["status"]["userInfo"] = std::move(info);
  return review;
}

Result<json::Value> may_i(json::Value review, const User& user, WallTime) {
  const json::Value* resource = review.at({"spec", "resourceAttributes"});
  const json::Value* other = review.at({"spec", "nonResourceAttributes"});
  if ((resource == nullptr) == (other == nullptr)) {
    // Both are quoted with the names of the server's own fields.
    const json::Value shown =
        other == nullptr ? json::Value()
                         : json::Value(json::Object{{"Path", other->text({"path"})}, {"Verb", other->text({"verb"})}});
    const api::Resource unnamed{"authorization.k8s.io", "v1", "", ""};
    return invalid(unnamed, "",
                   {{"spec", "FieldValueInvalid",
                     "Invalid value: " + json::to_text(shown) +
                         ": exactly one of nonResourceAttributes or resourceAttributes must be specified"}});
  }
  Attributes asked;
  if (resource != nullptr) {
    asked.is_resource = true;
    asked.verb = resource->text({"verb"});
    asked.group = resource->text({"group"});
    asked.resource = resource->text({"resource"});
    asked.subresource = resource->text({"subresource"});
    asked.name_space = resource->text({"namespace"});
    asked.name = resource->text({"name"});
  } else {
    asked.verb = other->text({"verb"});
    asked.path = other->text({"path"});
  }
  review["status"] = json::Object{{"allowed", is_allowed(user, asked)}};
  return review;
}

json::Value rule(std::initializer_list<json::Value> verbs, std::initializer_list<json::Value> groups,
                 std::initializer_list<json::Value> resources) {
  return json::Object{
      {"verbs", json::Array(verbs)}, {"apiGroups", json::Array(groups)}, {"resources", json::Array(resources)}};
}

json::Value paths_rule(std::initializer_list<json::Value> paths) {
  return json::Object{{"verbs", json::Array{"get"}}, {"nonResourceURLs", json::Array(paths)}};
}

Result<json::Value> what_may_i(json::Value review, const User& user, WallTime) {
  if (review.text({"spec", "namespace"}).empty()) return bad_request("no namespace on request");
  json::Array resources, paths;
  if (std::find(user.groups.begin(), user.groups.end(), kMasters) != user.groups.end()) {
    resources.push_back(rule({"*"}, {"*"}, {"*"}));
    paths.push_back(json::Object{{"verbs", json::Array{"*"}}, {"nonResourceURLs", json::Array{"*"}}});
  }
  resources.push_back(rule({"create"}, {"authentication.k8s.io"}, {"selfsubjectreviews"}));
  resources.push_back(
      rule({"create"}, {"authorization.k8s.io"}, {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}));
  // Of everybody who is known, and of everybody.
  paths.push_back(paths_rule({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*",
                              "/readyz", "/version", "/version/"}));
  paths.push_back(paths_rule({"/healthz", "/livez", "/readyz", "/version", "/version/"}));
  review["spec"] = json::Object();  // the namespace is not repeated
  review["status"] = json::Object{
      {"resourceRules", std::move(resources)}, {"nonResourceRules", std::move(paths)}, {"incomplete", false}};
  return review;
}

struct Row {
  std::string_view plural;
  api::Resource resource;
  Result<json::Value> (*answer)(json::Value review, const User& user, WallTime now);
};
constexpr std::array kRows = {
    Row{"selfsubjectreviews",
        {"authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", false},
        who_am_i},
    Row{"selfsubjectaccessreviews",
        {"authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false},
        may_i},
    Row{"selfsubjectrulesreviews",
        {"authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", false},
        what_may_i},
};

const Row* row_of(const Attributes& a) {
  const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) {
    return row.plural == a.resource && row.resource.group == a.group && row.resource.version == a.version;
  });
  return found == kRows.end() ? nullptr : &*found;
}

Result<json::Value> review(const Ask& ask, const Row& row, WallTime now) {
  if (ask.attributes.verb != "create") return method_not_supported(row.resource, ask.attributes.verb);
  Body body = TRY(read_object(ask.http.body, ask.http.content_type, row.resource));
  const std::string_view kind = body.value.text({"kind"});
  if (!kind.empty() && kind != row.resource.kind) {
    return bad_request("wanted a " + std::string(row.resource.kind) + ", found a " + std::string(kind));
  }
  body.value["apiVersion"] = row.resource.api_version();
  body.value["kind"] = row.resource.kind;
  if (body.value.find("metadata") == nullptr) body.value["metadata"] = json::Object();
  return row.answer(std::move(body.value), ask.http.user, now);
}

}  // namespace

bool is_review(const Attributes& attributes) { return row_of(attributes) != nullptr; }

ApiAnswer answer_review(const Ask& ask, WallTime now) {
  const Result<Media> media = negotiate(ask.http.accept, Offer::kPlain);
  if (!media.ok()) return answer_error(media.error());
  Result<json::Value> answer = review(ask, *row_of(ask.attributes), now);
  return answer.ok() ? answer_json(*media, answer.take(), 201) : answer_error(answer.error());
}

}  // namespace rig::apiserver
