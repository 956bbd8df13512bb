// kube/fake_object_test.h — a small API object for the tests of this room and of runtime.
#pragma once

#include <string>

#include "api/meta/meta.h"
#include "base/json/json.h"

namespace rig::kube {

struct Spec {
  std::string color;
  std::int64_t size = 0;
};
struct Balloon {
  static constexpr api::Resource kResource{"toys.example", "v1", "Balloon", "balloons", true};
  api::ObjectMeta meta;
  Spec spec;
};

// {"metadata":{namespace ns, name, uid "u-<name>", resourceVersion}, "spec":{"color"}}
inline json::Value balloon(std::string_view name, std::string_view version, std::string_view color = "red") {
  json::Value v;
  v.set({"metadata", "namespace"}, "ns");
  v.set({"metadata", "name"}, name);
  v.set({"metadata", "uid"}, "u-" + std::string(name));
  v.set({"metadata", "resourceVersion"}, version);
  v.set({"spec", "color"}, color);
  return v;
}

}  // namespace rig::kube

template <>
struct rig::schema::Describe<rig::kube::Spec> {
  static const TypeInfo& info() {
    using rig::kube::Spec;
    static const TypeInfo t =
        object("Spec", "What it looks like.",
               {field<&Spec::color>("color").doc("Its color."), field<&Spec::size>("size").doc("Litres.")});
    return t;
  }
};
template <>
struct rig::schema::Describe<rig::kube::Balloon> {
  static const TypeInfo& info() {
    using rig::kube::Balloon;
    static const TypeInfo t =
        object("Balloon", "A balloon.",
               {field<&Balloon::meta>("metadata").doc("Metadata."), field<&Balloon::spec>("spec").doc("Spec.")});
    return t;
  }
};
