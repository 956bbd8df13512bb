// api/v1beta1/environment.cc — the rows of environment.h.
#include "api/v1beta1/environment.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<Environment>::info() {
  using enum Environment;
  static const TypeInfo t = enumeration<Environment>(
      "Environment", "Which stage an object belongs to; for people and reports, never acted on.", {
      {kDev, "dev", "Development."},
      {kTest, "test", "Automated or manual tests."},
      {kQa, "qa", "Quality assurance."},
      {kUat, "uat", "User acceptance tests."},
      {kStaging, "staging", "The rehearsal before production."},
      {kProd, "prod", "Production."},
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
