// apiserver/metadata.h — the rules for names, labels, finalizers and owner references, in kube-apiserver's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json.h"
#include "schema/walk.h"

namespace rig::apiserver {

enum class NameRule : std::uint8_t {
  kSubdomain,  // RFC 1123 subdomain, at most 253
  kLabel,      // RFC 1123 label, at most 63 (Namespace)
  kPath,       // anything that is one segment of a path (the RBAC kinds)
};

// Each says what is wrong ("a lowercase RFC 1123 subdomain must ..."), or nothing.
std::vector<std::string> check_name(NameRule rule, std::string_view name);
std::vector<std::string> check_label_key(std::string_view key);
std::vector<std::string> check_label_value(std::string_view value);

void add_problem(std::vector<schema::Problem>& problems, std::string_view path, std::string_view reason,
                 std::string what);
void add_invalid(std::vector<schema::Problem>& problems, std::string_view path, const json::Value& found,
                 std::string_view why);
// `why` of add_invalid for what may not change.
inline constexpr std::string_view kImmutable = "field is immutable";

// metadata of an object about to be stored: has a name, the maps and lists are of the right types.
void check_metadata(NameRule rule, const json::Value& object, std::vector<schema::Problem>& problems);
// What an update may not change. Absent times have been taken from `old` before.
void check_metadata_update(const json::Value& object, const json::Value& old, std::vector<schema::Problem>& problems);
// A Warning text per finalizer without a domain that `old` (may be null) did not have.
std::vector<std::string> finalizer_warnings(const json::Value& object, const json::Value* old);

const json::Array& owners_of(const json::Value& object);  // ownerReferences; empty when there are none
std::vector<std::string> finalizers_of(const json::Value& object);
void set_finalizers(json::Value& object, const std::vector<std::string>& finalizers);  // none: no member
bool is_deleting(const json::Value& object);

}  // namespace rig::apiserver
