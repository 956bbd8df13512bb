// apiserver/metadata.cc — the rules for names, labels, finalizers and owner references.
//
// Source of rules and words: k8s.io/apimachinery pkg/util/validation and pkg/api/validation, checked against the
// recordings under tests/kube.
#include "apiserver/metadata.h"

#include <algorithm>
#include <optional>

#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kInvalid = "FieldValueInvalid", kRequired = "FieldValueRequired",
                           kForbidden = "FieldValueForbidden", kTooLong = "FieldValueTooLong";

constexpr std::string_view kSubdomainWords =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kLabelWords =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kKeyWords =
    " must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kKeyPrefixWords =
    " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
constexpr std::string_view kValueWords =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_alnum(char c) { return is_lower_alnum(c) || (c >= 'A' && c <= 'Z'); }

bool is_dns_label(std::string_view text) {
  return !text.empty() && is_lower_alnum(text.front()) && is_lower_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower_alnum(c) || c == '-'; });
}

bool is_dns_subdomain(std::string_view text) {
  const std::vector<std::string> labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), is_dns_label);
}

bool is_key_name(std::string_view text) {
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

std::string too_long(std::size_t most, std::string_view unit) {
  return "must be no more than " + std::to_string(most) + " " + std::string(unit);
}

const json::Value* metadata_of(const json::Value& object) { return object.find("metadata"); }

const json::Object& members(const json::Value& object, std::string_view name) {
  static const json::Object kNone;
  const json::Value* found = object.at({"metadata", name});
  return found == nullptr || !found->is_object() ? kNone : *found->as<json::Object>();
}

const json::Array& items(const json::Value& object, std::string_view name) {
  static const json::Array kNone;
  const json::Value* found = object.at({"metadata", name});
  return found == nullptr || !found->is_array() ? kNone : *found->as<json::Array>();
}

void check_labels(const json::Value& object, std::vector<schema::Problem>& problems) {
  for (const auto& [key, value] : members(object, "labels")) {
    for (const std::string& why : check_label_key(key)) add_invalid(problems, "metadata.labels", key, why);
    for (const std::string& why : check_label_value(value.text({}))) {
      add_invalid(problems, "metadata.labels", value, why);
    }
  }
}

void check_annotations(const json::Value& object, std::vector<schema::Problem>& problems) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : members(object, "annotations")) {
    for (const std::string& why : check_label_key(to_lower(key)))
      add_invalid(problems, "metadata.annotations", key, why);
    bytes += key.size() + value.text({}).size();
  }
  if (bytes > limits::kAnnotationBytesMax) {
    add_problem(problems, "metadata.annotations", kTooLong,
                "Too long: may not be more than " + std::to_string(limits::kAnnotationBytesMax) + " bytes");
  }
}

// Events come and go by themselves and may not own anything.
bool may_own(const json::Value& owner) {
  return owner.text({"kind"}) != "Event" ||
         (owner.text({"apiVersion"}) != "v1" && !owner.text({"apiVersion"}).starts_with("events.k8s.io/"));
}

