#include "fakes/pve/access.h"

#include <array>
#include <cstdio>

#include "base/digest.h"
#include "base/text.h"

namespace rig::fakes::pve {
namespace {

// pve-access-control, as recorded of 9.2 (01-login).
struct Rights {
  std::string_view kind, names;
};
constexpr std::array kCapabilities = std::to_array<Rights>({
    {"access", "Group.Allocate User.Modify Permissions.Modify"},
    {"dc", "SDN.Allocate SDN.Audit SDN.Use Sys.Audit Sys.Modify"},
    {"mapping", "Mapping.Audit Mapping.Modify Mapping.Use Permissions.Modify"},
    {"nodes",
     "Permissions.Modify Sys.AccessNetwork Sys.Audit Sys.Console Sys.Incoming Sys.Modify Sys.PowerMgmt Sys.Syslog"},
    {"sdn", "Permissions.Modify SDN.Allocate SDN.Audit SDN.Use"},
    {"storage",
     "Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit Permissions.Modify"},
    {"vms",
     "Permissions.Modify VM.Allocate VM.Audit VM.Backup VM.Clone VM.Config.CDROM VM.Config.CPU VM.Config.Cloudinit "
     "VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network VM.Config.Options VM.Console "
     "VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite "
     "VM.GuestAgent.Unrestricted VM.Migrate VM.PowerMgmt VM.Replicate VM.Snapshot VM.Snapshot.Rollback"},
});
constexpr std::string_view kOfPathsOnly = "Pool.Allocate Pool.Audit Realm.Allocate Realm.AllocateUser";
constexpr std::string_view kNotThatWay = "Authentication failed!";

json::Object granted(std::string_view names) {
  json::Object out;
  for (const std::string& name : split(names, ' ')) out[name] = 1;
  return out;
}

std::string stamp(WallTime now) {
  std::array<char, 24> out{};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::snprintf(out.data(), out.size(), "%08llX", static_cast<unsigned long long>(seconds));
  return out.data();
}

std::string csrf_token_of(const std::string& when, const std::string& password) {
  return when + ":" + sha256_hex("csrf" + when + password).substr(0, 27);
}

std::string cookie_value(const std::string& cookie) {
  constexpr std::string_view kName = "PVEAuthCookie=";
  const std::size_t at = cookie.find(kName);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + kName.size();
  const Result<std::string> value = percent_decode(cookie.substr(begin, cookie.find(';', begin) - begin));
  return value.ok() ? *value : "";
}

// "/vms/{vmid}" -> "/vms/100"
std::string filled(std::string_view path, const Asked& asked) {
  std::string out;
  for (const std::string& part : split(path, '/')) {
    if (part.empty()) continue;
    out += "/" + (part.starts_with("{") ? asked.text(part.substr(1, part.size() - 2)) : part);
  }
  return out.empty() ? "/" : out;
}

std::string text_of(const json::Value& value) {
  const auto* text = value.as<std::string>();
  return text == nullptr ? "" : *text;
}

Error not_permitted(const std::string& path, const std::string& rights) {
  return refuse(403, "Permission check failed (" + path + ", " + rights + ")");
}

Status check(const json::Value& wanted, const Asked& asked, const std::set<std::string>& denied) {
  const auto* rule = wanted.as<json::Array>();
  if (rule == nullptr || rule->empty()) return {};
  const std::string verb = text_of(rule->front());
  if (verb == "and") {
    for (std::size_t i = 1; i < rule->size(); ++i) TRY(check((*rule)[i], asked, denied));
    return {};
  }
  if (verb == "or") {
    Status last;
    for (std::size_t i = 1; i < rule->size(); ++i)
      if (last = check((*rule)[i], asked, denied); last.ok()) return {};
    return last;
  }
  const auto* rights = rule->size() < 3 ? nullptr : (*rule)[2].as<json::Array>();
  if (verb != "perm" || rights == nullptr) return {};
  const bool any_will_do = rule->size() > 3 && text_of((*rule)[3]) == "any";
  std::vector<std::string> names, missing;
  for (const json::Value& right : *rights) {
    names.push_back(text_of(right));
    if (denied.contains(names.back())) missing.push_back(names.back());
  }
  const std::string path = filled(text_of((*rule)[1]), asked);
  if (any_will_do && missing.size() == names.size()) return not_permitted(path, join(names, "|"));
  if (!any_will_do && !missing.empty()) return not_permitted(path, missing.front());
  return {};
}

}  // namespace

json::Value all_capabilities() {
  json::Object out;
  for (const Rights& row : kCapabilities) out[row.kind] = granted(row.names);
  return out;
}

json::Value all_permissions() {
  json::Object all = granted(kOfPathsOnly);
  for (const Rights& row : kCapabilities)
    for (const auto& [name, one] : granted(row.names)) all[name] = one;
  json::Object out;
  for (const std::string_view path : {"/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"})
    out[path] = all;
  return out;
}

std::string Access::csrf_token(WallTime now) const { return csrf_token_of(stamp(now), password); }

std::string Access::ticket(const std::string& user, WallTime now) const {
  const std::string body = "PVE:" + user + ":" + stamp(now);
  return body + "::" + base64(sha256_hex(body + password + std::to_string(key)));
}

bool Access::is_valid_ticket(std::string_view text, WallTime now, std::string& user) const {
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() != 5 || parts[0] != "PVE") return false;
  std::int64_t when = 0;
  for (const char c : parts[2]) {
    const std::size_t digit = std::string_view("0123456789ABCDEF").find(c);
    if (digit == std::string_view::npos) return false;
    when = when * 16 + static_cast<std::int64_t>(digit);
  }
  const WallTime made{std::chrono::seconds(when)};
  user = parts[1];
  return ticket(user, made) == text && now < made + kTicketLife && made <= now;
}

