#include "fakes/vcenter/ovf.h"

#include <pugixml.hpp>

#include "base/text.h"

namespace rig::fakes::vcenter {
namespace {

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string attribute(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& each : node.attributes())
    if (local_name(each.name()) == name) return each.value();
  return "";
}
std::string text(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children())
    if (local_name(child.name()) == name) return std::string(trim(child.text().get()));
  return "";
}
std::int64_t number(std::string_view text) {
  const auto parsed = parse_int(text);
  return parsed.ok() ? *parsed : 0;
}

// "byte * 2^30"
std::int64_t unit(const std::string& text) {
  const std::size_t power = text.find("2^");
  return power == std::string::npos ? 1 : std::int64_t{1} << number(trim(std::string_view(text).substr(power + 2)));
}

OvfItem item(const pugi::xml_node& node) {
  OvfItem out;
  out.type = static_cast<int>(number(text(node, "ResourceType")));
  out.id = text(node, "InstanceID");
  out.subtype = text(node, "ResourceSubType");
  out.parent = text(node, "Parent");
  out.host_resource = text(node, "HostResource");
  out.connection = text(node, "Connection");
  out.address = number(text(node, "Address"));
  out.on_parent = number(text(node, "AddressOnParent"));
  out.quantity = number(text(node, "VirtualQuantity"));
  if (out.type == 4) out.quantity = out.quantity * unit(text(node, "AllocationUnits")) >> 20;
  return out;
}

struct Walker final : pugi::xml_tree_walker {
  Ovf out;
  bool for_each(pugi::xml_node& node) override {
    const std::string_view name = local_name(node.name());
    if (name == "File") out.files[attribute(node, "id")] = {attribute(node, "href"), number(attribute(node, "size"))};
    if (name == "Disk")
      out.disks[attribute(node, "diskId")] = {
          number(attribute(node, "capacity")) * unit(attribute(node, "capacityAllocationUnits")),
          attribute(node, "fileRef")};
    if (name == "Network") out.networks.push_back(attribute(node, "name"));
    if (name == "VirtualSystemType") out.hardware_version = trim(node.text().get());
    if (name == "Config" && attribute(node, "key") == "firmware") out.firmware = attribute(node, "value");
    if (name == "Item") out.items.push_back(item(node));
    return true;
  }
};

}  // namespace

Result<Ovf> parse_ovf(const std::string& text) {
  pugi::xml_document document;
  const auto parsed = document.load_string(text.c_str());
  if (!parsed) return Error(Code::kInvalidArgument, parsed.description());
  if (local_name(document.document_element().name()) != "Envelope")
    return Error(Code::kInvalidArgument, "the root element is no Envelope");
  Walker walker;
  document.traverse(walker);
  if (walker.out.items.empty()) return Error(Code::kInvalidArgument, "there is no virtual hardware");
  return std::move(walker.out);
}

}  // namespace rig::fakes::vcenter
