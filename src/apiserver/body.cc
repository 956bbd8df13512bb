// apiserver/body.cc — the first look at what a client sent.
#include <algorithm>

#include "apiserver/document.h"
#include "apiserver/registry_impl.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

std::string title(const api::KindInfo& kind, const json::Value& object) {
  std::string version(object.text({"apiVersion"}));
  version = version.substr(version.find('/') == std::string::npos ? 0 : version.find('/') + 1);
  return std::string(object.text({"kind"})) + " in version \"" + version + "\" cannot be handled as a " +
         std::string(kind.resource.kind) + ": ";
}

// A custom kind has to say what it is; a core kind may leave it out. The kind's name itself is judged later.
Status check_type(const api::KindInfo& kind, json::Value& object) {
  const std::string expected = kind.resource.api_version();
  const std::string_view found = object.text({"apiVersion"}), name = object.text({"kind"});
  if (kind.is_custom) {
    if (name.empty()) {
      const std::string text = json::to_text(object);
      return bad_request("the object provided is unrecognized (must be of type " + std::string(kind.resource.kind) +
                         "): Object 'Kind' is missing in '" + text + "' (" + text.substr(0, 30) +
                         (text.size() > 30 ? " ...)" : ")"));
    }
    if (found == expected) return {};
    return bad_request("the API version in the data (" + std::string(found) +
                       ") does not match the expected API version (" + expected + ")");
  }
  if (found.empty()) object["apiVersion"] = expected;
  if (name.empty()) object["kind"] = kind.resource.kind;
  if (object.text({"apiVersion"}) == expected && object.text({"kind"}) == kind.resource.kind) return {};
  return bad_request(title(kind, object) + "no kind \"" + std::string(object.text({"kind"})) +
                     "\" is registered for version \"" + std::string(object.text({"apiVersion"})) +
                     "\" in scheme \"pkg/runtime/scheme.go:111\"");
}

// A strategic patch is read by another part of the real server.
std::optional<std::string> why_unconvertible(const api::KindInfo& kind, json::Value& object) {
  if (auto why = unconvertible(kind, object)) return why;
  const auto read = manners_of(kind).read;
  std::optional<std::string> why = read == nullptr ? std::nullopt : read(object);
  if (why) why->insert(0, "error decoding from json: ");
  return why;
}

std::optional<std::string> why_unreadable(const api::KindInfo& kind, json::Value& object) {
  if (auto why = unreadable(kind, object)) return why;
  const auto read = manners_of(kind).read;
  return read == nullptr ? std::nullopt : read(object);
}

