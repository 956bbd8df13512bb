// apiserver/routes/reviews.cc — see reviews.h.
#include "apiserver/routes/reviews.h"

#include <algorithm>
#include <array>

#include "api/core/access_review.h"
#include "api/core/token_review.h"
#include "apiserver/apply/managed_fields.h"
#include "apiserver/failure.h"
#include "apiserver/registry_impl.h"
#include "apiserver/routes/options.h"
#include "apiserver/routes/request_body.h"
#include "base/wall_time.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

using api::core::AccessSpec;

using Answer = Result<json::Value>;

json::Value texts(const std::vector<std::string>& list) { return json::Array(list.begin(), list.end()); }

json::Value info_of(const User& user) {
  json::Value info = json::Object{{"username", user.name}, {"groups", texts(user.groups)}};
  if (!user.uid.empty()) info["uid"] = user.uid;
  for (const auto& [name, values] : user.extra) info["extra"][name] = texts(values);
  return info;
}

Answer who_am_i(const Question& question, json::Value review) {
  review["metadata"] = json::Object{{"creationTimestamp", format_time(question.now)}};
  review["status"] = json::Object{{"userInfo", info_of(question.ask.http.user)}};
  return review;
}

// Why a token is not believed is not told: it may have been made up.
Answer whose_token(const Question& question, json::Value review) {
  const json::Value* given = review.find("spec");
  const auto spec =
      TRY(schema::decode<api::core::TokenReviewSpec>(given == nullptr ? json::Value(json::Object()) : *given));
  if (spec.token.empty()) return bad_request("token is required for TokenReview in authentication");
  const Result<Tokens::Known> known = question.tokens.look_up(spec.token, spec.audiences);
  if (!known.ok() && !known.error().is(Code::kUnauthenticated)) return known.error();
  if (!known.ok()) {
    review["status"] = json::Object{{"user", json::Object()}, {"error", "invalid bearer token"}};
    return review;
  }
  review["status"] =
      json::Object{{"authenticated", true}, {"user", info_of(known->user)}, {"audiences", texts(known->audiences)}};
  return review;
}

// ---- may somebody ----

Error refused(const schema::Problem& problem) {
  return invalid(api::Resource{"authorization.k8s.io", "v1", "", ""}, "", {problem});
}

// The one request that is asked about.
Result<Attributes> wish_of(const AccessSpec& spec) {
  const auto& resource = spec.resource_attributes;
  const auto& other = spec.non_resource_attributes;
  if (resource.has_value() == other.has_value()) {
    // Both are quoted with the names of the server's own fields.
    const json::Value shown =
        other ? json::Value(json::Object{{"Path", other->path}, {"Verb", other->verb}}) : json::Value();
    return refused({"spec", "FieldValueInvalid",
                    "Invalid value: " + json::to_text(shown) +
                        ": exactly one of nonResourceAttributes or resourceAttributes must be specified"});
  }
  Attributes wish;
  wish.is_resource = resource.has_value();
  if (!resource) {
    wish.verb = other->verb;
    wish.path = other->path;
    return wish;
  }
  wish.verb = resource->verb;
  wish.group = resource->group;
  wish.version = resource->version;
  wish.resource = resource->resource;
  wish.subresource = resource->subresource;
  wish.name_space = resource->namespace_;
  wish.name = resource->name;
  return wish;
}

Result<AccessSpec> spec_of(const json::Value& review) {
  const json::Value* spec = review.find("spec");
  return schema::decode<AccessSpec>(spec == nullptr ? json::Value(json::Object()) : *spec);
}

Answer decided(const Question& question, json::Value review, const User& user, const Attributes& wish) {
  const Access::Decision decision = TRY(question.access.decide(user, wish));
  review["status"] = json::Object{{"allowed", decision.is_allowed}};
  if (!decision.reason.empty()) review["status"]["reason"] = decision.reason;
  return review;
}

Answer may_i(const Question& question, json::Value review) {
  const AccessSpec spec = TRY(spec_of(review));
  return decided(question, std::move(review), question.ask.http.user, TRY(wish_of(spec)));
}

