// proxmox/nic.cc — the rows of interfaces; model and MAC share a part and are no row.
#include "hypervisor/proxmox/nic.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rig::proxmox {
namespace {

constexpr std::array<std::string_view, 14> kModels = {
    "e1000",    "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e",  "i82551", "i82557b",
    "i82559er", "ne2k_isa",      "ne2k_pci",      "pcnet",         "rtl8139", "virtio", "vmxnet3"};

using Row = PropertyRow<Nic>;
constexpr Row kRows[] = {
    {.key = "bridge", .member = &Nic::bridge},
    {.key = "firewall", .member = &Nic::firewall},
    {.key = "link_down", .member = &Nic::link_down},
    {.key = "mtu", .member = &Nic::mtu, .min = 1, .max = 65520},
    {.key = "queues", .member = &Nic::queues, .min = 0, .max = 64},
    {.key = "rate", .member = &Nic::rate_mbytes, .form = PropertyForm::kDecimal},
    {.key = "tag", .member = &Nic::vlan, .min = 1, .max = 4094},
};

bool is_head(const Property& property) {
  return property.key.empty() || property.key == "model" || property.key == "macaddr" || is_nic_model(property.key);
}

void read_head(Nic& nic) {
  for (const Property& property : nic.read) {
    if (property.key.empty() || property.key == "model") nic.model = property.value;
    if (property.key == "macaddr") nic.mac = property.value;
    if (is_nic_model(property.key)) {
      nic.model = property.key;
      nic.mac = property.value;
    }
  }
}

bool is_mac(std::string_view mac) {
  if (mac.size() != 17) return false;
  for (std::size_t i = 0; i < mac.size(); ++i) {
    if (i % 3 == 2 ? mac[i] != ':' : std::string_view("0123456789abcdefABCDEF").find(mac[i]) == std::string_view::npos)
      return false;
  }
  return true;
}

Status check_head(std::string_view option, const std::string& model, const std::string& mac, Code code) {
  if (!is_nic_model(model)) {
    return Error(code, std::string(option) + ".model: found '" + model + "', wanted virtio, e1000, rtl8139, vmxnet3 " +
                           "or another model that Proxmox VE knows");
  }
  if (!mac.empty() && !is_mac(mac))
    return Error(code, std::string(option) + ".macaddr: found '" + mac + "', wanted one like BC:24:11:00:00:01");
  return {};
}

}  // namespace

bool is_nic_model(std::string_view model) { return std::ranges::find(kModels, model) != kModels.end(); }

std::span<const PropertyRow<Nic>> nic_rows() { return kRows; }

std::optional<int> nic_index(std::string_view option) {
  if (!option.starts_with("net")) return std::nullopt;
  const auto index = parse_int(option.substr(3));
  if (!index.ok() || *index < 0 || *index >= kNicSlots || "net" + std::to_string(*index) != option) return std::nullopt;
  return static_cast<int>(*index);
}

Result<Nic> parse_nic(std::string_view option, std::string_view text) {
  Nic nic;
  nic.read = TRY(split_properties(option, text));
  TRY(read_values(option, nic.read, values_of(kRows, nic)));
  read_head(nic);
  TRY(check_head(option, nic.model, nic.mac, Code::kDataLoss));
  return nic;
}

Result<std::string> nic_text(std::string_view option, const Nic& nic) {
  TRY(check_head(option, nic.model, nic.mac, Code::kInvalidArgument));
  Nic changed = nic;
  Properties properties = std::move(changed.read);
  Nic was;
  was.read = properties;
  read_head(was);
  if (was.model != nic.model || was.mac != nic.mac) {
    std::erase_if(properties, is_head);
    properties.insert(properties.begin(), nic.mac.empty() ? Property{"", nic.model} : Property{nic.model, nic.mac});
  }
  TRY(write_values(option, values_of(kRows, changed), properties));
  return join_properties(option, properties);
}

bool has_firewall(const provider::NicSpec& nic) {
  const json::Value* firewall = nic.native.find("firewall");
  return firewall != nullptr && firewall->as<bool>() != nullptr && *firewall->as<bool>();
}

std::string rate_of(const provider::NicSpec& nic) {
  const json::Value* rate = nic.native.find("rateLimit");
  if (rate == nullptr) return "";
  const auto* number = rate->as<std::int64_t>();
  return number != nullptr ? std::to_string(*number) : std::string(rate->text({}));  // a text: it has a fraction
}

json::Value native_of(const Nic& nic) {
  json::Object native;
  if (nic.firewall.value_or(false)) native["firewall"] = true;
  const auto whole = parse_int(nic.rate_mbytes);
  if (!nic.rate_mbytes.empty())
    native["rateLimit"] = whole.ok() ? json::Value(*whole) : json::Value(nic.rate_mbytes);  // perhaps a fraction
  return native.empty() ? json::Value() : json::Value(std::move(native));
}

}  // namespace rig::proxmox
