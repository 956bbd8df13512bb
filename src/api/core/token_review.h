// api/core/token_review.h — authentication.k8s.io/v1: who one is, and tokens that prove it. Nothing of them is stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"

namespace rig::api::core {

struct SelfSubjectReview {
  ObjectMeta meta;
  json::Value status;
  static constexpr Resource kResource{"authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", false};
};

struct TokenReviewSpec {
  std::string token;
  std::vector<std::string> audiences;
};

struct TokenReview {
  ObjectMeta meta;
  TokenReviewSpec spec;
  json::Value status;
  static constexpr Resource kResource{"authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false};
};

struct TokenRequestSpec {
  std::vector<std::string> audiences;
  std::optional<std::int64_t> expiration_seconds;
  json::Value bound_object_ref;
};

struct TokenRequestStatus {
  std::string token;
  std::optional<WallTime> expiration_timestamp;
};

struct TokenRequest {
  ObjectMeta meta;
  TokenRequestSpec spec;
  TokenRequestStatus status;
  static constexpr Resource kResource{"authentication.k8s.io", "v1", "TokenRequest", "tokenrequests"};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::SelfSubjectReview> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::TokenReviewSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::TokenReview> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::TokenRequestSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::TokenRequestStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::TokenRequest> { static const TypeInfo& info(); };
// clang-format on