// With its members in the order of the server's struct.
std::string owner_text(const json::Value& owner) {
  std::string text;
  for (const std::string_view name : {"apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"}) {
    const json::Value* member = owner.find(name);
    if (member == nullptr) continue;
    text += (text.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + json::to_text(*member);
  }
  return text + "}";
}

void check_owner(const json::Value& owner, std::size_t index, std::vector<schema::Problem>& problems) {
  const std::string path = "metadata.ownerReferences[" + std::to_string(index) + "]";
  for (const std::string_view name : {"apiVersion", "kind", "name", "uid"}) {
    if (owner.text({name}).empty()) {
      add_problem(problems, path + "." + std::string(name), kRequired, "Required value: must not be empty");
    }
  }
  if (!may_own(owner)) {
    const std::string_view version = owner.text({"apiVersion"});
    const std::string title = (version.find('/') == std::string_view::npos ? "/" : "") + std::string(version);
    add_problem(
        problems, path, kInvalid,
        "Invalid value: " + owner_text(owner) + ": " + title + ", Kind=Event is disallowed from being an owner");
  }
}

void check_owners(const json::Value& object, std::vector<schema::Problem>& problems) {
  const json::Array& owners = owners_of(object);
  std::vector<std::string> controllers, texts;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    check_owner(owners[i], i, problems);
    texts.push_back(owner_text(owners[i]));
    const json::Value* controller = owners[i].find("controller");
    if (controller == nullptr || *controller != json::Value(true)) continue;
    controllers.push_back(std::string(owners[i].text({"kind"})) + "/" + std::string(owners[i].text({"name"})));
  }
  if (controllers.size() < 2) return;
  add_problem(problems, "metadata.ownerReferences", kInvalid,
              "Invalid value: [" + join(texts, ",") +
                  "]: Only one reference can have Controller set to true. Found \"true\" in references for " +
                  controllers[0] + " and " + controllers[1]);
}

bool has_domain(std::string_view finalizer) { return finalizer.find('/') != std::string_view::npos; }
bool is_of_the_collector(std::string_view finalizer) {
  return finalizer == "orphan" || finalizer == "foregroundDeletion";
}

void refuse_new_finalizers(const json::Value& object, const json::Value& old, std::vector<schema::Problem>& problems) {
  const std::vector<std::string> before = finalizers_of(old);
  std::vector<std::string> added;
  for (const std::string& finalizer : finalizers_of(object)) {
    if (std::find(before.begin(), before.end(), finalizer) == before.end()) added.push_back("\"" + finalizer + "\"");
  }
  if (added.empty()) return;
  add_problem(
      problems, "metadata.finalizers", kForbidden,
      "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{" +
          join(added, ", ") + "}");
}

}  // namespace

std::vector<std::string> check_name(NameRule rule, std::string_view name) {
  std::vector<std::string> wrong;
  if (rule == NameRule::kPath) {
    if (name == "." || name == "..") wrong.push_back("may not be '" + std::string(name) + "'");
    for (const std::string_view c : {"/", "%"}) {
      if (name.find(c) != std::string_view::npos) wrong.push_back("may not contain '" + std::string(c) + "'");
    }
    return wrong;
  }
  if (rule == NameRule::kLabel) {
    if (name.find('.') != std::string_view::npos) return {"must not contain dots"};
    if (name.size() > limits::kLabelLengthMax) wrong.push_back(too_long(limits::kLabelLengthMax, "characters"));
    if (!is_dns_label(name)) wrong.emplace_back(kLabelWords);
    return wrong;
  }
  if (name.size() > limits::kNameLengthMax) wrong.push_back(too_long(limits::kNameLengthMax, "characters"));
  if (!is_dns_subdomain(name)) wrong.emplace_back(kSubdomainWords);
  return wrong;
}

std::vector<std::string> check_label_key(std::string_view key) {
  const std::vector<std::string> parts = split(key, '/');
  if (parts.size() > 2) return {"a valid label key" + std::string(kKeyWords) + std::string(kKeyPrefixWords)};
  std::vector<std::string> wrong;
  if (parts.size() == 2 && parts[0].empty()) wrong.emplace_back("prefix part must be non-empty");
  if (parts.size() == 2 && !parts[0].empty()) {
    for (const std::string& why : check_name(NameRule::kSubdomain, parts[0])) wrong.push_back("prefix part " + why);
  }
  const std::string& name = parts.back();
  if (name.empty()) wrong.emplace_back("name part must be non-empty");
  if (name.size() > limits::kLabelLengthMax) wrong.push_back("name part " + too_long(limits::kLabelLengthMax, "bytes"));
  if (!is_key_name(name)) wrong.push_back("name part" + std::string(kKeyWords));
  return wrong;
}

