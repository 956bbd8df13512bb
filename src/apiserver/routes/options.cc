// apiserver/routes/options.cc — see options.h.
#include "apiserver/routes/options.h"

#include <algorithm>

#include "apiserver/limits.h"
#include "apiserver/metadata.h"
#include "base/text.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

using Problems = std::vector<schema::Problem>;

Error invalid_options(std::string_view kind, const Problems& problems) {
  return invalid({.group = "meta.k8s.io", .version = "v1", .kind = kind, .plural = {}}, "", problems);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

void check_manager(std::string_view manager, Problems& problems) {
  if (manager.size() > limits::kFieldManagerBytesMax) {
    add_problem(problems, "fieldManager", "FieldValueTooLong",
                "Too long: may not be more than " + std::to_string(limits::kFieldManagerBytesMax) + " bytes");
  }
  const auto bad = std::find_if(manager.begin(), manager.end(), is_control);
  if (bad == manager.end()) return;
  const std::string code = hex(std::string_view(&*bad, 1));
  add_invalid(problems, "fieldManager", manager,
              "invalid character U+00" + code + " (at position " + std::to_string(bad - manager.begin()) + ")");
}

// Says whether it is a dry run. `value` as JSON text of the list that was given.
bool read_dry_run(bool is_given, std::string_view only, const json::Value& all, Problems& problems) {
  if (!is_given) return false;
  if (only == "All") return true;
  add_problem(problems, "dryRun", "FieldValueNotSupported",
              "Unsupported value: " + json::to_text(all) + ": supported values: \"All\"");
  return false;
}

Validation read_validation(std::string_view text, Problems& problems) {
  if (text.empty() || text == "Warn") return Validation::kWarn;
  if (text == "Strict") return Validation::kStrict;
  if (text == "Ignore") return Validation::kIgnore;
  add_problem(problems, "fieldValidation", "FieldValueNotSupported",
              "Unsupported value: \"" + std::string(text) + R"(": supported values: "", "Ignore", "Strict", "Warn")");
  return Validation::kWarn;
}

// What client-go says of itself ("kubectl/v1.33.1 (linux/amd64) ...") is a manager called kubectl.
std::string manager_of(std::string_view user_agent) {
  const std::string_view name = user_agent.substr(0, user_agent.find('/')).substr(0, limits::kFieldManagerBytesMax);
  return name.empty() ? "unknown" : std::string(name);
}

WriteContext read_write(const Target& target, std::string_view user_agent, Problems& problems) {
  const std::string_view manager = target.get("fieldManager");
  const auto dry_run = target.find("dryRun");
  WriteContext out;
  out.field_manager = manager.empty() ? manager_of(user_agent) : std::string(manager);
  check_manager(manager, problems);
  out.dry_run = read_dry_run(dry_run.has_value(), dry_run.value_or(""), json::Array{dry_run.value_or("")}, problems);
  out.validation = read_validation(target.get("fieldValidation"), problems);
  return out;
}

void check_propagation(std::string_view policy, bool has_orphan_dependents, Problems& problems) {
  if (policy.empty()) return;
  if (policy != "Foreground" && policy != "Background" && policy != "Orphan") {
    add_problem(problems, "propagationPolicy", "FieldValueNotSupported",
                "Unsupported value: \"" + std::string(policy) +
                    R"(": supported values: "Foreground", "Background", "Orphan", "nil")");
  } else if (has_orphan_dependents) {
    add_invalid(problems, "propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set");
  }
}

Status check_delete_kind(const json::Value& body) {
  const std::string_view kind = body.text({"kind"});
  if (kind.empty() || kind == "DeleteOptions") return {};
  return bad_request("no kind \"" + std::string(kind) + "\" is registered for version \"" +
                     std::string(body.text({"apiVersion"})) + "\" in scheme \"pkg/runtime/scheme.go:111\"");
}

std::string orphan_policy(const json::Value& orphan) { return orphan == json::Value(true) ? "Orphan" : "Background"; }

DeleteContext delete_by_body(const json::Value& body, Problems& problems) {
  DeleteContext out;
  const json::Value* dry_run = body.find("dryRun");
  const json::Array* values = dry_run == nullptr ? nullptr : dry_run->as<json::Array>();
  if (values != nullptr && !values->empty()) {
    out.dry_run = read_dry_run(true, values->size() == 1 ? values->front().text({}) : "", *dry_run, problems);
  }
  out.propagation = body.text({"propagationPolicy"});
  const json::Value* orphan = body.find("orphanDependents");
  const bool has_orphan = orphan != nullptr && orphan->as<bool>() != nullptr;
  check_propagation(out.propagation, has_orphan, problems);
  if (has_orphan && out.propagation.empty()) out.propagation = orphan_policy(*orphan);
  out.uid = body.text({"preconditions", "uid"});
  out.resource_version = body.text({"preconditions", "resourceVersion"});
  return out;
}

DeleteContext delete_by_query(const Target& target, Problems& problems) {
  DeleteContext out;
  const auto dry_run = target.find("dryRun");
  out.dry_run = read_dry_run(dry_run.has_value(), dry_run.value_or(""), json::Array{dry_run.value_or("")}, problems);
  out.propagation = target.get("propagationPolicy");
  const auto orphan = target.find("orphanDependents");
  check_propagation(out.propagation, orphan.has_value(), problems);
  if (orphan && out.propagation.empty()) out.propagation = orphan_policy(target.is_set("orphanDependents"));
  return out;
}

Result<std::int64_t> number(std::string_view text) {
  if (text.empty()) return std::int64_t{0};
  const Result<std::int64_t> value = parse_int(text);
  if (value.ok()) return *value;
  return bad_request("strconv.ParseInt: parsing " + json::to_text(text) + ": invalid syntax");
}

Status check_timeout(const Target& target) {
  const std::string_view text = target.get("timeout");
  if (text.empty() || parse_duration(text).ok()) return {};
  return bad_request("invalid timeout specified in the request URL - time: invalid duration " + json::to_text(text));
}

}  // namespace

