// apiserver/routes/media.h — content negotiation: what the client accepts, and what its body is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig::apiserver {

// How an object is dressed: as it is, as rows for people, its metadata only, or discovery of all groups at once.
enum class Form : std::uint8_t { kPlain, kTable, kPartial, kPartialList, kDiscovery };

struct Media {
  bool is_yaml = false, is_pretty = false;
  Form form = Form::kPlain;
  std::string version;  // of Table and PartialObjectMetadata: "v1" or "v1beta1"
  std::string_view content_type() const { return is_yaml ? "application/yaml" : "application/json"; }
};

// What the endpoint can do besides kPlain.
enum class Offer : std::uint8_t { kPlain, kObjects, kCoreObjects, kDiscovery };
// The first entry of Accept that can be served, whatever its q says (as kube-apiserver). kNotAcceptable (406).
// Kubernetes' own kinds (kCoreObjects) take no application/* and are refused in other words.
// We read protobuf but do not write it: clients that ask for it list JSON as well.
Result<Media> negotiate(std::string_view accept, Offer offer);

enum class BodyType : std::uint8_t { kJson, kYaml, kProtobuf, kJsonPatch, kMergePatch, kStrategicPatch, kApplyYaml };
// Parameters are ignored; "" is JSON. Empty for what nobody knows.
std::optional<BodyType> body_type(std::string_view content_type);

}  // namespace rig::apiserver
