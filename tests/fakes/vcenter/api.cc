#include "fakes/vcenter/api.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rig::fakes::vcenter {
namespace {

constexpr std::string_view kVersions =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><namespaces version=\"1.0\"><namespace><name>urn:vim25</name>"
    "<version>7.0.3.0</version><priorVersions><version>7.0.2.0</version><version>7.0</version><version>6.7</version>"
    "<version>6.5</version></priorVersions></namespace></namespaces>";
constexpr std::string_view kBegin =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope "
    "xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" "
    "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soapenv:Body>\n";
constexpr std::string_view kEnd = "\n</soapenv:Body>\n</soapenv:Envelope>";
constexpr std::string_view kLooks[] = {"Retrieve",  "Continue",        "Cancel",   "Find",    "Wait",
                                       "Create",    "Destroy",         "Log",      "Session", "CurrentTime",
                                       "Terminate", "HttpNfcLeaseGet", "Recommend"};
constexpr std::string_view kEffects[] = {"CreateVM_Task", "CreateSnapshot_Task", "CreateSnapshotEx_Task",
                                         "CreateFolder",  "Destroy_Task",        "CancelTask"};

const Row* row_for(std::string_view method) {
  const std::array tables = {service_calls(), property_calls(), search_calls(), clone_calls(),    machine_calls(),
                             power_calls(),   snapshot_calls(), import_calls(), placement_calls()};
  for (const std::span<const Row> table : tables)
    for (const Row& row : table)
      if (row.method == method) return &row;
  return nullptr;
}

Outcome fault_outcome(const Error& error) {
  const Tree fault = fault_of(error);
  const Tree detail = named(fault->type + "Fault", fault);
  std::string text = to_xml(detail);
  text.insert(1 + detail->name.size(), " xmlns=\"urn:vim25\"");
  Outcome out;
  out.status = 500;
  out.fault = fault->type;
  out.body = std::string(kBegin) + "<soapenv:Fault><faultcode>ServerFaultCode</faultcode>" +
             to_xml(leaf("faultstring", error.message())) + "<detail>" + text + "</detail></soapenv:Fault>" +
             std::string(kEnd);
  return out;
}

std::string cookie_in(std::string_view header) {
  constexpr std::string_view kName = "vmware_soap_session=";
  const std::size_t at = header.find(kName);
  if (at == std::string_view::npos) return "";
  std::string value(header.substr(at + kName.size()));
  value = value.substr(0, value.find(';'));
  std::erase(value, '"');
  return value;
}

Error nobody(const Ref& object, std::string_view privilege) {
  return refuse("NotAuthenticated", "The session is not authenticated.",
                {leaf("object", object), leaf("privilegeId", std::string(privilege))});
}

}  // namespace

std::string_view method_in(std::string_view soap) {
  std::size_t at = soap.find("Body");
  if (at != std::string_view::npos) at = soap.find('<', at);
  if (at == std::string_view::npos) return "";
  const std::string_view name = soap.substr(at + 1, soap.find_first_of(" >/", at + 1) - at - 1);
  return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
}

bool changes_something(std::string_view method) {
  if (std::ranges::find(kEffects, method) != std::end(kEffects)) return true;
  return !method.empty() &&
         std::ranges::none_of(kLooks, [&](std::string_view prefix) { return method.starts_with(prefix); });
}

Outcome Api::answer(const Message& message, Asked& asked) {
  if (message.target.starts_with("/nfc/")) return upload(message);
  if (message.target == "/sdk/vimServiceVersions.xml") return {.status = 200, .body = std::string(kVersions)};
  if (message.target != "/sdk" || message.method != "POST") return {.status = 404, .body = "<html>Not Found</html>"};
  return soap(message, asked);
}

Outcome Api::soap(const Message& message, Asked& asked) {
  auto done = act(message, asked);
  if (!done.ok()) return fault_outcome(done.error());
  Outcome out;
  out.waits = done->waits;
  out.cookie = done->cookie;
  if (out.waits) return out;
  const std::string name = asked.call->name + "Response";
  out.body = std::string(kBegin) + "<" + name + " xmlns=\"urn:vim25\">";
  for (const Tree& value : done->values) append_xml(value, out.body);
  out.body += "</" + name + ">" + std::string(kEnd);
  return out;
}

Result<Answer> Api::act(const Message& message, Asked& asked) {
  if (asked.is_first) {
    const auto envelope = parse(message.body);
    if (!envelope.ok()) return not_vim25("XML document is not well formed: " + envelope.error().message());
    const Tree body = find(*envelope, "Body");
    if (body == nullptr || body->children.size() != 1) return not_vim25("There is no one element in the SOAP body");
    if (!message.action.empty() && message.action.find("urn:vim25/") == std::string::npos &&
        message.action.find("urn:vim25") == std::string::npos)
      return not_vim25("Unsupported namespace of SOAPAction " + message.action);
    asked.call = body->children.front();
    asked.client = message.client;
    asked.self = asked.ref("_this");
  }
  const Row* row = row_for(asked.call->name);
  if (row == nullptr && center_.types.has_method(asked.call->name))
    return refuse("MethodNotFound", "The method " + asked.call->name + " is not there",
                  {leaf("receiver", asked.self), leaf("method", asked.call->name)});
  if (asked.is_first) TRY(center_.types.check_call(asked.call));
  asked.session = center_.session(cookie_in(message.cookie));
  center_.current_session = asked.session == nullptr ? "" : asked.session->key;
  if (asked.session == nullptr && !row->privilege.empty()) return nobody(asked.self, row->privilege);
  if (asked.session != nullptr && asked.is_first) ++asked.session->calls;
  if (!center_.types.is_a(asked.self.type, row->on))
    return refuse("MethodNotFound", asked.self.type + " has no " + asked.call->name,
                  {leaf("receiver", asked.self), leaf("method", asked.call->name)});
  const bool is_anothers = asked.session != nullptr && asked.self.id.starts_with("session[") &&
                           !asked.self.id.starts_with("session[" + asked.session->key + "]");
  if (is_anothers || center_.object(asked.self) == nullptr) return gone(asked.self);
  if (center_.denied.contains(std::string(row->privilege)))
    return refuse("NoPermission", "Permission to perform this operation was denied.",
                  {leaf("object", asked.self), leaf("privilegeId", std::string(row->privilege))});
  auto done = row->act(center_, asked);
  asked.is_first = false;
  return done;
}

// "/nfc/LEASE/disk-0.vmdk". Who knows the address may write: the lease is the ticket.
Outcome Api::upload(const Message& message) {
  const auto path = percent_decode(message.target.substr(5));
  const std::size_t slash = path.ok() ? path->rfind('/') : std::string::npos;
  if (slash == std::string::npos) return {.status = 404, .body = ""};
  const Object* lease = center_.object(path->substr(0, slash));
  if (lease == nullptr || text_of(lease->tree, "state") != "ready") return {.status = 404, .body = ""};
  if (message.method != "PUT" && message.method != "POST") return {.status = 405, .body = ""};
  for (const Tree& url : all(find(lease->tree, "info"), "deviceUrl")) {
    if (text_of(url, "targetId") != path->substr(slash + 1)) continue;
    for (auto& [name, file] : center_.files)
      if (file.machine == ref_of(lease->tree, "info.entity") && name.ends_with("/" + text_of(url, "targetId")))
        file.data = message.body;
    return {.status = message.method == "PUT" ? 201 : 200, .body = ""};
  }
  return {.status = 404, .body = ""};
}

}  // namespace rig::fakes::vcenter
