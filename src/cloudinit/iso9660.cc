// cloudinit/iso9660.cc — the image: 16 blank sectors, volume descriptor, end, two path tables, root, files.
//
// ECMA-119 for the layout (numbers are written in both byte orders), IEEE P1281/P1282 (SUSP, Rock Ridge) for names.
// Without Rock Ridge Linux would show "user_data.;1"; it reads NM and PX once the root's "." carries SP.
#include "cloudinit/iso9660.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "cloudinit/limits.h"

namespace rig::cloudinit {
namespace {

constexpr std::size_t kSector = 2048;
constexpr std::uint32_t kLittleTable = 18, kBigTable = 19, kRoot = 20, kFirstFile = 21;
constexpr std::size_t kNameMax = 30;  // ECMA-119 level 2

void little(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}
void big(std::string& out, std::uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
}
void both(std::string& out, std::uint32_t value, int bytes) {
  little(out, value, bytes);
  big(out, value, bytes);
}

void text(std::string& out, std::string_view value, std::size_t width) {
  out += value;
  out.append(width - value.size(), ' ');
}

std::uint32_t sectors(std::size_t bytes) { return static_cast<std::uint32_t>((bytes + kSector - 1) / kSector); }

void fill_sector(std::string& out) { out.append((kSector - out.size() % kSector) % kSector, '\0'); }

// "user-data" -> "USER_DATA.;1": the name for readers that do not know Rock Ridge.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const bool dot = c == '.' && plain.find('.') == std::string::npos;
    plain += dot ? '.' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c >= '0' && c <= '9' ? c : '_';
  }
  if (plain.find('.') == std::string::npos) plain += '.';
  return plain + ";1";
}

// PX: mode and number of links; owner root.
std::string posix_attributes(std::uint32_t mode, std::uint32_t links) {
  std::string entry = "PX";
  entry += static_cast<char>(36);
  entry += '\1';
  for (const std::uint32_t value : {mode, links, 0U, 0U}) both(entry, value, 4);
  return entry;
}

std::string alternate_name(std::string_view name) {
  std::string entry = "NM";
  entry += static_cast<char>(5 + name.size());
  entry += "\1";
  entry += '\0';
  entry += name;
  return entry;
}

// SP says that system use fields follow; ER names their specification.
std::string rock_ridge_mark() {
  std::string mark("SP\7\1\xbe\xef\0", 7);
  mark += std::string("ER\22\1\12\0\0\1", 8) + "RRIP_1991A";
  return mark;
}

std::string directory_record(std::string_view name, std::uint32_t sector, std::size_t bytes, bool folder,
                             std::string_view system_use) {
  std::string record;
  record += '\0';  // extended attributes
  both(record, sector, 4);
  both(record, static_cast<std::uint32_t>(bytes), 4);
  record += std::string("\x50\1\1\0\0\0\0", 7);  // 1980-01-01
  record += folder ? '\2' : '\0';
  record += std::string("\0\0", 2);  // not interleaved
  both(record, 1, 2);                // volume of the set
  record += static_cast<char>(name.size());
  record += name;
  if (name.size() % 2 == 0) record += '\0';
  record += system_use;
  if (record.size() % 2 == 0) record += '\0';  // with the length byte in front it is even
  record.insert(record.begin(), static_cast<char>(record.size() + 1));
  return record;
}

std::string root_record() { return directory_record(std::string(1, '\0'), kRoot, kSector, true, ""); }

std::string volume_descriptor(std::string_view volume_id, std::uint32_t total_sectors) {
  std::string out("\1CD001\1\0", 8);
  text(out, "", 32);
  text(out, volume_id, 32);
  out.append(8, '\0');
  both(out, total_sectors, 4);
  out.append(32, '\0');
  both(out, 1, 2);
  both(out, 1, 2);
  both(out, kSector, 2);
  both(out, 10, 4);  // bytes in a path table
  little(out, kLittleTable, 4);
  little(out, 0, 4);
  big(out, kBigTable, 4);
  big(out, 0, 4);
  out += root_record();
  text(out, "", 128 * 4 + 37 * 3);                                 // names of people and files: none
  for (int i = 0; i < 4; ++i) out += std::string(16, '0') + '\0';  // times: none
  out += '\1';
  fill_sector(out);
  return out;
}

std::string path_table(void (*number)(std::string&, std::uint32_t, int)) {
  std::string out("\1\0", 2);
  number(out, kRoot, 4);
  number(out, 1, 2);
  out += std::string("\0\0", 2);
  fill_sector(out);
  return out;
}

Status check(std::string_view volume_id, const std::vector<IsoFile>& files) {
  if (volume_id.size() > 32) return Error(Code::kInvalidArgument, "volume id is longer than 32 characters");
  if (files.size() > kSeedFilesMax) {
    return Error(Code::kOutOfRange, "seed has " + std::to_string(files.size()) + " files, at most " +
                                        std::to_string(kSeedFilesMax) + " fit");
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& name = files[i].name;
    const bool good = !name.empty() && name.size() <= kNameMax &&
                      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
    if (!good) return Error(Code::kInvalidArgument, "file name '" + name + "': wanted 1 to 30 of a-z 0-9 . -");
    if (i > 0 && plain_name(files[i - 1].name) == plain_name(name)) {
      return Error(Code::kInvalidArgument, "two files would be called '" + plain_name(name) + "'");
    }
    if (files[i].bytes.size() > kDocumentBytesMax) {
      return Error(Code::kOutOfRange, "'" + name + "' has " + std::to_string(files[i].bytes.size()) +
                                          " bytes, at most " + std::to_string(kDocumentBytesMax) + " are taken");
    }
  }
  return {};
}

std::string root_directory(const std::vector<IsoFile>& files) {
  const std::string attributes = posix_attributes(040555, 2);
  std::string out = directory_record(std::string(1, '\0'), kRoot, kSector, true, rock_ridge_mark() + attributes);
  out += directory_record("\1", kRoot, kSector, true, attributes);
  std::uint32_t sector = kFirstFile;
  for (const IsoFile& file : files) {
    out += directory_record(plain_name(file.name), sector, file.bytes.size(), false,
                            alternate_name(file.name) + posix_attributes(0100444, 1));
    sector += sectors(file.bytes.size());
  }
  CHECK(out.size() <= kSector);
  fill_sector(out);
  return out;
}

}  // namespace

Result<std::string> iso9660(std::string_view volume_id, std::span<const IsoFile> input) {
  std::vector<IsoFile> files(input.begin(), input.end());
  std::ranges::sort(files, {}, [](const IsoFile& file) { return plain_name(file.name); });
  TRY(check(volume_id, files));

  std::uint32_t total = kFirstFile;
  for (const IsoFile& file : files) total += sectors(file.bytes.size());

  std::string image(16 * kSector, '\0');
  image += volume_descriptor(volume_id, total);
  image +=
      "\xff"
      "CD001\1";
  fill_sector(image);
  image += path_table(little);
  image += path_table(big);
  image += root_directory(files);
  for (const IsoFile& file : files) {
    image += file.bytes;
    fill_sector(image);
  }
  return image;
}

}  // namespace rig::cloudinit
