// transfer/formats/image_header.cc — magic numbers, and the header of qcow2 (QEMU's docs/interop/qcow2.txt).
#include "transfer/formats/image_header.h"

#include <array>
#include <optional>

#include "transfer/limits.h"

namespace rig::transfer {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t at;
  std::string_view bytes, name;
};
constexpr std::array kOtherFormats = {
    Magic{0, "KDMV"sv, "vmdk"},
    Magic{0, "# Disk DescriptorFile"sv, "vmdk"},
    Magic{0, "COWD"sv, "vmdk"},
    Magic{0, "vhdxfile"sv, "vhdx"},
    Magic{0, "conectix"sv, "vhd"},
    Magic{0x40, "\x7f\x10\xda\xbe"sv, "vdi"},
    Magic{0, "QED\0"sv, "qed"},
    Magic{0, "WithoutFreeSpace"sv, "parallels"},
    Magic{0, "WithouFreSpacExt"sv, "parallels"},
    Magic{0, "Bochs Virtual HD Image"sv, "bochs"},
    Magic{0, "LUKS\xba\xbe"sv, "luks"},
    Magic{0, "\x1f\x8b"sv, "gzip"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "xz"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "zstd"},
    Magic{0, "BZh"sv, "bzip2"},
    Magic{0, "PK\3\4"sv, "zip"},
    Magic{257, "ustar"sv, "tar (OVA)"},
};
constexpr std::array kPartitioned = {
    Magic{510, "\x55\xaa"sv, "MBR"},
    Magic{512, "EFI PART"sv, "GPT"},
    Magic{4096, "EFI PART"sv, "GPT with 4 KiB sectors"},
    Magic{32769, "CD001"sv, "ISO 9660"},
};
constexpr std::string_view kQcow = "QFI\xfb";

bool has(std::string_view bytes, const Magic& magic) {
  return bytes.size() >= magic.at && bytes.substr(magic.at).starts_with(magic.bytes);
}

std::uint64_t number(std::string_view bytes, std::size_t at, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

Error damaged(const std::string& what) {
  return Error(Code::kInvalidArgument, "qcow2 image: " + what)
      .with_hint("Check it with qemu-img check, or fetch it again.");
}

enum IncompatibleFeature : std::uint64_t {
  kDirty = 1,
  kCorrupt = 2,
  kDataFile = 4,
  kCompression = 8,
  kExtendedL2 = 16
};
constexpr std::uint64_t kKnownFeatures = kDirty | kCorrupt | kDataFile | kCompression | kExtendedL2;

Error names_data_file() {
  return Error(Code::kFailedPrecondition, "qcow2 image keeps its data in another file")
      .with_hint("Make one file of it: qemu-img convert -O qcow2 IMAGE NEW");
}

Status check_features(std::uint64_t features) {
  if ((features & kDataFile) != 0) return names_data_file();
  if ((features & kCorrupt) != 0) return damaged("it is marked corrupt");
  if ((features & ~kKnownFeatures) != 0) {
    return Error(Code::kUnimplemented, "qcow2 image has incompatible features " +
                                           std::to_string(features & ~kKnownFeatures) + " that are unknown here")
        .with_hint("Rewrite it: qemu-img convert -O qcow2 IMAGE NEW");
  }
  return {};
}

// Header extensions: type and length, four bytes each, then data up to a multiple of eight; type 0 ends them.
Status check_extensions(std::string_view bytes, std::size_t at) {
  constexpr std::uint64_t kEnd = 0, kDataFileName = 0x44415441;
  while (at + 8 <= bytes.size()) {
    const std::uint64_t type = number(bytes, at, 4), size = number(bytes, at + 4, 4);
    if (type == kEnd) return {};
    if (type == kDataFileName) return names_data_file();
    if (size > bytes.size()) break;
    at += 8 + (static_cast<std::size_t>(size) + 7) / 8 * 8;
  }
  return damaged("its header extensions do not end");
}

Result<ImageHeader> read_qcow2(std::string_view bytes) {
  if (bytes.size() < 72) return damaged("it ends within its header");
  const std::uint64_t version = number(bytes, 4, 4);
  if (version != 2 && version != 3) {
    return Error(Code::kUnimplemented, "qcow image of version " + std::to_string(version) + ", wanted 2 or 3");
  }
  if (number(bytes, 8, 8) != 0 || number(bytes, 16, 4) != 0) {
    return Error(Code::kFailedPrecondition, "qcow2 image names a backing file")
        .with_hint("Make one file of it: qemu-img convert -O qcow2 IMAGE NEW");
  }
  if (number(bytes, 32, 4) != 0) {
    return Error(Code::kFailedPrecondition, "qcow2 image is encrypted")
        .with_hint("Decrypt it first: there is no place here for its key.");
  }
  const std::uint64_t cluster_bits = number(bytes, 20, 4), virtual_bytes = number(bytes, 24, 8);
  if (cluster_bits < 9 || cluster_bits > 21) return damaged("clusters of 2^" + std::to_string(cluster_bits) + " bytes");
  if (virtual_bytes == 0) return damaged("its disk has no bytes");
  if (virtual_bytes > static_cast<std::uint64_t>(kVirtualBytesMax)) {
    return Error(Code::kOutOfRange, "qcow2 image says its disk has " + std::to_string(virtual_bytes) +
                                        " bytes, at most " + std::to_string(kVirtualBytesMax) + " are taken");
  }
  std::size_t header_bytes = 72;
  if (version == 3) {
    if (bytes.size() < 104) return damaged("it ends within its header");
    TRY(check_features(number(bytes, 72, 8)));
    header_bytes = static_cast<std::size_t>(number(bytes, 100, 4));
    if (header_bytes < 104 || header_bytes > bytes.size()) return damaged("header of impossible length");
  }
  TRY(check_extensions(bytes, header_bytes));
  return ImageHeader{"qcow2", static_cast<std::int64_t>(virtual_bytes)};
}

std::optional<std::string_view> foreign_format(std::string_view bytes) {
  for (const Magic& magic : kOtherFormats) {
    if (has(bytes, magic)) return magic.name;
  }
  return std::nullopt;
}

bool is_text_page(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || bytes[first] != '<') return false;
  return bytes.substr(0, 512).find('\0') == std::string_view::npos;
}

