// proxmox/options.cc — see options.h.
#include "hypervisor/proxmox/options.h"

#include <algorithm>

#include "base/text.h"
#include "base/uuid.h"

namespace rig::proxmox {
namespace {

constexpr PropertyRow<IpConfig> kIpConfigRows[] = {
    {.key = "ip", .member = &IpConfig::ip},
    {.key = "gw", .member = &IpConfig::gateway},
    {.key = "ip6", .member = &IpConfig::ip6},
    {.key = "gw6", .member = &IpConfig::gateway6},
};
constexpr PropertyRow<Smbios> kSmbiosRows[] = {{.key = "uuid", .member = &Smbios::uuid}};
constexpr PropertyRow<Agent> kAgentRows[] = {{.key = "", .member = &Agent::enabled, .name = "enabled"}};

template <class T, std::size_t N>
Result<T> parse(std::string_view option, std::string_view text, const PropertyRow<T> (&rows)[N]) {
  T object;
  object.read = TRY(split_properties(option, text));
  TRY(read_values(option, object.read, values_of(rows, object)));
  return object;
}

template <class T, std::size_t N>
Result<std::string> text_of(std::string_view option, const T& object, const PropertyRow<T> (&rows)[N]) {
  T changed = object;
  Properties properties = std::move(changed.read);
  TRY(write_values(option, values_of(rows, changed), properties));
  return join_properties(option, properties);
}

}  // namespace

Result<Boot> parse_boot(std::string_view text) {
  Boot boot;
  boot.read = text;
  const Properties properties = TRY(split_properties("boot", text));
  for (const Property& property : properties) {
    if (property.key == "order") {
      boot.order = split(property.value, ';');
    } else if (property.key.empty() || property.key == "legacy") {
      boot.legacy = property.value;
    } else {
      return Error(Code::kDataLoss,
                   "boot." + property.key + ": found '" + property.value + "', wanted order or legacy");
    }
  }
  return boot;
}

std::string boot_text(const Boot& boot) {
  const auto was = parse_boot(boot.read);
  if (!boot.read.empty() && was.ok() && was->order == boot.order && was->legacy == boot.legacy) return boot.read;
  return boot.order.empty() ? boot.legacy : "order=" + join(boot.order, ";");
}

Result<IpConfig> parse_ip_config(std::string_view option, std::string_view text) {
  return parse(option, text, kIpConfigRows);
}
Result<std::string> ip_config_text(std::string_view option, const IpConfig& config) {
  return text_of(option, config, kIpConfigRows);
}

Result<Smbios> parse_smbios(std::string_view text) {
  Smbios smbios = TRY(parse("smbios1", text, kSmbiosRows));
  smbios.uuid = to_lower(smbios.uuid);
  if (!smbios.uuid.empty() && !is_uuid(smbios.uuid))
    return Error(Code::kDataLoss, "smbios1.uuid: found '" + smbios.uuid + "', wanted a UUID");
  return smbios;
}
Result<std::string> smbios_text(const Smbios& smbios) {
  if (!is_uuid(smbios.uuid)) return Error(Code::kInvalidArgument, "smbios1.uuid: '" + smbios.uuid + "', wanted a UUID");
  for (const Property& property : smbios.read)  // the same one in another case keeps its text
    if (property.key == "uuid" && to_lower(property.value) == smbios.uuid)
      return join_properties("smbios1", smbios.read);
  return text_of("smbios1", smbios, kSmbiosRows);
}

Result<Agent> parse_agent(std::string_view text) { return parse("agent", text, kAgentRows); }
Result<std::string> agent_text(const Agent& agent) { return text_of("agent", agent, kAgentRows); }

std::vector<std::string> parse_tags(std::string_view text) {
  std::string plain(text);
  std::ranges::replace_if(
      plain, [](char c) { return c == ',' || c == ' '; }, ';');
  std::vector<std::string> tags;
  for (std::string& tag : split(plain, ';'))
    if (!tag.empty()) tags.push_back(std::move(tag));
  return tags;
}

std::string tags_text(const std::vector<std::string>& tags) {
  std::vector<std::string> once;
  for (const std::string& tag : tags)
    if (std::ranges::find(once, tag) == once.end()) once.push_back(tag);
  return join(once, ";");
}

bool is_tag(std::string_view tag) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !tag.empty() && is_word(tag.front()) &&
         std::ranges::all_of(tag, [&](char c) { return is_word(c) || c == '-' || c == '+' || c == '.'; });
}

}  // namespace rig::proxmox
