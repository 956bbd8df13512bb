// cloudinit/iso9660_test.cc — the image is read back by a reader of its own and by isoinfo.
#include "cloudinit/iso9660.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/run_test.h"
#include "cloudinit/limits.h"

namespace rig::cloudinit {
namespace {

std::uint32_t little_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

// Rock Ridge names and contents of the files in the root folder.
std::map<std::string, std::string> read_back(const std::string& image) {
  std::map<std::string, std::string> files;
  const std::string_view volume = std::string_view(image).substr(16 * 2048, 2048);
  std::size_t at = little_at(volume, 156 + 2) * 2048U;
  while (image[at] != 0) {
    const std::string_view record = std::string_view(image).substr(at, static_cast<unsigned char>(image[at]));
    at += record.size();
    const std::size_t name_size = static_cast<unsigned char>(record[32]);
    for (std::size_t use = 33 + name_size + (name_size % 2 == 0 ? 1 : 0); use + 4 <= record.size();) {
      const std::size_t size = static_cast<unsigned char>(record[use + 2]);
      if (record.substr(use, 2) == "NM") {
        files[std::string(record.substr(use + 5, size - 5))] =
            image.substr(little_at(record, 2) * 2048U, little_at(record, 10));
      }
      use += size;
    }
  }
  return files;
}

const std::vector<IsoFile> kSeed = {
    {"user-data", "#cloud-config\nhostname: a\n"}, {"meta-data", "instance-id: 1\n"}, {"network-config", ""}};

TEST(Iso9660, GivesBackEveryFileUnderItsOwnName) {
  auto files = kSeed;
  files.push_back({"vendor-data", std::string(5000, 'x')});
  const auto image = iso9660("cidata", files);
  ASSERT_TRUE(image.ok()) << image.error().to_string();
  EXPECT_EQ(image->size() % 2048, 0U);
  const auto back = read_back(*image);
  ASSERT_EQ(back.size(), files.size());
  for (const IsoFile& file : files) EXPECT_EQ(back.at(file.name), file.bytes) << file.name;
}

TEST(Iso9660, IsTheSameBytesForTheSameFilesInAnyOrder) {
  const std::vector<IsoFile> turned(kSeed.rbegin(), kSeed.rend());
  EXPECT_EQ(*iso9660("cidata", kSeed), *iso9660("cidata", turned));
}

TEST(Iso9660, IsWhatIsoinfoReads) {
  char path[] = "/tmp/rig-iso-XXXXXX";
  ::close(::mkstemp(path));
  std::ofstream(path, std::ios::binary) << *iso9660("cidata", kSeed);
  const std::string about = run({"isoinfo", "-d", "-i", path}).output;
  const std::string listed = run({"isoinfo", "-R", "-i", path, "-l"}).output;
  EXPECT_NE(about.find("Volume id: cidata"), std::string::npos) << about;
  EXPECT_NE(about.find("Rock Ridge signatures"), std::string::npos) << about;
  EXPECT_EQ(run({"isoinfo", "-R", "-i", path, "-f"}).output, "/meta-data\n/network-config\n/user-data\n");
  EXPECT_EQ(run({"isoinfo", "-R", "-i", path, "-x", "/user-data"}).output, kSeed[0].bytes);
  EXPECT_NE(listed.find("-r--r--r--"), std::string::npos) << listed;
  std::filesystem::remove(path);
}

TEST(Iso9660, RefusesWhatItCannotWrite) {
  struct Case {
    const char* why;
    std::vector<IsoFile> files;
    Code code;
  };
  const std::vector<Case> cases = {
      {"upper case", {{"User", ""}}, Code::kInvalidArgument},
      {"a path", {{"a/b", ""}}, Code::kInvalidArgument},
      {"no name", {{"", ""}}, Code::kInvalidArgument},
      {"31 characters", {{std::string(31, 'a'), ""}}, Code::kInvalidArgument},
      {"twice", {{"a", ""}, {"a", ""}}, Code::kInvalidArgument},
      {"the same plain name", {{"a-b", ""}, {"a.b.", ""}, {"a-b.", ""}}, Code::kInvalidArgument},
      {"too many", std::vector<IsoFile>(kSeedFilesMax + 1), Code::kOutOfRange},
      {"too long", {{"a", std::string(kDocumentBytesMax + 1, 'x')}}, Code::kOutOfRange},
  };
  for (const Case& c : cases) {
    const auto image = iso9660("cidata", c.files);
    ASSERT_FALSE(image.ok()) << c.why;
    EXPECT_EQ(image.error().code(), c.code) << c.why;
  }
  EXPECT_FALSE(iso9660(std::string(33, 'v'), kSeed).ok());
}

TEST(Iso9660, TakesAsManyFilesWithNamesAsLongAsItSays) {
  std::vector<IsoFile> files;
  for (std::size_t i = 0; i < kSeedFilesMax; ++i) {
    files.push_back({std::string(29, 'n') + static_cast<char>('a' + i), std::to_string(i)});
  }
  EXPECT_EQ(read_back(*iso9660("cidata", files)).size(), kSeedFilesMax);
}

}  // namespace
}  // namespace rig::cloudinit
