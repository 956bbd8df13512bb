// proxmox/drive_test.cc — drives against the schema, and what they are made from.
#include "hypervisor/proxmox/drive.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "hypervisor/proxmox/recorded_test.h"

namespace rig::proxmox {
namespace {

constexpr std::int64_t kGib = 1LL << 30;

struct BusName {
  Bus bus;
  const char* option;
};
constexpr BusName kBusNames[] = {{Bus::kIde, "ide[n]"},       {Bus::kSata, "sata[n]"}, {Bus::kScsi, "scsi[n]"},
                                 {Bus::kVirtio, "virtio[n]"}, {Bus::kEfi, "efidisk0"}, {Bus::kTpm, "tpmstate0"},
                                 {Bus::kUnused, "unused[n]"}};

json::Value format_of(std::string_view option) {
  for (const json::Value& entry : recorded("formats.json"))
    if (entry.text({"option"}) == option) return *entry.find("format");
  ADD_FAILURE() << "no format of " << option;
  return {};
}

// What a row says of a key, as the schema words it.
template <class T>
void says_the_same(const PropertyRow<T>& row, const json::Value& schema) {
  static constexpr const char* kTypes[] = {"string", "boolean", "integer"};
  const bool is_number = schema.text({"type"}) == "number" && row.form == PropertyForm::kDecimal;
  const bool is_size = schema.text({"format"}) == "disk-size" && row.form == PropertyForm::kSize;
  if (!is_number && !is_size) {
    EXPECT_EQ(schema.text({"type"}), kTypes[row.member.index()]);
  }
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min(), kMost = std::numeric_limits<std::int64_t>::max();
  if (!is_size && !is_number) {
    EXPECT_EQ(schema.integer({"minimum"}, kLeast), row.min);
  }
  if (!is_size) {
    EXPECT_EQ(schema.integer({"maximum"}, kMost), row.max);
  }
  const json::Value* choices = schema.find("enum");
  EXPECT_EQ(choices == nullptr, row.choices.empty());
  if (choices == nullptr) return;
  const std::vector<std::string> ours = split(row.choices, '|');
  for (const json::Value& choice : *choices->as<json::Array>())
    EXPECT_NE(std::find(ours.begin(), ours.end(), *choice.as<std::string>()), ours.end()) << json::to_text(choice);
}

TEST(Drive, HasTheKeysOfTheSchemaOnEachBus) {
  for (const auto& [bus, option] : kBusNames) {
    const json::Value format = format_of(option);
    for (const PropertyRow<Drive>& row : drive_rows()) {
      const std::string_view key = row.key.empty() ? row.name : row.key;
      SCOPED_TRACE(std::string(option) + "." + std::string(key));
      const json::Value* schema = format.find(key);
      EXPECT_EQ(schema != nullptr, (row.places & (1U << static_cast<unsigned>(bus))) != 0);
      if (schema != nullptr) says_the_same(row, *schema);
    }
  }
}

TEST(Drive, KnowsItsSlots) {
  for (const char* option : {"ide0", "ide3", "sata5", "scsi30", "virtio15", "efidisk0", "tpmstate0", "unused255"}) {
    const auto slot = slot_of(option);
    ASSERT_TRUE(slot.has_value()) << option;
    EXPECT_EQ(option_of(*slot), option);
    EXPECT_LT(slot->index, slots_on(slot->bus));
  }
  for (const char* option : {"ide4", "sata6", "scsi31", "virtio16", "efidisk1", "scsihw", "scsi", "scsi01", "scsi-1",
                             "net0", "unused256", ""}) {
    EXPECT_FALSE(slot_of(option).has_value()) << option;
  }
}

TEST(Drive, IsReadAndWritten) {
  auto drive = parse_drive("scsi0", "local:9/vm-9-disk-0.raw,aio=native,discard=on,iops=9,size=1536M,ssd=1");
  ASSERT_TRUE(drive.ok()) << drive.error().to_string();
  EXPECT_EQ(drive->volume, "local:9/vm-9-disk-0.raw");
  EXPECT_EQ(drive->size_bytes, kGib * 3 / 2);
  EXPECT_EQ(drive->ssd, true);
  EXPECT_TRUE(is_disk(*drive));
  drive->ssd.reset();
  drive->backup = false;
  EXPECT_EQ(drive_text("scsi0", *drive).take(),
            "local:9/vm-9-disk-0.raw,aio=native,discard=on,iops=9,size=1536M,backup=0");

  EXPECT_EQ(parse_drive("sata1", "volume=a:b,media=cdrom")->volume, "a:b");
  const auto empty = parse_drive("scsi1", "size=1G");
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().message(), "scsi1: found 'size=1G', wanted a volume in it");
}

TEST(Drive, IsNotWrittenWithKeysThatItsBusHasNot) {
  Drive drive;
  drive.volume = "local:4";
  drive.ssd = true;
  EXPECT_EQ(drive_text("scsi0", drive).take(), "local:4,ssd=1");
  const auto virtio = drive_text("virtio0", drive);
  ASSERT_FALSE(virtio.ok());
  EXPECT_EQ(virtio.error().message(), "virtio0.ssd: Proxmox VE has no such key for virtio drives");
  EXPECT_EQ(drive_text("net0", drive).error().message(), "'net0' is not an option for a drive");

  Drive efi;
  efi.volume = "local:0";
  efi.import_from = "local:9/base-9-disk-1.qcow2";
  efi.efi_type = "4m";
  efi.enrolled_keys = true;
  EXPECT_EQ(drive_text("efidisk0", efi).take(),
            "local:0,import-from=local:9/base-9-disk-1.qcow2,efitype=4m,pre-enrolled-keys=1");
}

TEST(Drive, IsMadeWithASizeInGibibytes) {
  EXPECT_EQ(new_volume("local", 32 * kGib), "local:32");
  EXPECT_EQ(new_volume("local", kGib * 3 / 2), "local:1.5");
  EXPECT_EQ(new_volume("local", kGib + (1 << 20)), "local:1.0009765625");
  EXPECT_EQ(new_volume("local", 1), "local:0.0009765625");
  EXPECT_EQ(new_volume("local", 0), "local:0");
}

TEST(Drive, SaysWhatItIs) {
  struct Case {
    const char* text;
    bool disk, cloud_init;
    const char* storage;
  };
  const Case cases[] = {
      {"local:101/vm-101-cloudinit.qcow2,media=cdrom", false, true, "local"},
      {"lvm:vm-101-cloudinit,media=cdrom", false, true, "lvm"},
      {"local:cloudinit", true, true, "local"},
      {"local:iso/seed.iso,media=cdrom", false, false, "local"},
      {"none,media=cdrom", false, false, ""},
      {"lvm:vm-101-disk-0,size=4G", true, false, "lvm"},
      {"local:120/base-120-disk-0.qcow2/130/vm-130-disk-0.qcow2,size=1G", true, false, "local"},
  };
  for (const Case& c : cases) {
    const auto drive = parse_drive("ide2", c.text);
    ASSERT_TRUE(drive.ok()) << c.text;
    EXPECT_EQ(is_disk(*drive), c.disk) << c.text;
    EXPECT_EQ(is_cloud_init(*drive), c.cloud_init) << c.text;
    EXPECT_EQ(storage_of(drive->volume), c.storage) << c.text;
  }
}

}  // namespace
}  // namespace rig::proxmox
