// proxmox/drive.cc — the rows of drives, and their slots.
#include "hypervisor/proxmox/drive.h"

#include <array>

#include "base/text.h"

namespace rig::proxmox {
namespace {

struct BusRow {
  Bus bus;
  std::string_view prefix;
  int slots;
};
// qemu-server src/PVE/QemuServer/Drive.pm; the API schema of resize has all but unused[n].
constexpr std::array kBuses = {
    BusRow{Bus::kIde, "ide", 4},         BusRow{Bus::kSata, "sata", 6},   BusRow{Bus::kScsi, "scsi", 31},
    BusRow{Bus::kVirtio, "virtio", 16},  BusRow{Bus::kEfi, "efidisk", 1}, BusRow{Bus::kTpm, "tpmstate", 1},
    BusRow{Bus::kUnused, "unused", 256},
};
const BusRow& row_of(Bus bus) {
  const BusRow* found = kBuses.data();
  for (const BusRow& row : kBuses)
    if (row.bus == bus) found = &row;
  return *found;
}

constexpr unsigned on(Bus bus) { return 1U << static_cast<unsigned>(bus); }
constexpr unsigned kUsed = on(Bus::kIde) | on(Bus::kSata) | on(Bus::kScsi) | on(Bus::kVirtio);
constexpr unsigned kAllButUnused = kUsed | on(Bus::kEfi) | on(Bus::kTpm);

using Row = PropertyRow<Drive>;
constexpr Row kRows[] = {
    {.key = "", .member = &Drive::volume, .name = "file"},
    {.key = "import-from", .member = &Drive::import_from, .places = kAllButUnused},
    {.key = "format", .member = &Drive::format, .choices = "raw|qcow|qed|qcow2|vmdk|cloop", .places = kAllButUnused},
    {.key = "media", .member = &Drive::media, .choices = "cdrom|disk", .places = kUsed},
    {.key = "discard", .member = &Drive::discard, .choices = "ignore|on", .places = kUsed},
    {.key = "cache",
     .member = &Drive::cache,
     .choices = "none|writethrough|writeback|unsafe|directsync",
     .places = kUsed},
    {.key = "serial", .member = &Drive::serial, .places = kUsed},
    {.key = "ssd", .member = &Drive::ssd, .places = kUsed & ~on(Bus::kVirtio)},
    {.key = "iothread", .member = &Drive::iothread, .places = on(Bus::kScsi) | on(Bus::kVirtio)},
    {.key = "backup", .member = &Drive::backup, .places = kUsed},
    {.key = "replicate", .member = &Drive::replicate, .places = kUsed},
    {.key = "ro", .member = &Drive::read_only, .places = on(Bus::kScsi) | on(Bus::kVirtio)},
    {.key = "efitype", .member = &Drive::efi_type, .choices = "2m|4m", .places = on(Bus::kEfi)},
    {.key = "pre-enrolled-keys", .member = &Drive::enrolled_keys, .places = on(Bus::kEfi)},
    {.key = "ms-cert", .member = &Drive::certificates, .choices = "2011|2023|2023w|2023k", .places = on(Bus::kEfi)},
    {.key = "version", .member = &Drive::tpm_version, .choices = "v1.2|v2.0", .places = on(Bus::kTpm)},
    {.key = "size", .member = &Drive::size_bytes, .form = PropertyForm::kSize, .min = 0, .places = kAllButUnused},
};

Status check_bus(std::string_view option, const Properties& properties) {
  const auto slot = slot_of(option);
  if (!slot) return Error(Code::kInvalidArgument, "'" + std::string(option) + "' is not an option for a drive");
  for (const Row& row : kRows) {
    if ((row.places & on(slot->bus)) != 0) continue;
    for (const Property& property : properties) {
      if (property.key != row.key) continue;
      return Error(Code::kInvalidArgument, std::string(option) + "." + property.key +
                                               ": Proxmox VE has no such key for " +
                                               std::string(row_of(slot->bus).prefix) + " drives");
    }
  }
  return {};
}

}  // namespace

std::optional<Slot> slot_of(std::string_view option) {
  for (const BusRow& row : kBuses) {
    if (!option.starts_with(row.prefix)) continue;
    const std::string_view number = option.substr(row.prefix.size());
    const auto index = parse_int(number);
    if (!index.ok() || *index < 0 || *index >= row.slots || std::to_string(*index) != number) return std::nullopt;
    return Slot{row.bus, static_cast<int>(*index)};
  }
  return std::nullopt;
}

std::string option_of(const Slot& slot) { return std::string(row_of(slot.bus).prefix) + std::to_string(slot.index); }

std::span<const PropertyRow<Drive>> drive_rows() { return kRows; }

int slots_on(Bus bus) { return row_of(bus).slots; }

Result<Drive> parse_drive(std::string_view option, std::string_view text) {
  Drive drive;
  drive.read = TRY(split_properties(option, text));
  for (Property& property : drive.read)
    if (property.key == "volume") property.key = "file";  // its other name
  TRY(read_values(option, drive.read, values_of(kRows, drive)));
  if (drive.volume.empty()) {
    return Error(Code::kDataLoss, std::string(option) + ": found '" + std::string(text) + "', wanted a volume in it");
  }
  return drive;
}

Result<std::string> drive_text(std::string_view option, const Drive& drive) {
  Drive changed = drive;
  Properties properties = std::move(changed.read);
  TRY(write_values(option, values_of(kRows, changed), properties));
  TRY(check_bus(option, properties));
  return join_properties(option, properties);
}

std::string new_volume(std::string_view storage, std::int64_t bytes) {
  constexpr std::int64_t kMib = 1 << 20, kMibInGib = 1 << 10;
  const std::int64_t mib = bytes / kMib + (bytes % kMib == 0 ? 0 : 1);
  std::string gib = std::to_string(mib / kMibInGib);
  std::int64_t rest = mib % kMibInGib;
  if (rest != 0) gib += '.';
  for (; rest != 0; rest %= kMibInGib) {
    rest *= 10;
    gib += static_cast<char>('0' + rest / kMibInGib);
  }
  return std::string(storage) + ":" + gib;
}

std::string_view storage_of(std::string_view volume) {
  const std::size_t colon = volume.find(':');
  return colon == std::string_view::npos ? "" : volume.substr(0, colon);
}

bool is_cloud_init(const Drive& drive) {
  const std::string_view name = std::string_view(drive.volume).substr(drive.volume.find_last_of("/:") + 1);
  const std::string_view stem = name.substr(0, name.find('.'));
  return stem == "cloudinit" || (stem.starts_with("vm-") && stem.ends_with("-cloudinit"));
}

bool is_disk(const Drive& drive) { return drive.media != "cdrom" && !storage_of(drive.volume).empty(); }

}  // namespace rig::proxmox
