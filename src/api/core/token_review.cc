// api/core/token_review.cc — the rows of token_review.h.
#include "api/core/token_review.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<SelfSubjectReview>::info() {
  static const TypeInfo t = object("SelfSubjectReview", "Who the one who asks is.", {
      field<&SelfSubjectReview::meta>("metadata").doc("Of no meaning here."),
      field<&SelfSubjectReview::status>("status").doc("The answer: name, uid, groups and what else is known."),
  });
  return t;
}

const TypeInfo& Describe<TokenReviewSpec>::info() {
  static const TypeInfo t = object("TokenReviewSpec", "A token, and for whom it should be.", {
      field<&TokenReviewSpec::token>("token").secret().doc("The token."),
      field<&TokenReviewSpec::audiences>("audiences").doc("For whom it should be; for this API server when empty."),
  });
  return t;
}

const TypeInfo& Describe<TokenReview>::info() {
  static const TypeInfo t = object("TokenReview", "Whose a token is.", {
      field<&TokenReview::meta>("metadata").doc("Of no meaning here."),
      field<&TokenReview::spec>("spec").doc("The token."),
      field<&TokenReview::status>("status").doc("The answer: whether it is good, and whose it is."),
  });
  return t;
}

const TypeInfo& Describe<TokenRequestSpec>::info() {
  static const TypeInfo t = object("TokenRequestSpec", "What kind of token is wanted.", {
      field<&TokenRequestSpec::audiences>("audiences").doc("For whom it is; for this API server when empty."),
      field<&TokenRequestSpec::expiration_seconds>("expirationSeconds")
          .doc("How long it is good, at least 600 seconds; 3600 when absent."),
      field<&TokenRequestSpec::bound_object_ref>("boundObjectRef").doc("An object with which it ends."),
  });
  return t;
}

const TypeInfo& Describe<TokenRequestStatus>::info() {
  static const TypeInfo t = object("TokenRequestStatus", "The token.", {
      field<&TokenRequestStatus::token>("token").secret().doc("The token."),
      field<&TokenRequestStatus::expiration_timestamp>("expirationTimestamp").doc("Until when it is good."),
  });
  return t;
}

const TypeInfo& Describe<TokenRequest>::info() {
  static const TypeInfo t = object("TokenRequest", "A token for a ServiceAccount.", {
      field<&TokenRequest::meta>("metadata").doc("Name, namespace and uid of the account."),
      field<&TokenRequest::spec>("spec").doc("What kind of token is wanted."),
      field<&TokenRequest::status>("status").doc("The token."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