std::vector<std::string> check_label_value(std::string_view value) {
  std::vector<std::string> wrong;
  if (value.size() > limits::kLabelLengthMax) wrong.push_back(too_long(limits::kLabelLengthMax, "bytes"));
  if (!value.empty() && !is_key_name(value)) wrong.emplace_back(kValueWords);
  return wrong;
}

void add_problem(std::vector<schema::Problem>& problems, std::string_view path, std::string_view reason,
                 std::string what) {
  problems.push_back({std::string(path), std::string(reason), std::move(what)});
}

void add_invalid(std::vector<schema::Problem>& problems, std::string_view path, const json::Value& found,
                 std::string_view why) {
  add_problem(problems, path, kInvalid,
              "Invalid value: " + (found.is_string() ? quoted(found.text({})) : json::to_text(found)) + ": " +
                  std::string(why));
}

void check_metadata(NameRule rule, const json::Value& object, std::vector<schema::Problem>& problems) {
  const std::string_view name = object.text({"metadata", "name"}), prefix = object.text({"metadata", "generateName"});
  if (!prefix.empty()) {
    // The prefix as it would be in a name: a dash at its end is followed by something.
    std::string tried(prefix);
    if (tried.ends_with('-')) tried.back() = 'a';
    for (const std::string& why : check_name(rule, tried)) add_invalid(problems, "metadata.generateName", prefix, why);
  }
  if (name.empty()) {
    add_problem(problems, "metadata.name", kRequired, "Required value: name or generateName is required");
  } else if (prefix.empty() || problems.empty()) {
    for (const std::string& why : check_name(rule, name)) add_invalid(problems, "metadata.name", name, why);
  }
  check_labels(object, problems);
  check_annotations(object, problems);
  check_owners(object, problems);
  for (const std::string& finalizer : finalizers_of(object)) {
    for (const std::string& why : check_label_key(finalizer))
      add_invalid(problems, "metadata.finalizers", finalizer, why);
  }
}

void check_metadata_update(const json::Value& object, const json::Value& old, std::vector<schema::Problem>& problems) {
  if (is_deleting(old)) refuse_new_finalizers(object, old, problems);
  const json::Value* now = metadata_of(object);
  const json::Value* before = metadata_of(old);
  if (now == nullptr || before == nullptr) return;
  for (const std::string_view name :
       {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    const json::Value* wanted = now->find(name);
    const json::Value* found = before->find(name);
    if (wanted == nullptr || (found != nullptr && *wanted == *found)) continue;
    add_invalid(problems, "metadata." + std::string(name), *wanted, kImmutable);
  }
}

std::vector<std::string> finalizer_warnings(const json::Value& object, const json::Value* old) {
  const std::vector<std::string> before = old == nullptr ? std::vector<std::string>() : finalizers_of(*old);
  std::vector<std::string> warnings;
  for (const std::string& finalizer : finalizers_of(object)) {
    if (has_domain(finalizer) || is_of_the_collector(finalizer)) continue;
    if (std::find(before.begin(), before.end(), finalizer) != before.end()) continue;
    warnings.push_back(
        "metadata.finalizers: \"" + finalizer +
        "\": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers");
  }
  return warnings;
}

const json::Array& owners_of(const json::Value& object) { return items(object, "ownerReferences"); }

std::vector<std::string> finalizers_of(const json::Value& object) {
  std::vector<std::string> out;
  for (const json::Value& item : items(object, "finalizers")) out.emplace_back(item.text({}));
  return out;
}

void set_finalizers(json::Value& object, const std::vector<std::string>& finalizers) {
  if (finalizers.empty()) {
    if (auto* metadata = object["metadata"].as<json::Object>()) metadata->erase("finalizers");
    return;
  }
  object["metadata"]["finalizers"] = json::Array(finalizers.begin(), finalizers.end());
}

bool is_deleting(const json::Value& object) {
  const json::Value* time = object.at({"metadata", "deletionTimestamp"});
  return time != nullptr && !time->is_null();
}

}  // namespace rig::apiserver