std::optional<Caller> Access::identify(const Message& message, WallTime now, Outcome& refusal) const {
  constexpr std::string_view kScheme = "PVEAPIToken=";
  if (message.authorization.starts_with(kScheme)) {
    const std::string shown = message.authorization.substr(kScheme.size());
    const std::size_t equals = std::min(shown.find('='), shown.size());
    const std::string name = shown.substr(0, equals);
    const auto known = tokens.find(name);
    if (known != tokens.end() && equals < shown.size() && shown.substr(equals + 1) == known->second)
      return Caller{.user = name.substr(0, name.find('!')), .token = name.substr(name.find('!') + 1)};
    refusal = bare(401, std::string(kNotThatWay), kRefusalTakes);
    return std::nullopt;
  }
  const std::string shown = cookie_value(message.cookie);
  if (shown.empty()) {
    refusal = bare(401, "No ticket", kRefusalTakes);
    return std::nullopt;
  }
  Caller caller;
  if (!is_valid_ticket(shown, now, caller.user)) {
    refusal = bare(401, std::string(kNotThatWay), kRefusalTakes);
    return std::nullopt;
  }
  const std::string when = message.csrf_token.substr(0, message.csrf_token.find(':'));
  const bool is_read = message.method == "GET";
  if (!is_read && message.csrf_token != csrf_token_of(when, password)) {
    refusal = bare(401, "Permission denied - invalid csrf token", kRefusalTakes);
    return std::nullopt;
  }
  return caller;
}

Result<Answer> Access::log_in(const Asked& asked, WallTime now) const {
  const std::string name = asked.text("username") + (asked.has("realm") ? "@" + asked.text("realm") : "");
  std::string user;
  const bool renews = is_valid_ticket(asked.text("password"), now, user) && user == name;
  if (!renews && (name != "root@pam" || asked.text("password") != password))
    return refuse(401, "authentication failure", {}, kRefusalTakes);
  return Answer(json::Object{{"username", name},
                             {"ticket", ticket(name, now)},
                             {"CSRFPreventionToken", csrf_token(now)},
                             {"cap", all_capabilities()}});
}

Status Access::check_rights(const Method& method, const Asked& asked, const std::set<std::string>& denied) {
  const json::Value* wanted = method.description.at({"permissions", "check"});
  if (wanted == nullptr || denied.empty() || asked.caller.is_root()) return {};
  return check(*wanted, asked, denied);
}

}  // namespace rig::fakes::pve
