// api/core/config_map.cc — the rows of config_map.h.
#include "api/core/config_map.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<ConfigMap>::info() {
  static const TypeInfo t = object("ConfigMap", "Settings, by key.", {
      field<&ConfigMap::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&ConfigMap::data>("data").doc("Values that are text."),
      field<&ConfigMap::binary_data>("binaryData").doc("Values that are not, each in base64."),
      field<&ConfigMap::immutable>("immutable").doc("Whether the values can no longer be changed."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
