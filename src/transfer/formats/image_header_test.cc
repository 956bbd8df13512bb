// transfer/formats/image_header_test.cc — headers made by hand, byte by byte, and by qemu-img.
#include "transfer/formats/image_header.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/folder_test.h"
#include "base/run_test.h"
#include "transfer/limits.h"

namespace rig::transfer {
namespace {

void put(std::string& bytes, std::size_t at, std::uint64_t value, int size) {
  for (int i = size - 1; i >= 0; --i, value >>= 8) bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(value);
}

std::string qcow2(std::uint64_t version = 3) {
  std::string bytes(64 << 10, '\0');
  bytes.replace(0, 4, "QFI\xfb");
  put(bytes, 4, version, 4);
  put(bytes, 20, 16, 4);
  put(bytes, 24, 1 << 30, 8);
  put(bytes, 100, 104, 4);
  return bytes;
}

std::string raw_disk() {
  std::string bytes(64 << 10, '\0');
  bytes.replace(510, 2, "\x55\xaa");
  return bytes;
}

struct Change {
  std::size_t at;
  std::uint64_t value;
  int size;
};
struct Case {
  const char* name;
  std::string bytes;
  const char* expected;
  Code code;  // kUnknown: taken
  const char* says;
};
std::string with(std::string bytes, std::initializer_list<Change> changes) {
  for (const Change& c : changes) put(bytes, c.at, c.value, c.size);
  return bytes;
}
std::string starting(const std::string& beginning, std::size_t at = 0) {
  std::string bytes(64 << 10, '\0');
  return bytes.replace(at, beginning.size(), beginning);
}

const std::vector<Case> kCases = {
    {"version 3", qcow2(), "", Code::kUnknown, "qcow2"},
    {"version 3 asked for", qcow2(), "qcow2", Code::kUnknown, "qcow2"},
    {"version 2", qcow2(2), "qcow2", Code::kUnknown, "qcow2"},
    {"dirty, zstd, extended L2", with(qcow2(), {{72, 1 | 8 | 16, 8}}), "", Code::kUnknown, "qcow2"},
    {"raw with MBR", raw_disk(), "", Code::kUnknown, "raw"},
    {"raw with GPT", starting("EFI PART", 512), "", Code::kUnknown, "raw"},
    {"raw with GPT of 4 KiB", starting("EFI PART", 4096), "", Code::kUnknown, "raw"},
    {"ISO", starting("CD001", 32769), "", Code::kUnknown, "raw"},
    {"raw, nothing known in it, asked for", std::string(4096, '\1'), "raw", Code::kUnknown, "raw"},

    {"backing file", with(qcow2(), {{8, 512, 8}, {16, 9, 4}}), "", Code::kFailedPrecondition, "backing file"},
    {"backing file, offset only", with(qcow2(), {{8, 512, 8}}), "", Code::kFailedPrecondition, "backing file"},
    {"backing file, size only", with(qcow2(), {{16, 9, 4}}), "", Code::kFailedPrecondition, "backing file"},
    {"data file bit", with(qcow2(), {{72, 4, 8}}), "", Code::kFailedPrecondition, "another file"},
    {"data file name", with(qcow2(), {{104, 0x44415441, 4}, {108, 3, 4}}), "", Code::kFailedPrecondition,
     "another file"},
    {"data file name behind another extension",
     with(qcow2(2), {{72, 0xE2792ACA, 4}, {76, 5, 4}, {88, 0x44415441, 4}, {92, 3, 4}}), "", Code::kFailedPrecondition,
     "another file"},
    {"encrypted", with(qcow2(), {{32, 1, 4}}), "", Code::kFailedPrecondition, "encrypted"},
    {"corrupt", with(qcow2(), {{72, 2, 8}}), "", Code::kInvalidArgument, "marked corrupt"},
    {"unknown feature", with(qcow2(), {{72, 32, 8}}), "", Code::kUnimplemented, "features 32"},
    {"unknown high feature", with(qcow2(), {{72, 1ULL << 63, 8}}), "", Code::kUnimplemented, "features"},
    {"version 1", qcow2(1), "", Code::kUnimplemented, "version 1"},
    {"version 4", qcow2(4), "", Code::kUnimplemented, "version 4"},
    {"tiny clusters", with(qcow2(), {{20, 8, 4}}), "", Code::kInvalidArgument, "2^8"},
    {"huge clusters", with(qcow2(), {{20, 22, 4}}), "", Code::kInvalidArgument, "2^22"},
    {"no bytes", with(qcow2(), {{24, 0, 8}}), "", Code::kInvalidArgument, "no bytes"},
    {"absurd size", with(qcow2(), {{24, kVirtualBytesMax + 1, 8}}), "", Code::kOutOfRange, "at most"},
    {"absurd size, all bits", with(qcow2(), {{24, ~0ULL, 8}}), "", Code::kOutOfRange, "at most"},
    {"header of 3 bytes", with(qcow2(), {{100, 3, 4}}), "", Code::kInvalidArgument, "impossible length"},
    {"header longer than the file", with(qcow2(), {{100, 1 << 20, 4}}), "", Code::kInvalidArgument,
     "impossible length"},
    {"extension longer than the file", with(qcow2(), {{104, 7, 4}, {108, 1 << 30, 4}}), "", Code::kInvalidArgument,
     "do not end"},
    {"only the magic", "QFI\xfb", "", Code::kInvalidArgument, "within its header"},
    {"half of a version 3 header", qcow2().substr(0, 100), "", Code::kInvalidArgument, "within its header"},
    {"qcow2 where raw was asked for", qcow2(), "raw", Code::kInvalidArgument, "is qcow2, wanted raw"},
    {"raw where qcow2 was asked for", raw_disk(), "qcow2", Code::kInvalidArgument, "wanted qcow2"},
    {"a web page", "<!DOCTYPE html><html>not found</html>", "", Code::kInvalidArgument, "web page"},
    {"a web page as raw", "  <html>not found</html>", "raw", Code::kInvalidArgument, "web page"},
    {"text", "hello", "", Code::kInvalidArgument, "neither qcow2"},
    {"nothing", "", "", Code::kInvalidArgument, "neither qcow2"},
    {"vmdk", starting("KDMV"), "", Code::kUnimplemented, "vmdk"},
    {"vmdk descriptor", starting("# Disk DescriptorFile"), "", Code::kUnimplemented, "vmdk"},
    {"old vmdk", starting("COWD"), "", Code::kUnimplemented, "vmdk"},
    {"vhdx", starting("vhdxfile"), "", Code::kUnimplemented, "vhdx"},
    {"vhd", starting("conectix"), "", Code::kUnimplemented, "vhd"},
    {"vdi", starting("\x7f\x10\xda\xbe", 0x40), "", Code::kUnimplemented, "vdi"},
    {"qed", starting(std::string("QED\0", 4)), "", Code::kUnimplemented, "qed"},
    {"parallels", starting("WithoutFreeSpace"), "", Code::kUnimplemented, "parallels"},
    {"new parallels", starting("WithouFreSpacExt"), "", Code::kUnimplemented, "parallels"},
    {"bochs", starting("Bochs Virtual HD Image"), "", Code::kUnimplemented, "bochs"},
    {"luks", starting("LUKS\xba\xbe"), "", Code::kUnimplemented, "luks"},
    {"gzip", starting("\x1f\x8b"), "", Code::kUnimplemented, "gzip"},
    {"xz",
     starting(std::string("\xfd"
                          "7zXZ\0",
                          6)),
     "", Code::kUnimplemented, "xz"},
    {"zstd", starting("\x28\xb5\x2f\xfd"), "", Code::kUnimplemented, "zstd"},
    {"bzip2", starting("BZh9"), "", Code::kUnimplemented, "bzip2"},
    {"zip", starting("PK\3\4"), "", Code::kUnimplemented, "zip"},
    {"tar", starting("ustar", 257), "", Code::kUnimplemented, "OVA"},
    {"gzip as qcow2", starting("\x1f\x8b"), "qcow2", Code::kInvalidArgument, "is gzip, wanted qcow2"},
    {"a format that is not taken", qcow2(), "vmdk", Code::kUnimplemented, "'vmdk'"},
};

TEST(ImageHeader, IsJudgedByItsBytes) {
  for (const Case& c : kCases) {
    const auto header = read_image_header(c.bytes, 1 << 20, c.expected);
    if (c.code == Code::kUnknown) {
      ASSERT_TRUE(header.ok()) << c.name << ": " << header.error().to_string();
      EXPECT_EQ(header->format, c.says) << c.name;
      EXPECT_EQ(header->virtual_bytes, header->format == "raw" ? 1 << 20 : 1 << 30) << c.name;
      continue;
    }
    ASSERT_FALSE(header.ok()) << c.name;
    EXPECT_EQ(header.error().code(), c.code) << c.name << ": " << header.error().to_string();
    EXPECT_NE(header.error().to_string().find(c.says), std::string::npos)
        << c.name << ": " << header.error().to_string();
  }
}

TEST(ImageHeader, OfARawDiskNeedsWholeSectorsAndASize) {
  EXPECT_EQ(read_image_header(raw_disk(), 1000, "").error().code(), Code::kInvalidArgument);
  EXPECT_EQ(read_image_header(raw_disk(), 0, "").error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(read_image_header(raw_disk(), kVirtualBytesMax, "").ok());
  EXPECT_EQ(read_image_header(raw_disk(), kVirtualBytesMax + 512, "").error().code(), Code::kOutOfRange);
}

TEST(ImageHeader, EndsSafelyWhereverTheFileEnds) {
  const std::string whole = with(qcow2(), {{104, 0xE2792ACA, 4}, {108, 5, 4}});
  for (std::size_t size = 0; size < 200; ++size) (void)read_image_header(whole.substr(0, size), 1 << 20, "");
}

// What the tools of the world write today.
TEST(ImageHeader, AgreesWithQemuImg) {
  const TestFolder folder;
  const std::string image = folder / "image";
  struct Made {
    std::string format, option;
    Code code;
  };
  const std::vector<Made> cases = {
      {"qcow2", "compat=0.10", Code::kUnknown},
      {"qcow2", "compat=1.1", Code::kUnknown},
      {"qcow2", "extended_l2=on,cluster_size=128k", Code::kUnknown},
      {"qcow2", "compression_type=zstd", Code::kUnknown},
      {"qcow2", "data_file=" + image + ".raw", Code::kFailedPrecondition},
      {"vmdk", "", Code::kUnimplemented},
      {"vhdx", "", Code::kUnimplemented},
      {"vdi", "", Code::kUnimplemented},
  };
  for (const Made& c : cases) {
    const std::string options = c.format + " " + c.option;
    std::vector<std::string> create{"qemu-img", "create", "-q", "-f", c.format, image, "64M"};
    if (!c.option.empty()) create.insert(create.end(), {"-o", c.option});
    ASSERT_EQ(run(create).status, 0) << options;
    const auto bytes = read_file(image, 64U << 20);
    ASSERT_TRUE(bytes.ok());
    const auto header = read_image_header(bytes->substr(0, kHeaderBytes), static_cast<std::int64_t>(bytes->size()), "");
    if (c.code == Code::kUnknown) {
      ASSERT_TRUE(header.ok()) << options << header.error().to_string();
      EXPECT_EQ(*header, (ImageHeader{"qcow2", 64 << 20})) << options;
    } else {
      ASSERT_FALSE(header.ok()) << options;
      EXPECT_EQ(header.error().code(), c.code) << options;
    }
    std::filesystem::remove(image);
  }
}

}  // namespace
}  // namespace rig::transfer
