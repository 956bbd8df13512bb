// vsphere/codec.cc — one walker writes what the rows say, one reads it.
#include "hypervisor/vsphere/codec.h"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "base/text.h"
#include "base/wall_time.h"
#include "hypervisor/vsphere/method_rows.h"
#include "hypervisor/vsphere/property_rows.h"

namespace rig::vsphere {
namespace {

using pugi::xml_attribute;
using pugi::xml_node;

constexpr char kNamespace[] = "urn:vim25";

// What stands behind extraConfig in a VirtualMachineConfigSpec (govmomi 0.56, vim25/types/types.go).
constexpr std::string_view kAfterExtraConfig[] = {"swapPlacement",
                                                  "bootOptions",
                                                  "vAppConfig",
                                                  "ftInfo",
                                                  "repConfig",
                                                  "vAppConfigRemoved",
                                                  "vAssertsEnabled",
                                                  "changeTrackingEnabled",
                                                  "firmware",
                                                  "maxMksConnections",
                                                  "guestAutoLockEnabled",
                                                  "managedBy",
                                                  "memoryReservationLockedToMax",
                                                  "nestedHVEnabled",
                                                  "vPMCEnabled",
                                                  "scheduledHardwareUpgradeInfo",
                                                  "vmProfile",
                                                  "messageBusTunnelEnabled",
                                                  "crypto",
                                                  "migrateEncryption",
                                                  "sgxInfo",
                                                  "ftEncryptionMode",
                                                  "guestMonitoringModeInfo",
                                                  "sevEnabled",
                                                  "virtualNuma",
                                                  "motherboardLayout",
                                                  "pmemFailoverEnabled",
                                                  "vmxStatsCollectionEnabled",
                                                  "vmOpNotificationToAppEnabled",
                                                  "vmOpNotificationTimeout",
                                                  "deviceSwap",
                                                  "simultaneousThreads",
                                                  "pmem",
                                                  "deviceGroups",
                                                  "fixedPassthruHotPlugEnabled",
                                                  "metroFtEnabled",
                                                  "metroFtHostGroup",
                                                  "tdxEnabled",
                                                  "sevSnpEnabled",
                                                  "tagSpecs",
                                                  "vmPlacementPolicies",
                                                  "extensionCompatibilityConstraint",
                                                  "skipExtensionCompatibilityChecks"};

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// Of a type: `xsi:type`, under whatever prefix. A `type` without one is a MoRef's.
bool is_xsi_type(const xml_attribute& attribute) {
  const std::string_view name = attribute.name();
  return name.find(':') != std::string_view::npos && !name.starts_with("xmlns") && local_name(name) == "type";
}
std::string_view xsi_type(const xml_node& node) {
  for (const xml_attribute& attribute : node.attributes())
    if (is_xsi_type(attribute)) return local_name(attribute.value());
  return "";
}

template <class T>
concept Family = requires(T value) { value.xsi_type; };
template <class T>
struct IsList : std::false_type {};
template <class Item>
struct IsList<std::vector<Item>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

// ---- writing ----

template <class T>
void write_members(xml_node node, const T& object);

// It may have had another name where it came from.
void write_kept(xml_node parent, const char* name, const Kept& kept) {
  pugi::xml_document document;
  if (document.load_buffer(kept.xml.data(), kept.xml.size()))
    parent.append_copy(document.document_element()).set_name(name);
}

template <class T>
void write(xml_node parent, const char* name, const T& value) {
  if constexpr (std::is_same_v<T, Kept>) {
    if (!value.xml.empty()) write_kept(parent, name, value);
  } else if constexpr (std::is_same_v<T, std::optional<std::string>>) {  // what is there, even when it is empty
    if (value) parent.append_child(name).text().set(value->c_str());
  } else if constexpr (IsOptional<T>::value) {
    if (value) write(parent, name, *value);
  } else if constexpr (IsList<T>::value) {
    for (const auto& item : value) write(parent, name, item);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!value.empty()) parent.append_child(name).text().set(value.c_str());
  } else if constexpr (std::is_same_v<T, bool>) {
    parent.append_child(name).text().set(value ? "true" : "false");
  } else if constexpr (std::is_integral_v<T>) {
    parent.append_child(name).text().set(std::to_string(value).c_str());
  } else if constexpr (std::is_same_v<T, WallTime>) {
    parent.append_child(name).text().set(format_time(value).c_str());
  } else if constexpr (std::is_same_v<T, MoRef>) {
    if (value.empty()) return;
    xml_node node = parent.append_child(name);
    node.append_attribute("type") = value.type.c_str();
    node.text().set(value.id.c_str());
  } else if constexpr (std::is_same_v<T, RequiredText>) {
    xml_node node = parent.append_child(name);
    if (!value.text.empty()) node.text().set(value.text.c_str());
  } else if constexpr (std::is_same_v<T, AnyText>) {
    xml_node node = parent.append_child(name);
    node.append_attribute("xsi:type") = "xsd:string";
    if (!value.text.empty()) node.text().set(value.text.c_str());
  } else {
    xml_node node = parent.append_child(name);
    if constexpr (Family<T>) node.append_attribute("xsi:type") = value.xsi_type.c_str();
    write_members(node, value);
  }
}

template <class T>
void write_members(xml_node node, const T& object) {
  const auto write_row = [&]<auto Member>(const Row<Member>& row) { write(node, row.name.data(), object.*Member); };
  std::apply([&](const auto&... rows) { (write_row(rows), ...); }, kRows<T>);
}

// ---- reading ----

Error not_a(std::string_view wanted, const xml_node& node) {
  return Error(Code::kDataLoss, "vSphere's answer: " + node.path() + ": found '" +
                                    std::string(node.text().get()).substr(0, 100) + "', wanted " + std::string(wanted));
}

// Takes the element as it is, with its types under the prefixes that our own envelope declares.
Kept keep(const xml_node& node) {
  pugi::xml_document document;
  document.append_copy(node);
  struct Walker final : pugi::xml_tree_walker {
    bool for_each(xml_node& at) override {
      for (xml_attribute attribute = at.first_attribute(); attribute;) {
        const xml_attribute next = attribute.next_attribute();
        if (std::string_view(attribute.name()).starts_with("xmlns")) {
          at.remove_attribute(attribute);
        } else if (is_xsi_type(attribute)) {
          const std::string_view value = attribute.value();
          const bool is_xsd = value.starts_with("xsd:") || value.starts_with("xs:");
          const std::string type = (is_xsd ? "xsd:" : "") + std::string(local_name(value));
          attribute.set_name("xsi:type");
          attribute.set_value(type.c_str());
        }
        attribute = next;
      }
      return true;
    }
  } walker;
  document.traverse(walker);
  std::ostringstream out;
  document.print(out, "", pugi::format_raw | pugi::format_no_declaration);
  return {out.str()};
}

template <class T>
Status read_members(const xml_node& node, T& object);

template <class T>
Status read(const xml_node& node, T& value) {
  const std::string_view text = node.text().get();
  if constexpr (std::is_same_v<T, Kept>) {
    value = keep(node);
  } else if constexpr (IsOptional<T>::value) {
    TRY(read(node, value.emplace()));
  } else if constexpr (IsList<T>::value) {  // one item more
    TRY(read(node, value.emplace_back()));
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = text;
  } else if constexpr (std::is_same_v<T, bool>) {
    const std::string_view word = trim(text);
    if (word != "true" && word != "false" && word != "1" && word != "0") return not_a("true or false", node);
    value = word == "true" || word == "1";
  } else if constexpr (std::is_integral_v<T>) {
    const auto number = parse_int(trim(text));
    if (!number.ok() || !std::in_range<T>(*number)) return not_a("a number", node);
    value = static_cast<T>(*number);
  } else if constexpr (std::is_same_v<T, WallTime>) {
    const auto time = parse_time(trim(text));
    if (!time.ok()) return not_a("a time", node);
    value = *time;
  } else if constexpr (std::is_same_v<T, MoRef>) {
    value = {node.attribute("type").value(), std::string(trim(text))};
  } else if constexpr (std::is_same_v<T, AnyText> || std::is_same_v<T, RequiredText>) {
    value.text = text;
  } else {
    if constexpr (Family<T>) value.xsi_type = xsi_type(node);
    TRY(read_members(node, value));
  }
  return {};
}

template <class T>
Status read_members(const xml_node& node, T& object) {
  for (const xml_node& child : node.children()) {
    const std::string_view name = local_name(child.name());
    Status read_it;
    const auto try_row = [&]<auto Member>(const Row<Member>& row) {
      if (row.name != name) return false;
      read_it = read(child, object.*Member);
      return true;
    };
    std::apply([&](const auto&... rows) { (void)(try_row(rows) || ...); }, kRows<T>);
    TRY(std::move(read_it));
  }
  return {};
}

// A property's value: of a list, its items are the children of <val>.
template <class T>
Status read_value(const xml_node& value, T& into) {
  into = T();
  if constexpr (IsList<T>::value) {
    for (const xml_node& item : value.children())
      if (item.type() == pugi::node_element) TRY(read(item, into));
    return {};
  } else {
    return read(value, into);
  }
}

// ---- envelopes ----

xml_node child_named(const xml_node& node, std::string_view name) {
  for (const xml_node& child : node.children())
    if (local_name(child.name()) == name) return child;
  return {};
}

// The first element within the body of the envelope.
Result<xml_node> load_content(pugi::xml_document& document, std::string_view body) {
  const auto wrong = [](const std::string& why) {
    return Error(Code::kDataLoss, "vSphere's answer is no SOAP: " + why);
  };
  const pugi::xml_parse_result parsed = document.load_buffer(body.data(), body.size());
  if (!parsed) return wrong(std::string(parsed.description()) + " at byte " + std::to_string(parsed.offset));
  const xml_node envelope = document.document_element();
  if (local_name(envelope.name()) != "Envelope") return wrong("found <" + std::string(envelope.name()) + ">");
  for (const xml_node& content : child_named(envelope, "Body").children())
    if (content.type() == pugi::node_element) return content;
  return wrong("its body is empty");
}

}  // namespace

