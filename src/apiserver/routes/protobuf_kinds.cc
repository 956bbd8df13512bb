// apiserver/routes/protobuf_kinds.cc — the rows: core/v1, events.k8s.io/v1, coordination.k8s.io/v1,
// authentication.k8s.io/v1, authorization.k8s.io/v1, rbac.authorization.k8s.io/v1 and meta/v1, as their generated.proto
// files number them.
#include <array>

#include "apiserver/routes/protobuf.h"

namespace rig::apiserver::protobuf {
namespace {

// clang-format off
constexpr Row text(std::uint32_t n, std::string_view json) { return {n, json, Type::kText}; }
constexpr Row texts(std::uint32_t n, std::string_view json) { return {n, json, Type::kText, nullptr, true}; }
constexpr Row text_pointer(std::uint32_t n, std::string_view json) { return {n, json, Type::kText, nullptr, false, true}; }
constexpr Row number(std::uint32_t n, std::string_view json) { return {n, json, Type::kInt}; }
constexpr Row number_pointer(std::uint32_t n, std::string_view json) { return {n, json, Type::kInt, nullptr, false, true}; }
constexpr Row flag_pointer(std::uint32_t n, std::string_view json) { return {n, json, Type::kBool, nullptr, false, true}; }
constexpr Row one(std::uint32_t n, std::string_view json, const Message& m) { return {n, json, Type::kMessage, &m}; }
constexpr Row many(std::uint32_t n, std::string_view json, const Message& m) { return {n, json, Type::kMessage, &m, true}; }
constexpr Row time(std::uint32_t n, std::string_view json) { return {n, json, Type::kTime}; }
constexpr Row micro_time(std::uint32_t n, std::string_view json) { return {n, json, Type::kMicroTime}; }

constexpr std::array kOwnerRows = {text(1, "kind"), text(3, "name"), text(4, "uid"), text(5, "apiVersion"),
                                   flag_pointer(6, "controller"), flag_pointer(7, "blockOwnerDeletion")};
constexpr Message kOwner{kOwnerRows};
constexpr std::array kManagedRows = {text(1, "manager"), text(2, "operation"), text(3, "apiVersion"), time(4, "time"),
                                     text(6, "fieldsType"), Row{7, "fieldsV1", Type::kFields}, text(8, "subresource")};
constexpr Message kManaged{kManagedRows};
constexpr std::array kMetaRows = {
    text(1, "name"), text(2, "generateName"), text(3, "namespace"), text(4, "selfLink"), text(5, "uid"),
    text(6, "resourceVersion"), number(7, "generation"), time(8, "creationTimestamp"), time(9, "deletionTimestamp"),
    number_pointer(10, "deletionGracePeriodSeconds"), Row{11, "labels", Type::kTextMap},
    Row{12, "annotations", Type::kTextMap}, many(13, "ownerReferences", kOwner), texts(14, "finalizers"),
    many(17, "managedFields", kManaged)};
constexpr Message kMeta{kMetaRows};

constexpr std::array kNamespaceSpecRows = {texts(1, "finalizers")};
constexpr Message kNamespaceSpec{kNamespaceSpecRows};
constexpr std::array kNamespaceStatusRows = {text(1, "phase")};
constexpr Message kNamespaceStatus{kNamespaceStatusRows};
constexpr std::array kNamespaceRows = {one(1, "metadata", kMeta), one(2, "spec", kNamespaceSpec), one(3, "status", kNamespaceStatus)};
constexpr Message kNamespace{kNamespaceRows};

constexpr std::array kSecretRows = {one(1, "metadata", kMeta), Row{2, "data", Type::kBytesMap}, text(3, "type"),
                                    Row{4, "stringData", Type::kTextMap}, flag_pointer(5, "immutable")};
constexpr Message kSecret{kSecretRows};
constexpr std::array kConfigMapRows = {one(1, "metadata", kMeta), Row{2, "data", Type::kTextMap},
                                       Row{3, "binaryData", Type::kBytesMap}, flag_pointer(4, "immutable")};
constexpr Message kConfigMap{kConfigMapRows};

constexpr std::array kReferenceRows = {text(1, "kind"), text(2, "namespace"), text(3, "name"), text(4, "uid"),
                                       text(5, "apiVersion"), text(6, "resourceVersion"), text(7, "fieldPath")};
constexpr Message kReference{kReferenceRows};
constexpr std::array kSourceRows = {text(1, "component"), text(2, "host")};
constexpr Message kSource{kSourceRows};
constexpr std::array kSeriesRows = {number(1, "count"), micro_time(2, "lastObservedTime")};
constexpr Message kSeries{kSeriesRows};
constexpr std::array kEventRows = {
    one(1, "metadata", kMeta), one(2, "involvedObject", kReference), text(3, "reason"), text(4, "message"),
    one(5, "source", kSource), time(6, "firstTimestamp"), time(7, "lastTimestamp"), number(8, "count"), text(9, "type"),
    micro_time(10, "eventTime"), one(11, "series", kSeries), text(12, "action"), one(13, "related", kReference),
    text(14, "reportingComponent"), text(15, "reportingInstance")};
constexpr Message kEvent{kEventRows};
constexpr std::array kNewEventRows = {
    one(1, "metadata", kMeta), micro_time(2, "eventTime"), one(3, "series", kSeries), text(4, "reportingController"),
    text(5, "reportingInstance"), text(6, "action"), text(7, "reason"), one(8, "regarding", kReference),
    one(9, "related", kReference), text(10, "note"), text(11, "type"), one(12, "deprecatedSource", kSource),
    time(13, "deprecatedFirstTimestamp"), time(14, "deprecatedLastTimestamp"), number(15, "deprecatedCount")};
constexpr Message kNewEvent{kNewEventRows};

constexpr std::array kLeaseSpecRows = {text_pointer(1, "holderIdentity"), number_pointer(2, "leaseDurationSeconds"),
                                       micro_time(3, "acquireTime"), micro_time(4, "renewTime"),
                                       number_pointer(5, "leaseTransitions"), text_pointer(6, "strategy"),
                                       text_pointer(7, "preferredHolder")};
constexpr Message kLeaseSpec{kLeaseSpecRows};
constexpr std::array kLeaseRows = {one(1, "metadata", kMeta), one(2, "spec", kLeaseSpec)};
constexpr Message kLease{kLeaseRows};

constexpr std::array kPullSecretRows = {text(1, "name")};
constexpr Message kPullSecret{kPullSecretRows};
constexpr std::array kServiceAccountRows = {one(1, "metadata", kMeta), many(2, "secrets", kReference),
                                            many(3, "imagePullSecrets", kPullSecret),
                                            flag_pointer(4, "automountServiceAccountToken")};
constexpr Message kServiceAccount{kServiceAccountRows};

constexpr std::array kBoundRows = {text(1, "kind"), text(2, "apiVersion"), text(3, "name"), text(4, "uid")};
constexpr Message kBound{kBoundRows};
constexpr std::array kTokenSpecRows = {texts(1, "audiences"), one(3, "boundObjectRef", kBound), number_pointer(4, "expirationSeconds")};
constexpr Message kTokenSpec{kTokenSpecRows};
constexpr std::array kTokenRequestRows = {one(1, "metadata", kMeta), one(2, "spec", kTokenSpec)};
constexpr Message kTokenRequest{kTokenRequestRows};

constexpr std::array kResourceRows = {text(1, "namespace"), text(2, "verb"), text(3, "group"), text(4, "version"),
                                      text(5, "resource"), text(6, "subresource"), text(7, "name")};
constexpr Message kResource{kResourceRows};
constexpr std::array kNonResourceRows = {text(1, "path"), text(2, "verb")};
constexpr Message kNonResource{kNonResourceRows};
constexpr std::array kAccessSpecRows = {one(1, "resourceAttributes", kResource), one(2, "nonResourceAttributes", kNonResource)};
constexpr Message kAccessSpec{kAccessSpecRows};
constexpr std::array kAccessRows = {one(1, "metadata", kMeta), one(2, "spec", kAccessSpec)};
constexpr Message kAccess{kAccessRows};
constexpr std::array kRulesSpecRows = {text(1, "namespace")};
constexpr Message kRulesSpec{kRulesSpecRows};
constexpr std::array kRulesRows = {one(1, "metadata", kMeta), one(2, "spec", kRulesSpec)};
constexpr Message kRules{kRulesRows};
constexpr std::array kSubjectRows = {one(1, "metadata", kMeta)};
constexpr Message kSubject{kSubjectRows};

constexpr std::array kReviewedRows = {
    one(1, "resourceAttributes", kResource), one(2, "nonResourceAttributes", kNonResource), text(3, "user"),
    texts(4, "groups"), text(6, "uid")};
constexpr Message kReviewed{kReviewedRows};
constexpr std::array kSubjectAccessRows = {one(1, "metadata", kMeta), one(2, "spec", kReviewed)};
constexpr Message kSubjectAccess{kSubjectAccessRows};
constexpr std::array kTokenReviewSpecRows = {text(1, "token"), texts(2, "audiences")};
constexpr Message kTokenReviewSpec{kTokenReviewSpecRows};
constexpr std::array kTokenReviewRows = {one(1, "metadata", kMeta), one(2, "spec", kTokenReviewSpec)};
constexpr Message kTokenReview{kTokenReviewRows};

constexpr std::array kRuleRows = {texts(1, "verbs"), texts(2, "apiGroups"), texts(3, "resources"),
                                  texts(4, "resourceNames"), texts(5, "nonResourceURLs")};
constexpr Message kRule{kRuleRows};
constexpr std::array kRoleRows = {one(1, "metadata", kMeta), many(2, "rules", kRule)};
constexpr Message kRole{kRoleRows};
constexpr std::array kRequirementRows = {text(1, "key"), text(2, "operator"), texts(3, "values")};
constexpr Message kRequirement{kRequirementRows};
constexpr std::array kSelectorRows = {Row{1, "matchLabels", Type::kTextMap}, many(2, "matchExpressions", kRequirement)};
constexpr Message kSelector{kSelectorRows};
constexpr std::array kAggregationRows = {many(1, "clusterRoleSelectors", kSelector)};
constexpr Message kAggregation{kAggregationRows};
constexpr std::array kClusterRoleRows = {one(1, "metadata", kMeta), many(2, "rules", kRule),
                                         one(3, "aggregationRule", kAggregation)};
constexpr Message kClusterRole{kClusterRoleRows};
constexpr std::array kRoleSubjectRows = {text(1, "kind"), text(2, "apiGroup"), text(3, "name"), text(4, "namespace")};
constexpr Message kRoleSubject{kRoleSubjectRows};
constexpr std::array kRoleRefRows = {text(1, "apiGroup"), text(2, "kind"), text(3, "name")};
constexpr Message kRoleRef{kRoleRefRows};
constexpr std::array kBindingRows = {one(1, "metadata", kMeta), many(2, "subjects", kRoleSubject),
                                     one(3, "roleRef", kRoleRef)};
constexpr Message kBinding{kBindingRows};

constexpr std::array kPreconditionRows = {text_pointer(1, "uid"), text_pointer(2, "resourceVersion")};
constexpr Message kPreconditions{kPreconditionRows};
constexpr std::array kDeleteRows = {number_pointer(1, "gracePeriodSeconds"), one(2, "preconditions", kPreconditions),
                                    flag_pointer(3, "orphanDependents"), text_pointer(4, "propagationPolicy"), texts(5, "dryRun")};
constexpr Message kDelete{kDeleteRows};

struct KindRow {
  std::string_view api_version, kind;
  const Message& message;
};
constexpr std::array kKinds = {
    KindRow{"v1", "Namespace", kNamespace},
    KindRow{"v1", "Secret", kSecret},
    KindRow{"v1", "ConfigMap", kConfigMap},
    KindRow{"v1", "Event", kEvent},
    KindRow{"v1", "ServiceAccount", kServiceAccount},
    KindRow{"v1", "DeleteOptions", kDelete},
    KindRow{"events.k8s.io/v1", "Event", kNewEvent},
    KindRow{"coordination.k8s.io/v1", "Lease", kLease},
    KindRow{"authentication.k8s.io/v1", "TokenRequest", kTokenRequest},
    KindRow{"authentication.k8s.io/v1", "SelfSubjectReview", kSubject},
    KindRow{"authorization.k8s.io/v1", "SelfSubjectAccessReview", kAccess},
    KindRow{"authorization.k8s.io/v1", "SelfSubjectRulesReview", kRules},
    KindRow{"authentication.k8s.io/v1", "TokenReview", kTokenReview},
    KindRow{"authorization.k8s.io/v1", "SubjectAccessReview", kSubjectAccess},
    KindRow{"authorization.k8s.io/v1", "LocalSubjectAccessReview", kSubjectAccess},
    KindRow{"rbac.authorization.k8s.io/v1", "Role", kRole},
    KindRow{"rbac.authorization.k8s.io/v1", "ClusterRole", kClusterRole},
    KindRow{"rbac.authorization.k8s.io/v1", "RoleBinding", kBinding},
    KindRow{"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", kBinding},
};
// clang-format on

}  // namespace

const Message* message_of(std::string_view api_version, std::string_view kind) {
  for (const KindRow& row : kKinds) {
    if (row.api_version == api_version && row.kind == kind) return &row.message;
  }
  return nullptr;
}

}  // namespace rig::apiserver::protobuf
