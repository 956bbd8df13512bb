// apiserver/patch/json_patch.cc — RFC 6902 as kube-apiserver's library reads it (recordings: json-patch).
#include <charconv>
#include <optional>

#include "apiserver/document.h"
#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "apiserver/patch/patch.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

// Whatever is wrong with an operation, the server says just this.
Error rejected() {
  return status_error(422, "Invalid", "the server rejected our request due to an error in our request", json::Object());
}

using Path = std::vector<std::string>;

// "/spec/tags/0" has three parts; what is before the first slash is not looked at.
std::optional<Path> parse_path(const json::Value* text) {
  if (text == nullptr || !text->is_string()) return std::nullopt;
  Path path = split(text->text({}), '/');
  path.erase(path.begin());
  for (std::string& part : path) {
    std::string plain;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool is_escape = part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1');
      plain += is_escape ? (part[++i] == '0' ? '~' : '/') : part[i];
    }
    part = std::move(plain);
  }
  return path;
}

// An index from the front, or, negative, from the back; `count` says how many places there are.
std::optional<std::size_t> parse_index(std::string_view text, std::size_t count) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (index < 0) index += static_cast<std::int64_t>(count);
  if (index < 0 || index >= static_cast<std::int64_t>(count)) return std::nullopt;
  return static_cast<std::size_t>(index);
}

json::Value* step(json::Value& at, std::string_view part) {
  if (auto* object = at.as<json::Object>()) return object->find(part);
  auto* array = at.as<json::Array>();
  const auto index = array == nullptr ? std::nullopt : parse_index(part, array->size());
  return index ? &(*array)[*index] : nullptr;
}

json::Value* find(json::Value& document, const Path& path, std::size_t parts) {
  json::Value* at = &document;
  for (std::size_t i = 0; i < parts && at != nullptr; ++i) at = step(*at, path[i]);
  return at;
}
json::Value* find(json::Value& document, const Path& path) { return find(document, path, path.size()); }

// A document that grows into itself soon is too deep for all that is done by recursion.
bool fits(const Path& path, const json::Value& value) {
  constexpr int kDepthMax = limits::kStoredDepthMax;
  return path.size() + static_cast<std::size_t>(depth_of(value, kDepthMax)) <= kDepthMax;
}

bool add(json::Value& document, const Path& path, json::Value value) {
  if (!fits(path, value)) return false;
  if (path.empty()) {
    document = std::move(value);
    return true;
  }
  json::Value* parent = find(document, path, path.size() - 1);
  if (parent == nullptr) return false;
  if (auto* object = parent->as<json::Object>()) {
    (*object)[path.back()] = std::move(value);
    return true;
  }
  auto* array = parent->as<json::Array>();
  if (array == nullptr) return false;
  const auto index = path.back() == "-" ? array->size() : parse_index(path.back(), array->size() + 1);
  if (!index) return false;
  array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return true;
}

bool remove(json::Value& document, const Path& path) {
  if (path.empty()) return false;
  json::Value* parent = find(document, path, path.size() - 1);
  if (parent == nullptr) return false;
  if (auto* object = parent->as<json::Object>()) return object->erase(path.back());
  auto* array = parent->as<json::Array>();
  const auto index = array == nullptr ? std::nullopt : parse_index(path.back(), array->size());
  if (!index) return false;
  array->erase(array->begin() + static_cast<std::ptrdiff_t>(*index));
  return true;
}

bool replace(json::Value& document, const Path& path, json::Value value) {
  if (json::Value* found = find(document, path); found != nullptr && fits(path, value)) {
    *found = std::move(value);
    return true;
  }
  const json::Value* parent = find(document, path, path.size() - 1);
  return parent != nullptr && parent->is_object() && add(document, path, std::move(value));
}

class JsonPatch {
 public:
  explicit JsonPatch(json::Value& document) : document_(document) {}

  bool apply(const json::Value& operation) {
    const std::string_view op = operation.text({"op"});
    const std::optional<Path> path = parse_path(operation.find("path"));
    if (!path) return false;
    const json::Value* given = operation.find("value");
    json::Value value = given == nullptr ? json::Value() : *given;
    if (op == "add") return add(document_, *path, std::move(value));
    if (op == "remove") return remove(document_, *path);
    if (op == "replace") return replace(document_, *path, std::move(value));
    if (op == "test") {
      const json::Value* found = find(document_, *path);
      return found == nullptr ? value.is_null() : *found == value;
    }
    return (op == "move" || op == "copy") && transfer(op == "move", operation, *path);
  }

 private:
  bool transfer(bool is_move, const json::Value& operation, const Path& to) {
    const std::optional<Path> from = parse_path(operation.find("from"));
    const json::Value* found = from ? find(document_, *from) : nullptr;
    if (found == nullptr) return false;
    json::Value value = *found;
    if (is_move) return remove(document_, *from) && add(document_, to, std::move(value));
    copied_bytes_ += json::to_text(value).size();
    return copied_bytes_ <= limits::kPatchGrowthBytesMax && add(document_, to, std::move(value));
  }

  json::Value& document_;
  std::size_t copied_bytes_ = 0;
};

void note_strange_members(const json::Value& operation, std::size_t index, std::vector<std::string>& strange) {
  const auto* members = operation.as<json::Object>();
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) {
    if (name == "op" || name == "path" || name == "from" || name == "value") continue;
    strange.push_back("json patch unknown field \"[" + std::to_string(index) + "]." + name + "\"");
  }
}

}  // namespace

Result<json::Value> apply_json_patch(json::Value document, const json::Value& patch,
                                     std::vector<std::string>& strange) {
  const auto* operations = patch.as<json::Array>();
  if (operations == nullptr) {
    return bad_request("error decoding patch: json: cannot unmarshal " + std::string(json::type_name(patch)) +
                       " into Go value of type []handlers.jsonPatchOp");
  }
  if (operations->size() > limits::kPatchOperationsMax) {
    return status_error(413, "RequestEntityTooLarge",
                        "Request entity too large: The allowed maximum operations in a JSON patch is " +
                            std::to_string(limits::kPatchOperationsMax) + ", got " +
                            std::to_string(operations->size()));
  }
  JsonPatch patcher(document);
  for (std::size_t i = 0; i < operations->size(); ++i) {
    note_strange_members((*operations)[i], i, strange);
    if (!patcher.apply((*operations)[i])) return rejected();
  }
  return document;
}

}  // namespace rig::apiserver