template <class Method>
std::string request_text(const Method& method) {
  pugi::xml_document document;
  xml_node envelope = document.append_child("soapenv:Envelope");
  envelope.append_attribute("xmlns:soapenv") = "http://schemas.xmlsoap.org/soap/envelope/";
  envelope.append_attribute("xmlns:xsd") = "http://www.w3.org/2001/XMLSchema";
  envelope.append_attribute("xmlns:xsi") = "http://www.w3.org/2001/XMLSchema-instance";
  xml_node content = envelope.append_child("soapenv:Body").append_child(Method::kName);
  content.append_attribute("xmlns") = kNamespace;
  write_members(content, method);
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return out.str();
}

template <class Method>
Result<Method> read_request(std::string_view body) {
  pugi::xml_document document;
  const xml_node content = TRY(load_content(document, body));
  Method method;
  method.self = {};
  TRY(read_members(content, method));
  return method;
}

template <class Method>
Result<typename Method::Answer> read_answer(std::string_view body) {
  pugi::xml_document document;
  const xml_node content = TRY(load_content(document, body));
  const std::string wanted = std::string(Method::kName) + "Response";
  if (local_name(content.name()) != wanted) {
    return Error(Code::kDataLoss,
                 "vSphere's answer: found <" + std::string(content.name()) + ">, wanted <" + wanted + ">");
  }
  typename Method::Answer answer{};
  if constexpr (!std::is_same_v<typename Method::Answer, Nothing>) {
    for (const xml_node& child : content.children())
      if (local_name(child.name()) == "returnval") TRY(read(child, answer));
  }
  return answer;
}

