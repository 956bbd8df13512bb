// kube/fake_object_test.h — a small API object for the tests of this room and of runtime.
#pragma once

#include <string>

#include "api/meta/meta.h"
#include "base/json/json.h"

namespace rig::kube {

struct BalloonSpec {
  std::string color;
  std::int64_t size = 0;
};
struct BalloonStatus {
  bool floats = false;
};
struct Balloon {
  static constexpr api::Resource kResource{"toys.example", "v1", "Balloon", "balloons", true};
  api::ObjectMeta meta;
  BalloonSpec spec;
  BalloonStatus status;
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
struct rig::schema::Describe<rig::kube::BalloonSpec> {
  static const TypeInfo& info() {
    using S = rig::kube::BalloonSpec;
    static const TypeInfo t = object("BalloonSpec", "What it should be.",
                                     {field<&S::color>("color").doc("Any."), field<&S::size>("size").doc("Litres.")});
    return t;
  }
};
template <>
struct rig::schema::Describe<rig::kube::BalloonStatus> {
  static const TypeInfo& info() {
    using S = rig::kube::BalloonStatus;
    static const TypeInfo t =
        object("BalloonStatus", "What it is.", {field<&S::floats>("floats").doc("It is in the air.")});
    return t;
  }
};
template <>
struct rig::schema::Describe<rig::kube::Balloon> {
  static const TypeInfo& info() {
    using B = rig::kube::Balloon;
    static const TypeInfo t =
        object("Balloon", "A balloon.",
               {field<&B::meta>("metadata").doc("Metadata."), field<&B::spec>("spec").doc("Spec."),
                field<&B::status>("status").doc("Status.")});
    return t;
  }
};