Answer may_he(const Question& question, json::Value review) {
  const AccessSpec spec = TRY(spec_of(review));
  const Attributes wish = TRY(wish_of(spec));
  if (spec.user.empty() && spec.groups.empty()) {
    return refused(
        {"spec.user", "FieldValueInvalid", "Invalid value: \"\": at least one of user or group must be specified"});
  }
  const std::string& name_space = question.ask.attributes.name_space;  // of a local review
  if (!name_space.empty() && !wish.is_resource) {
    return refused({"spec.nonResourceAttributes", "FieldValueInvalid",
                    "Invalid value: " + json::to_text(*review.at({"spec", "nonResourceAttributes"})) +
                        ": disallowed on this kind of request"});
  }
  if (!name_space.empty() && wish.name_space != name_space) {
    return refused(
        {"spec.resourceAttributes.namespace", "FieldValueInvalid",
         "Invalid value: " + json::to_text(json::Value(wish.name_space)) + ": must match metadata.namespace"});
  }
  return decided(question, std::move(review), {.name = spec.user, .groups = spec.groups, .uid = spec.uid}, wish);
}

// ---- what may I ----

Answer what_may_i(const Question& question, json::Value review) {
  const std::string name_space(review.text({"spec", "namespace"}));
  if (name_space.empty()) return bad_request("no namespace on request");
  json::Array resources, paths;
  for (const auto& rule : TRY(question.access.rules_of(question.ask.http.user, name_space))) {
    if (!rule.resources.empty()) resources.push_back(schema::encode(rule));
    if (!rule.non_resource_urls.empty()) paths.push_back(schema::encode(rule));
  }
  review["metadata"] = json::Object();
  review["spec"] = json::Object();  // the namespace is not repeated
  review["status"] = json::Object{
      {"resourceRules", std::move(resources)}, {"nonResourceRules", std::move(paths)}, {"incomplete", false}};
  return review;
}

struct Row {
  std::string_view plural;
  Answer (*answer)(const Question& question, json::Value review);
};
constexpr std::array kRows = {
    Row{"selfsubjectreviews", who_am_i},        Row{"selfsubjectaccessreviews", may_i},
    Row{"subjectaccessreviews", may_he},        Row{"localsubjectaccessreviews", may_he},
    Row{"selfsubjectrulesreviews", what_may_i}, Row{"tokenreviews", whose_token},
};

const Row* row_of(const Attributes& a) {
  const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.plural == a.resource; });
  return found == kRows.end() ? nullptr : &*found;
}

const api::KindInfo* kind_of(const Attributes& a) {
  const auto all = api::review_kinds();
  const auto found = std::find_if(all.begin(), all.end(), [&](const api::KindInfo& kind) {
    const api::Resource& r = kind.resource;
    return r.plural == a.resource && r.group == a.group && r.version == a.version;
  });
  return found == all.end() ? nullptr : &*found;
}

Answer review(const Question& question, const api::KindInfo& kind) {
  const Attributes& a = question.ask.attributes;
  const ApiRequest& http = question.ask.http;
  if (kind.resource.namespaced == a.name_space.empty()) return not_served();
  if (a.verb != "create") return method_not_supported(kind.resource, a.verb);
  Body body = TRY(read_object(http.body, http.content_type, kind.resource));
  WriteContext context = TRY(write_options("CreateOptions", question.ask.target, http.user_agent));
  context.body_warnings = std::move(body.duplicates);
  TRY(Registry::Impl::read_body(kind, body.value, context));
  TRY(Registry::Impl::check_address(kind, {a.name_space, {}}, body.value));
  body.value["metadata"].as<json::Object>()->erase("managedFields");
  track_write(kind, {context.field_manager, Part::kWhole, question.now}, json::Value(), body.value);
  return row_of(a)->answer(question, std::move(body.value));
}

}  // namespace

bool is_review(const Attributes& attributes) { return kind_of(attributes) != nullptr; }

ApiAnswer answer_review(const Question& question) {
  const Result<Media> media = negotiate(question.ask.http.accept, Offer::kPlain);
  if (!media.ok()) return answer_error(media.error());
  Answer answer = review(question, *kind_of(question.ask.attributes));
  return answer.ok() ? answer_json(*media, answer.take(), 201) : answer_error(answer.error());
}

}  // namespace rig::apiserver