std::optional<LocalizedFault> read_fault(std::string_view body) {
  pugi::xml_document document;
  const auto content = load_content(document, body);
  if (!content.ok() || local_name(content->name()) != "Fault") return std::nullopt;
  LocalizedFault fault;
  fault.message = child_named(*content, "faultstring").text().get();
  for (const xml_node& detail : child_named(*content, "detail").children())
    if (detail.type() == pugi::node_element && !read(detail, fault.fault).ok()) return std::nullopt;
  return fault;
}

template <class Props>
Status take_properties(const std::vector<Property>& found, Props& props) {
  for (const Property& property : found) {
    pugi::xml_document document;
    if (!property.value.xml.empty()) (void)document.load_buffer(property.value.xml.data(), property.value.xml.size());
    const xml_node value = document.document_element();
    Status read_it;
    const auto try_row = [&]<auto Member>(const Row<Member>& row) {
      if (row.name != property.name) return false;
      if (value)
        read_it = read_value(value, props.*Member);
      else
        props.*Member = {};
      return true;
    };
    std::apply([&](const auto&... rows) { (void)(try_row(rows) || ...); }, kRows<Props>);
    TRY(std::move(read_it).context("property " + property.name));
  }
  return {};
}

template <class Props>
std::vector<std::string> property_paths() {
  return std::apply([](const auto&... rows) { return std::vector<std::string>{std::string(rows.name)...}; },
                    kRows<Props>);
}

