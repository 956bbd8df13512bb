// apiserver/routes/request_body.cc — see request_body.h.
#include "apiserver/routes/request_body.h"

#include "apiserver/routes/protobuf.h"
#include "base/text.h"
#include "base/yaml/yaml.h"

namespace rig::apiserver {
namespace {

Result<Body> parse_json(std::string_view text) {
  Body out;
  std::vector<std::string> duplicates;
  out.value = TRY(json::parse(text, {.refuse_duplicate_keys = false, .duplicates = &duplicates}));
  for (const std::string& path : duplicates) out.duplicates.push_back("duplicate field \"" + path + "\"");
  return out;
}

constexpr std::size_t kShown = 30;  // of a body, in an error: enough to recognise it. It may hold secrets

std::string beginning(std::string_view body) {
  return std::string(body.substr(0, kShown)) + (body.size() > kShown ? " ..." : "");
}

// What is no object is shown in hex.
std::string excerpt(std::string_view body) {
  if (body.empty()) return "<empty>";
  return body.starts_with('{') ? beginning(body) : hex(body.substr(0, kShown)) + (body.size() > kShown ? " ..." : "");
}

Error unrecognized(const api::Resource& resource, const std::string& why, std::string_view body) {
  return bad_request("the object provided is unrecognized (must be of type " + std::string(resource.kind) +
                     "): couldn't get version/kind; " + why + " (" + excerpt(body) + ")");
}

Error kindless(const api::Resource& resource, std::string_view body) {
  return bad_request("the object provided is unrecognized (must be of type " + std::string(resource.kind) +
                     "): Object 'Kind' is missing in '" + beginning(body) + "' (" + excerpt(body) + ")");
}

Error unknown_type(std::string_view known) {
  return unsupported_media_type("the body of the request was in an unknown format - accepted media types include: " +
                                std::string(known));
}

Error not_a_patch(PatchType type, std::string_view found, std::string_view wanted) {
  const std::string_view head = type == PatchType::kStrategic ? ""
                                : type == PatchType::kApply
                                    ? "error decoding patch: error unmarshaling JSON: while decoding JSON: "
                                    : "error decoding patch: ";
  return bad_request(std::string(head) + "json: cannot unmarshal " + std::string(found) + " into Go value of type " +
                     std::string(wanted));
}

}  // namespace

Result<Body> read_object(std::string_view body, std::string_view content_type, const api::Resource& resource,
                         bool names_itself) {
  const std::optional<BodyType> type = body_type(content_type);
  if (type == BodyType::kProtobuf) {
    if (protobuf::message_of(resource.api_version(), resource.kind) != nullptr) {
      return Body{.value = TRY(protobuf::decode(body, resource.api_version(), resource.kind)), .duplicates = {}};
    }
    return unknown_type("application/json, application/yaml");
  }
  if (type != BodyType::kJson && type != BodyType::kYaml) {
    return unknown_type("application/json, application/yaml, application/vnd.kubernetes.protobuf");
  }
  if (body.empty()) return unrecognized(resource, "json parse error: unexpected end of JSON input", body);
  Body out;
  if (type == BodyType::kJson) {
    Result<Body> parsed = parse_json(body);
    if (!parsed.ok()) return unrecognized(resource, "json parse error: " + parsed.error().message(), body);
    out = parsed.take();
  } else {
    Result<json::Value> parsed = yaml::parse(body, &out.duplicates);
    if (!parsed.ok()) return unrecognized(resource, "yaml parse error: " + parsed.error().message(), body);
    out.value = parsed.take();
  }
  if (out.value.is_null()) return kindless(resource, body);
  if (!out.value.is_object()) {
    return unrecognized(resource,
                        "json parse error: json: cannot unmarshal " + std::string(json::type_name(out.value)) +
                            " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; "
                            "Kind string \"json:\\\"kind,omitempty\\\"\" }",
                        body);
  }
  if (names_itself && out.value.text({"kind"}).empty()) return kindless(resource, body);
  return out;
}

Result<PatchType> patch_type(std::string_view content_type, bool is_custom) {
  const std::optional<BodyType> type = content_type.empty() ? std::nullopt : body_type(content_type);
  if (type == BodyType::kJsonPatch) return PatchType::kJson;
  if (type == BodyType::kMergePatch) return PatchType::kMerge;
  if (type == BodyType::kApplyYaml) return PatchType::kApply;
  if (type == BodyType::kStrategicPatch && !is_custom) return PatchType::kStrategic;
  return unknown_type(is_custom
                          ? "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                          : "application/json-patch+json, application/merge-patch+json, "
                            "application/strategic-merge-patch+json, application/apply-patch+yaml");
}

Result<Body> read_patch(std::string_view body, PatchType type) {
  Body out;
  if (type == PatchType::kApply) {
    Result<json::Value> parsed = yaml::parse(body, &out.duplicates);
    if (!parsed.ok()) return bad_request("error encoding patch: yaml: " + parsed.error().message());
    out.value = parsed.take();
    if (out.value.is_null()) out.value = json::Object();  // of no kind, which is what is wrong with it
  } else {
    Result<Body> parsed = parse_json(body);
    if (!parsed.ok()) return bad_request("invalid JSON patch: " + parsed.error().message());
    out = parsed.take();
  }
  if (type == PatchType::kJson) {
    if (!out.value.is_array()) return not_a_patch(type, json::type_name(out.value), "[]handlers.jsonPatchOp");
  } else if (out.value.is_null()) {
    return bad_request("Invalid JSON Patch");
  } else if (!out.value.is_object()) {
    return not_a_patch(type, json::type_name(out.value), "map[string]interface {}");
  }
  return out;
}

Result<json::Value> read_delete_options(std::string_view body, std::string_view content_type) {
  if (body.empty()) return json::Value();
  const std::optional<BodyType> type = body_type(content_type);
  if (type == BodyType::kProtobuf) return protobuf::decode(body, "v1", "DeleteOptions");
  if (type != BodyType::kJson && type != BodyType::kYaml) {
    return unknown_type("application/json, application/yaml, application/vnd.kubernetes.protobuf");
  }
  Result<json::Value> parsed =
      type == BodyType::kJson ? json::parse(body, {.refuse_duplicate_keys = false}) : yaml::parse(body);
  if (!parsed.ok()) return bad_request("couldn't get version/kind; json parse error: " + parsed.error().message());
  if (!parsed->is_object())
    return bad_request("DeleteOptions: wanted an object, found " + std::string(json::type_name(*parsed)));
  return parsed;
}

}  // namespace rig::apiserver
