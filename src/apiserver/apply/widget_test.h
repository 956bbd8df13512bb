// apiserver/apply/widget_test.h — the kind "Widget" of the recordings: a field of each shape.
#pragma once

#include "apiserver/apply/shape.h"

namespace rig::apiserver {

inline constexpr std::string_view kWidget = R"({"type":"object","properties":{
  "metadata":{"type":"object","properties":{"finalizers":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
    "labels":{"type":"object","additionalProperties":{"type":"string"}}}},
  "atomic":{"type":"array","items":{"type":"string"}},
  "set":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
  "numbers":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"integer"}},
  "map":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name","port"],"items":{"type":"object",
    "properties":{"name":{"type":"string"},"port":{"type":"integer","default":80},"v":{"type":"string"}}}},
  "one_key":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object",
    "properties":{"name":{"type":"string"},"v":{"type":"string"},"w":{"type":"string"}}}},
  "granular":{"type":"object","additionalProperties":{"type":"string"}},
  "whole":{"type":"object","x-kubernetes-map-type":"atomic","additionalProperties":{"type":"string"}},
  "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
  "either":{"x-kubernetes-int-or-string":true},
  "flag":{"type":"boolean"},
  "deep":{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"string"},"c":{"type":"string"}}}}}}})";

inline const schema::TypeInfo& widget_type() {
  static const schema::TypeInfo type = schema::raw("Widget", "a kind with a list of each type", kWidget);
  return type;
}
inline const Shape& widget() { return shape_of(widget_type()); }

}  // namespace rig::apiserver
