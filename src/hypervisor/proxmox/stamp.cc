// proxmox/stamp.cc — the line is JSON behind a word that nobody writes by chance.
#include "hypervisor/proxmox/stamp.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

constexpr std::string_view kMark = "virtrigaud-machine:";

struct PhaseRow {
  Phase phase;
  std::string_view name;
};
constexpr std::array kPhases = {PhaseRow{Phase::kBuilding, "building"}, PhaseRow{Phase::kReady, "ready"},
                                PhaseRow{Phase::kDeleting, "deleting"}};

bool is_line_of_ours(std::string_view line) { return trim(line).starts_with(kMark); }

json::Value names_to_json(const std::map<std::string, std::string>& names) {
  json::Object out;
  for (const auto& [name, option] : names) out[name] = option;
  return out;
}

std::map<std::string, std::string> names_of(const json::Value* names) {
  std::map<std::string, std::string> out;
  if (names == nullptr || !names->is_object()) return out;
  for (const auto& [name, option] : *names->as<json::Object>())
    if (option.is_string()) out[name] = *option.as<std::string>();
  return out;
}

std::string line_of(const Stamp& stamp) {
  json::Value line = json::Object{{"id", stamp.id}, {"machine", stamp.machine_id}};
  for (const PhaseRow& row : kPhases)
    if (row.phase == stamp.phase) line["phase"] = row.name;
  if (!is_released(stamp)) {
    line["cluster"] = stamp.owner.cluster_id;
    line["namespace"] = stamp.owner.name_space;
    line["name"] = stamp.owner.name;
    line["uid"] = stamp.owner.uid;
  }
  if (!stamp.image.empty()) line["image"] = stamp.image;
  if (stamp.image_bytes != 0) line["imageBytes"] = stamp.image_bytes;
  if (!stamp.disks.empty()) line["disks"] = names_to_json(stamp.disks);
  if (!stamp.nics.empty()) line["nics"] = names_to_json(stamp.nics);
  return std::string(kMark) + " " + json::to_text(line);
}

Result<Stamp> read_line(std::string_view line) {
  const std::string_view text = trim(trim(line).substr(kMark.size()));
  const auto wrong = [&](const std::string& why) {
    return Error(Code::kDataLoss, "description: the line '" + std::string(kMark) + "' cannot be read: " + why)
        .with_hint("Somebody has changed it. Restore it from a backup of the machine's configuration, or remove the " +
                   std::string("line if the machine shall belong to nobody."));
  };
  const auto parsed = json::parse(text);
  if (!parsed.ok()) return wrong(parsed.error().message());
  Stamp stamp;
  stamp.machine_id = parsed->text({"machine"});
  stamp.id = parsed->text({"id"});
  stamp.image = parsed->text({"image"});
  stamp.image_bytes = parsed->integer({"imageBytes"});
  stamp.owner = {std::string(parsed->text({"cluster"})), std::string(parsed->text({"namespace"})),
                 std::string(parsed->text({"name"})), std::string(parsed->text({"uid"}))};
  stamp.disks = names_of(parsed->find("disks"));
  stamp.nics = names_of(parsed->find("nics"));
  const auto phase =
      std::ranges::find_if(kPhases, [&](const PhaseRow& row) { return row.name == parsed->text({"phase"}); });
  if (stamp.machine_id.empty() || stamp.id.empty() || phase == kPhases.end())
    return wrong("machine is '" + stamp.machine_id + "', id '" + stamp.id + "', phase '" +
                 std::string(parsed->text({"phase"})) + "'; wanted both ids, and one of building, ready, deleting");
  stamp.phase = phase->phase;
  return stamp;
}

}  // namespace

bool is_released(const Stamp& stamp) { return stamp.owner == provider::Owner{}; }

bool is_of(const Stamp& stamp, const provider::MachineRef& ref) {
  return !is_released(stamp) && stamp.machine_id == ref.machine_id && stamp.owner.cluster_id == ref.owner.cluster_id &&
         stamp.owner.uid == ref.owner.uid;
}

Result<std::optional<Stamp>> find_stamp(std::string_view description) {
  std::optional<Stamp> found;
  for (const std::string& line : split(description, '\n')) {
    if (!is_line_of_ours(line)) continue;
    if (found) return Error(Code::kDataLoss, "description: two lines begin with '" + std::string(kMark) + "'");
    found = TRY(read_line(line));
  }
  return found;
}

Result<std::string> with_stamp(std::string_view description, const Stamp& stamp) {
  std::vector<std::string> lines;
  bool written = false;
  for (std::string& line : split(description, '\n')) {
    if (!is_line_of_ours(line)) {
      lines.push_back(std::move(line));
    } else if (!std::exchange(written, true)) {
      lines.push_back(line_of(stamp));
    }
  }
  while (!written && !lines.empty() && trim(lines.back()).empty()) lines.pop_back();
  if (!written) lines.push_back(line_of(stamp));
  std::string text = join(lines, "\n");
  if (text.size() > kDescriptionBytesMax) {
    return Error(Code::kOutOfRange, "description: " + std::to_string(text.size()) + " bytes with our line, at most " +
                                        std::to_string(kDescriptionBytesMax) + " fit")
        .with_hint("Shorten the notes of the machine.");
  }
  return text;
}

std::vector<std::string> with_tag(std::vector<std::string> tags) {
  if (std::ranges::find(tags, kTag) == tags.end()) tags.insert(tags.begin(), std::string(kTag));
  return tags;
}

}  // namespace rig::proxmox
