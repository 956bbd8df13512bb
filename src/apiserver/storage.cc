// apiserver/storage.cc — objects as records.
#include "apiserver/storage.h"

#include <algorithm>

#include "apiserver/document.h"
#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "apiserver/manners.h"

namespace rig::apiserver {
namespace {

// The offset behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
  return std::min(at + 1, text.size());
}

// In the text of an object, whose members are sorted: the offset of the member of metadata before which resourceVersion
// belongs. npos: there is none.
std::size_t place_of_version(std::string_view text) {
  int depth = 0;
  bool in_metadata = false;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    end = at + 1;
    if (text[at] == '{' || text[at] == '[') ++depth;
    if (text[at] == '}' || text[at] == ']') --depth;
    if (text[at] != '"') continue;
    end = end_of_string(text, at);
    if (depth > 2 || end == text.size() || text[end] != ':') continue;  // a value, or too deep
    const std::string_view name = text.substr(at + 1, end - at - 2);
    if (depth == 1) in_metadata = name == "metadata";
    if (depth == 2 && in_metadata && name > "resourceVersion") return at;
  }
  return std::string_view::npos;
}

json::Value as_stored(json::Value object, json::Value (*convert)(json::Value)) {
  (void)take_version(object);  // it is the revision of the record
  return convert == nullptr ? object : convert(std::move(object));
}

}  // namespace

std::string storage_prefix(const api::KindInfo& kind, std::string_view name_space) {
  const std::string_view other = manners_of(kind).stored_under;
  std::string prefix(other);
  if (other.empty()) {
    prefix = "/" + std::string(kind.resource.group.empty() ? "core" : kind.resource.group) + "/" +
             std::string(kind.resource.plural) + "/";
  }
  return name_space.empty() ? prefix : prefix + std::string(name_space) + "/";
}

std::string storage_key(const api::KindInfo& kind, const ObjectKey& key) {
  return storage_prefix(kind, {}) + key.namespace_ + "/" + key.name;
}

Result<json::Value> object_of(const api::KindInfo& kind, std::string_view value, Revision revision,
                              const json::Members* only) {
  Result<json::Value> parsed = json::parse(value, {.depth_max = limits::kStoredDepthMax, .only = only});
  if (!parsed.ok())
    return Error(Code::kDataLoss, "stored " + std::string(kind.resource.kind) + ": " + parsed.error().message());
  json::Value object = parsed.take();
  if (const auto convert = manners_of(kind).from_stored) object = convert(std::move(object));
  set_version(object, revision);
  return object;
}

Result<std::string> text_of(const api::KindInfo& kind, std::string_view value, Revision revision) {
  const std::size_t place = manners_of(kind).from_stored == nullptr ? place_of_version(value) : std::string_view::npos;
  if (place == std::string_view::npos) return json::to_text(TRY(object_of(kind, value, revision)));
  std::string text;
  text.reserve(value.size() + 48);
  text += value.substr(0, place);
  text += "\"resourceVersion\":\"" + std::to_string(revision) + "\",";
  text += value.substr(place);
  return text;
}

Result<std::string> value_of(const api::KindInfo& kind, const json::Value& object) {
  for (const auto& [name, member] : *object.as<json::Object>()) {
    const int depth_max = name == "metadata" ? limits::kStoredDepthMax : limits::kDepthMax;
    if (depth_of(member, depth_max) < depth_max) continue;
    return bad_request(name + " is nested deeper than " + std::to_string(depth_max) + " levels");
  }
  const auto convert = manners_of(kind).to_stored;
  const bool is_as_stored = convert == nullptr && object.at({"metadata", "resourceVersion"}) == nullptr;
  std::string value = json::to_text(is_as_stored ? object : as_stored(object, convert));
  if (value.size() > limits::kObjectBytesMax) return status_error(500, {}, "etcdserver: request is too large");
  return value;
}

void set_version(json::Value& object, Revision revision) {
  object["metadata"]["resourceVersion"] = std::to_string(revision);
}

std::string take_version(json::Value& object) {
  std::string version(object.text({"metadata", "resourceVersion"}));
  json::Value* metadata = object.find("metadata");
  if (auto* members = metadata == nullptr ? nullptr : metadata->as<json::Object>()) members->erase("resourceVersion");
  return version;
}

}  // namespace rig::apiserver