// Core kinds are read from the body's beginning to its end, a text for each strange member; a duplicate is strange when
// it is met again.
void sort_as_sent(std::string_view body, std::vector<std::string>& texts) {
  std::vector<std::string> members;
  if (!json::parse(body, {.refuse_duplicate_keys = false, .members = &members}).ok()) return;
  const auto place = [&](const std::string& text) {
    const std::size_t begin = text.find('"') + 1;
    const std::string path = text.substr(begin, text.find('"', begin) - begin);
    return text.starts_with("duplicate") ? std::find(members.rbegin(), members.rend(), path).base() - 1
                                         : std::find(members.begin(), members.end(), path);
  };
  std::stable_sort(texts.begin(), texts.end(),
                   [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
}

// The texts of a strict error, or none after having warned.
std::vector<std::string> undescribed(const api::KindInfo& kind, json::Value& object, const WriteContext& context) {
  if (context.validation == Validation::kIgnore) return {};
  std::vector<std::string> texts = context.body_warnings;
  for (std::string& text : unknown_members(kind, object)) texts.push_back(std::move(text));
  if (!kind.is_custom && texts.size() > 1) sort_as_sent(context.sent, texts);
  if (context.validation == Validation::kStrict) return texts;
  if (context.warnings != nullptr) context.warnings->insert(context.warnings->end(), texts.begin(), texts.end());
  return {};
}

// The texts about YAML (they begin with its lines) are one error, which comes first.
std::string strict_error(std::vector<std::string> texts) {
  std::string yaml;
  while (!texts.empty() && texts.front().starts_with("line ")) {
    yaml += "\n  " + texts.front();
    texts.erase(texts.begin());
  }
  if (!yaml.empty()) texts.insert(texts.begin(), "yaml: unmarshal errors:" + yaml);
  return "strict decoding error: " + join(texts, ", ");
}

Error unusable_patch(const std::string& shown, const std::string& why) {
  return invalid(api::Resource(), {},
                 {{"patch", "FieldValueInvalid", "Invalid value: " + json::to_text(json::Value(shown)) + ": " + why}});
}

// What a patch may have made of apiVersion and kind.
Status check_patched_type(const api::KindInfo& kind, const json::Value& object, const std::string& shown) {
  const std::string_view version = object.text({"apiVersion"}), name = object.text({"kind"});
  const std::string expected = kind.resource.api_version();
  if (name.empty()) return unusable_patch(shown, "Object 'Kind' is missing in '" + json::to_text(object) + "'");
  if (version == expected && name == kind.resource.kind) return {};
  if (!kind.is_custom) {
    return unusable_patch(shown, "no kind \"" + std::string(name) + "\" is registered for version \"" +
                                     std::string(version) + "\" in scheme \"pkg/runtime/scheme.go:111\"");
  }
  std::vector<schema::Problem> problems;
  if (version != expected) add_invalid(problems, "apiVersion", version, "must be " + expected);
  if (name != kind.resource.kind) add_invalid(problems, "kind", name, "must be " + std::string(kind.resource.kind));
  api::Resource named = kind.resource;
  named.kind = name;
  named.group = version.substr(0, version.find('/'));
  return invalid(named, object.text({"metadata", "name"}), problems);
}

}  // namespace

Status Registry::Impl::read_body(const api::KindInfo& kind, json::Value& object, const WriteContext& context) {
  if (!object.is_object()) return bad_request("the body is not an object but " + std::string(json::type_name(object)));
  TRY(check_type(kind, object));
  if (auto why = why_unreadable(kind, object)) return bad_request(title(kind, object) + *why);
  if (const auto texts = undescribed(kind, object, context); !texts.empty()) {
    return bad_request(title(kind, object) + strict_error(texts));
  }
  normalise(kind, object);
  return {};
}

Status Registry::Impl::read_patched(const api::KindInfo& kind, json::Value& object, const std::string& shown,
                                    bool is_strategic, const WriteContext& context) const {
  TRY(check_patched_type(kind, object, shown));
  const auto why = is_strategic ? why_unconvertible(kind, object) : why_unreadable(kind, object);
  if (why) return unusable_patch(shown, *why);
  if (const auto texts = undescribed(kind, object, context); !texts.empty()) {
    return unusable_patch(shown, strict_error(texts));
  }
  normalise(kind, object);
  return {};
}

Status Registry::Impl::check_kind(const api::KindInfo& kind, const json::Value& object) {
  const std::string_view name = object.text({"kind"});
  if (name == kind.resource.kind) return {};
  std::vector<schema::Problem> problems;
  add_invalid(problems, "kind", name, "must be " + std::string(kind.resource.kind));
  api::Resource named = kind.resource;
  named.kind = name;
  return invalid(named, object.text({"metadata", "name"}), problems);
}

// The name and the namespace in the object are those of the request.
Status Registry::Impl::check_address(const api::KindInfo& kind, const ObjectKey& key, json::Value& object) {
  if (!object["metadata"].is_object()) object["metadata"] = json::Object();
  // Copies: setting a member moves the others.
  const std::string name(object.text({"metadata", "name"})), name_space(object.text({"metadata", "namespace"}));
  if (!kind.resource.namespaced) {
    object["metadata"].as<json::Object>()->erase("namespace");
  } else if (name_space.empty()) {
    object["metadata"]["namespace"] = key.namespace_;
  } else if (name_space != key.namespace_) {
    return bad_request("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (key.name.empty() || name == key.name) return {};
  if (name.empty()) {
    return bad_request("the name of the object (" + key.name +
                       " based on URL) was undeterminable: name must be provided");
  }
  return bad_request("the name of the object (" + name + ") does not match the name on the URL (" + key.name + ")");
}

}  // namespace rig::apiserver
