// proxmox/config.cc — see config.h.
#include "hypervisor/proxmox/config.h"

#include <cstddef>

#include "base/text.h"

namespace rig::proxmox {
namespace {

constexpr std::string_view kSecrets[] = {"cipassword"};

bool is_secret(std::string_view option) {
  for (const std::string_view secret : kSecrets)
    if (option == secret) return true;
  return false;
}

// Numbers that are whole have no point: JSON from Perl says 512, "512" or 512.0 as it happens.
std::string text_of(const json::Value& value) {
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* number = value.as<std::int64_t>()) return std::to_string(*number);
  if (const auto* flag = value.as<bool>()) return *flag ? "1" : "0";
  if (const auto* number = value.as<double>()) return json::to_text(*number);
  return "";
}

void put(Config& config, const std::string& option, const json::Value& value) {
  if (option == "digest")
    config.digest = text_of(value);
  else if (!is_secret(option))
    config.options[option] = text_of(value);
}

Error no_configuration(std::string_view what) {
  return Error(Code::kDataLoss, "Proxmox VE's answer is no configuration of a machine: " + std::string(what));
}

}  // namespace

std::string_view Config::text(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::string_view() : std::string_view(found->second);
}

std::int64_t Config::number(std::string_view option, std::int64_t otherwise) const {
  const auto number = parse_int(text(option));
  return number.ok() ? *number : otherwise;
}

bool Config::flag(std::string_view option, bool otherwise) const {
  const auto flag = parse_flag(text(option));
  return flag.ok() ? *flag : otherwise;
}

Result<Config> parse_config(const json::Value& data) {
  const auto* object = data.as<json::Object>();
  if (object == nullptr) return no_configuration("wanted an object, found " + std::string(json::type_name(data)));
  Config config;
  for (const auto& [option, value] : *object) put(config, option, value);
  if (config.digest.empty()) return no_configuration("it has no digest");
  return config;
}

Result<Configs> parse_pending(const json::Value& data) {
  const auto* list = data.as<json::Array>();
  if (list == nullptr) return no_configuration("wanted a list, found " + std::string(json::type_name(data)));
  Configs both;
  for (const json::Value& entry : *list) {
    const std::string option(entry.text({"key"}));
    if (option.empty()) return no_configuration("an entry has no key");
    const json::Value* value = entry.find("value");
    const json::Value* pending = entry.find("pending");
    if (value != nullptr) put(both.running, option, *value);
    const json::Value* removed = entry.find("delete");  // 1, or 2 when forced
    if ((removed == nullptr || text_of(*removed) == "0") && (pending != nullptr || value != nullptr))
      put(both.configured, option, pending != nullptr ? *pending : *value);
  }
  if (both.configured.digest.empty()) return no_configuration("it has no digest");
  both.differ = both.running.options != both.configured.options;
  return both;
}

Result<std::vector<std::pair<Slot, Drive>>> drives_of(const Config& config) {
  std::map<Slot, Drive> drives;
  for (const auto& [option, text] : config.options) {
    const auto slot = slot_of(option);
    if (slot) drives[*slot] = TRY(parse_drive(option, text));
  }
  return std::vector<std::pair<Slot, Drive>>(drives.begin(), drives.end());
}

Result<std::vector<std::pair<int, Nic>>> nics_of(const Config& config) {
  std::map<int, Nic> nics;
  for (const auto& [option, text] : config.options) {
    const auto index = nic_index(option);
    if (index) nics[*index] = TRY(parse_nic(option, text));
  }
  return std::vector<std::pair<int, Nic>>(nics.begin(), nics.end());
}

Result<std::string> free_slot(const Config& config, Bus bus) {
  for (int index = 0; index < slots_on(bus); ++index) {
    std::string option = option_of({bus, index});
    if (!config.options.contains(option)) return option;
  }
  return Error(Code::kResourceExhausted,
               "all " + std::to_string(slots_on(bus)) + " slots like " + option_of({bus, 0}) + " are taken");
}

Result<std::string> free_nic(const Config& config) {
  for (int index = 0; index < kNicSlots; ++index) {
    std::string option = "net" + std::to_string(index);
    if (!config.options.contains(option)) return option;
  }
  return Error(Code::kResourceExhausted, "all " + std::to_string(kNicSlots) + " interfaces are taken");
}

std::string form_text(const Form& form) {
  std::string text;
  for (const auto& [name, value] : form) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + "=" + percent_encode(value);
  }
  return text;
}

std::string ssh_keys_text(const std::vector<std::string>& keys) { return percent_encode(join(keys, "\n")); }

}  // namespace rig::proxmox