Result<ImageHeader> read_raw(std::string_view bytes, std::int64_t file_bytes, bool asked_for) {
  bool partitioned = false;
  for (const Magic& magic : kPartitioned) partitioned = partitioned || has(bytes, magic);
  if (!partitioned && (!asked_for || is_text_page(bytes))) {
    return Error(Code::kInvalidArgument, is_text_page(bytes) ? "it is a web page, not a disk image"
                                                             : "it is neither qcow2 nor a disk with a partition table")
        .with_hint("Check the source of the image; a raw file system without partitions needs format: raw.");
  }
  if (file_bytes <= 0 || file_bytes % 512 != 0) {
    return Error(Code::kInvalidArgument,
                 "raw image of " + std::to_string(file_bytes) + " bytes, which is no whole number of sectors");
  }
  if (file_bytes > kVirtualBytesMax) {
    return Error(Code::kOutOfRange, "raw image has " + std::to_string(file_bytes) + " bytes, at most " +
                                        std::to_string(kVirtualBytesMax) + " are taken");
  }
  return ImageHeader{"raw", file_bytes};
}

}  // namespace

Result<ImageHeader> read_image_header(std::string_view beginning, std::int64_t file_bytes, std::string_view expected) {
  if (expected != "" && expected != "qcow2" && expected != "raw") {
    return Error(Code::kUnimplemented, "image format '" + std::string(expected) + "', wanted qcow2 or raw")
        .with_hint("Convert it: qemu-img convert -O qcow2 IMAGE NEW");
  }
  const auto is_instead = [&](std::string_view found) {
    return Error(Code::kInvalidArgument, "image is " + std::string(found) + ", wanted " + std::string(expected));
  };
  if (beginning.starts_with(kQcow)) {
    if (expected == "raw") return is_instead("qcow2");
    return read_qcow2(beginning);
  }
  if (const auto format = foreign_format(beginning)) {
    if (!expected.empty()) return is_instead(*format);
    return Error(Code::kUnimplemented, "image is " + std::string(*format) + ", wanted qcow2 or raw")
        .with_hint("Unpack or convert it first (qemu-img convert -O qcow2 IMAGE NEW).");
  }
  if (expected == "qcow2") return is_instead("something else");
  return read_raw(beginning, file_bytes, expected == "raw");
}

}  // namespace rig::transfer
