// api/core/service_account.cc — the rows of service_account.h.
#include "api/core/service_account.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<ServiceAccount>::info() {
  static const TypeInfo t = object("ServiceAccount", "Who a program is to the API server.", {
      field<&ServiceAccount::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&ServiceAccount::secrets>("secrets").doc("Secrets that pods of this account may use."),
      field<&ServiceAccount::image_pull_secrets>("imagePullSecrets")
          .doc("Secrets with credentials for registries that pods of this account pull from."),
      field<&ServiceAccount::automount_service_account_token>("automountServiceAccountToken")
          .doc("Whether pods of this account are given a token."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
