// api/core/custom_resource_definition.cc — the rows of custom_resource_definition.h.
#include "api/core/custom_resource_definition.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<CustomResourceDefinition>::info() {
  static const TypeInfo t = object("CustomResourceDefinition", "A kind of object that is not built in.", {
      field<&CustomResourceDefinition::meta>("metadata").doc("Name, labels, annotations."),
      field<&CustomResourceDefinition::spec>("spec").required().doc("Names, versions and schema of the kind."),
      field<&CustomResourceDefinition::status>("status").doc("Whether the kind is served."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
