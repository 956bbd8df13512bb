// api/core/access_review.cc — the rows of access_review.h.
#include "api/core/access_review.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<ResourceAttributes>::info() {
  static const TypeInfo t = object("ResourceAttributes", "A request about objects.", {
      field<&ResourceAttributes::namespace_>("namespace").doc("Namespace of the objects; empty is all, or none."),
      field<&ResourceAttributes::verb>("verb").doc("What would be done: get, list, watch, create, ... or *."),
      field<&ResourceAttributes::group>("group").doc("Group of the resource; * any."),
      field<&ResourceAttributes::version>("version").doc("Version of the resource; * any."),
      field<&ResourceAttributes::resource>("resource").doc("The resource, as in virtualmachines; * any."),
      field<&ResourceAttributes::subresource>("subresource").doc("Part of the object, as in status."),
      field<&ResourceAttributes::name>("name").doc("Name of the object; empty is all."),
      field<&ResourceAttributes::field_selector>("fieldSelector").doc("Limits the objects; nothing depends on it."),
      field<&ResourceAttributes::label_selector>("labelSelector").doc("Limits the objects; nothing depends on it."),
  });
  return t;
}

const TypeInfo& Describe<NonResourceAttributes>::info() {
  static const TypeInfo t = object("NonResourceAttributes", "A request about something that is no object.", {
      field<&NonResourceAttributes::path>("path").doc("The path, as in /metrics."),
      field<&NonResourceAttributes::verb>("verb").doc("What would be done, as in get."),
  });
  return t;
}

const TypeInfo& Describe<SelfAccessSpec>::info() {
  static const TypeInfo t = object("SelfSubjectAccessReviewSpec", "One of two kinds of request.", {
      field<&SelfAccessSpec::resource_attributes>("resourceAttributes").doc("A request about objects."),
      field<&SelfAccessSpec::non_resource_attributes>("nonResourceAttributes").doc("Another request."),
  });
  return t;
}

const TypeInfo& Describe<AccessSpec>::info() {
  static const TypeInfo t = object("SubjectAccessReviewSpec", "One of two kinds of request, and whose it would be.", {
      field<&AccessSpec::resource_attributes>("resourceAttributes").doc("A request about objects."),
      field<&AccessSpec::non_resource_attributes>("nonResourceAttributes").doc("Another request."),
      field<&AccessSpec::user>("user").doc("Name of the user."),
      field<&AccessSpec::groups>("groups").doc("Groups of the user; none but these are assumed."),
      field<&AccessSpec::extra>("extra").doc("What else is known of the user."),
      field<&AccessSpec::uid>("uid").doc("Uid of the user."),
  });
  return t;
}

const TypeInfo& Describe<SelfSubjectAccessReview>::info() {
  static const TypeInfo t = object("SelfSubjectAccessReview", "Whether the one who asks may do something.", {
      field<&SelfSubjectAccessReview::meta>("metadata").doc("Of no meaning here."),
      field<&SelfSubjectAccessReview::spec>("spec").doc("What would be done."),
      field<&SelfSubjectAccessReview::status>("status").doc("The answer: whether it is allowed, and by what."),
  });
  return t;
}

const TypeInfo& Describe<SubjectAccessReview>::info() {
  static const TypeInfo t = object("SubjectAccessReview", "Whether somebody may do something.", {
      field<&SubjectAccessReview::meta>("metadata").doc("Of no meaning here."),
      field<&SubjectAccessReview::spec>("spec").doc("What would be done, and by whom."),
      field<&SubjectAccessReview::status>("status").doc("The answer: whether it is allowed, and by what."),
  });
  return t;
}

const TypeInfo& Describe<LocalSubjectAccessReview>::info() {
  static const TypeInfo t = object("LocalSubjectAccessReview", "Whether somebody may do something in a namespace.", {
      field<&LocalSubjectAccessReview::meta>("metadata").doc("The namespace."),
      field<&LocalSubjectAccessReview::spec>("spec").doc("What would be done, and by whom."),
      field<&LocalSubjectAccessReview::status>("status").doc("The answer: whether it is allowed, and by what."),
  });
  return t;
}

const TypeInfo& Describe<RulesSpec>::info() {
  static const TypeInfo t = object("SelfSubjectRulesReviewSpec", "Where.", {
      field<&RulesSpec::namespace_>("namespace").doc("The namespace."),
  });
  return t;
}

const TypeInfo& Describe<SelfSubjectRulesReview>::info() {
  static const TypeInfo t = object("SelfSubjectRulesReview", "All that the one who asks may do in a namespace.", {
      field<&SelfSubjectRulesReview::meta>("metadata").doc("Of no meaning here."),
      field<&SelfSubjectRulesReview::spec>("spec").doc("Where."),
      field<&SelfSubjectRulesReview::status>("status").doc("The answer: rules, each allows what it says."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