Result<Kept> with_option(const Kept& import_spec, const OptionValue& option) {
  pugi::xml_document document;
  xml_node config;
  if (document.load_buffer(import_spec.xml.data(), import_spec.xml.size()))
    config = document.document_element().child("configSpec");
  if (!config) return Error(Code::kDataLoss, "vSphere's import spec has no configuration of a machine");
  // A new child goes to the end, and from there to its place.
  write(config, "extraConfig", option);
  const xml_node added = config.last_child();
  for (const xml_node& child : config.children()) {
    if (child == added || std::ranges::find(kAfterExtraConfig, local_name(child.name())) == std::end(kAfterExtraConfig))
      continue;
    config.insert_move_before(added, child);
    break;
  }
  std::ostringstream out;
  document.print(out, "", pugi::format_raw | pugi::format_no_declaration);
  return Kept{out.str()};
}

Result<std::vector<std::string>> read_versions(std::string_view body) {
  pugi::xml_document document;
  std::vector<std::string> versions;
  if (document.load_buffer(body.data(), body.size())) {
    for (const xml_node& space : document.document_element().children("namespace")) {
      if (space.child("name").text().get() != std::string_view(kNamespace)) continue;
      versions.emplace_back(space.child("version").text().get());
      for (const xml_node& prior : space.child("priorVersions").children("version"))
        versions.emplace_back(prior.text().get());
    }
  }
  if (versions.empty())
    return Error(Code::kDataLoss, "the list of API versions has none of " + std::string(kNamespace));
  return versions;
}

// What there is of each.

template <class... Methods>
struct ForMethods {
  static constexpr std::tuple kWriters = {&request_text<Methods>...};
  static constexpr std::tuple kReaders = {&read_answer<Methods>...};
};
template struct ForMethods<RetrieveServiceContent, LogIn, LogOut, RetrieveProperties, ContinueRetrieveProperties,
                           CreatePropertyCollector, DestroyPropertyCollector, CreateFilter, WaitForUpdates,
                           CreateContainerView, DestroyView, FindAllByUuid, FindChild, CloneMachine, Reconfigure,
                           PowerOn, PowerOff, Reset, Destroy, ShutdownGuest, RebootGuest, CancelTask, MarkAsTemplate,
                           UpgradeHardware, RecommendDatastores, CreateImportSpec, ImportMachine, LeaseProgress,
                           LeaseComplete, LeaseAbort>;
template Result<CloneMachine> read_request(std::string_view);
template Result<Reconfigure> read_request(std::string_view);

template Status take_properties(const std::vector<Property>&, MachineProps&);
template Status take_properties(const std::vector<Property>&, HostProps&);
template Status take_properties(const std::vector<Property>&, TaskProps&);
template Status take_properties(const std::vector<Property>&, EntityProps&);
template std::vector<std::string> property_paths<MachineProps>();
template std::vector<std::string> property_paths<HostProps>();
template std::vector<std::string> property_paths<TaskProps>();
template std::vector<std::string> property_paths<EntityProps>();
template Status take_properties(const std::vector<Property>&, ImportedProps&);
template Status take_properties(const std::vector<Property>&, LeaseProps&);
template std::vector<std::string> property_paths<ImportedProps>();
template std::vector<std::string> property_paths<LeaseProps>();

}  // namespace rig::vsphere