Result<WriteContext> write_options(std::string_view kind, const Target& target, std::string_view user_agent) {
  TRY(check_timeout(target));
  Problems problems;
  WriteContext out = read_write(target, user_agent, problems);
  if (!problems.empty()) return invalid_options(kind, problems);
  return out;
}

Result<WriteContext> patch_options(bool is_apply, const Target& target, std::string_view user_agent) {
  TRY(check_timeout(target));
  Problems problems;
  WriteContext out = read_write(target, user_agent, problems);
  if (is_apply && target.get("fieldManager").empty()) {
    add_problem(problems, "fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
  }
  if (!is_apply && target.find("force")) {
    add_problem(problems, "force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");
  }
  if (!problems.empty()) return invalid_options("PatchOptions", problems);
  out.force = target.is_set("force");
  return out;
}

Result<DeleteContext> delete_options(const json::Value& body, const Target& target) {
  TRY(check_timeout(target));
  TRY(check_delete_kind(body));
  Problems problems;
  DeleteContext out = body.is_object() ? delete_by_body(body, problems) : delete_by_query(target, problems);
  if (!problems.empty()) return invalid_options("DeleteOptions", problems);
  return out;
}

Result<ListQuery> list_options(const Target& target, std::string_view name_space) {
  TRY(check_timeout(target));
  if (target.find("sendInitialEvents") && !target.is_set("watch")) {
    return invalid_options("ListOptions", {{"sendInitialEvents", "FieldValueForbidden",
                                            "Forbidden: sendInitialEvents is forbidden for list"}});
  }
  const std::int64_t limit = TRY(number(target.get("limit")));
  return ListQuery{.name_space = std::string(name_space),
                   .label_selector = std::string(target.get("labelSelector")),
                   .field_selector = std::string(target.get("fieldSelector")),
                   .continue_token = std::string(target.get("continue")),
                   .resource_version = std::string(target.get("resourceVersion")),
                   .resource_version_match = std::string(target.get("resourceVersionMatch")),
                   .limit = limit};
}

Result<Duration> watch_timeout(const Target& target, Duration timeout_max) {
  const std::int64_t seconds = TRY(number(target.get("timeoutSeconds")));
  if (seconds < 0) return Duration::zero();
  if (seconds == 0 || seconds > timeout_max / std::chrono::seconds(1)) return timeout_max;
  return Duration(std::chrono::seconds(seconds));
}

}  // namespace rig::apiserver
