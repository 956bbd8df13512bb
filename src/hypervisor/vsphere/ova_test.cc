// vsphere/ova_test.cc — archives as they come, whole, cut off and lying; and what a descriptor names.
#include "hypervisor/vsphere/ova.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/package_test.h"

namespace rig::vsphere {
namespace {

// In pieces of `piece` bytes.
ReadBytes bytes_of(std::string text, std::size_t piece) {
  return [text = std::move(text), piece, at = std::size_t{0}](std::span<char> buffer) mutable -> Result<std::size_t> {
    const std::size_t n = text.copy(buffer.data(), std::min(buffer.size(), piece), at);
    at += n;
    return n;
  };
}

using Files = std::vector<std::pair<std::string, std::string>>;

Result<Files> files_of(const std::string& archive, std::size_t piece = 100) {
  TarReader tar(bytes_of(archive, piece));
  Files files;
  while (const auto member = TRY(tar.next())) {
    auto bytes = TRY(read_all([&](std::span<char> buffer) { return tar.read(buffer); }, 1U << 20, "a file"));
    EXPECT_EQ(member->bytes, static_cast<std::int64_t>(bytes.size()));
    files.emplace_back(member->name, std::move(bytes));
  }
  return files;
}

TEST(Tar, GivesItsFilesHoweverTheBytesCome) {
  const std::string long_text(3000, 'v');
  const std::string archive = tar_file("./a.ovf", "<Envelope/>") + tar_file("folder", "", '5') +
                              tar_file("d.vmdk", long_text) + tar_file("empty", "") + tar_end() + tar_end();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{511}, std::size_t{100'000}}) {
    const auto files = files_of(archive, piece);
    ASSERT_TRUE(files.ok()) << files.error().to_string();
    EXPECT_EQ(*files, (Files{{"a.ovf", "<Envelope/>"}, {"d.vmdk", long_text}, {"empty", ""}}));
  }
}

TEST(Tar, SkipsWhatIsNotReadAndReadsWhatIsBehind) {
  std::size_t left = 0;
  const std::string archive = tar_file("a", std::string(2000, 'a')) + tar_file("b", "b") + tar_end() + tar_end();
  auto inner = bytes_of(archive, 4096);
  TarReader tar([&](std::span<char> buffer) -> Result<std::size_t> {
    const std::size_t n = TRY(inner(buffer));
    left += n;
    return n;
  });
  EXPECT_EQ((*tar.next())->name, "a");
  std::array<char, 10> some{};
  EXPECT_EQ(*tar.read(some), 10U);
  EXPECT_EQ((*tar.next())->name, "b");
  EXPECT_FALSE(tar.next()->has_value());
  EXPECT_EQ(left, archive.size()) << "a sum is of all of it";
}

TEST(Tar, EndsAtAFilesEndWithoutAMark) { EXPECT_EQ(files_of(tar_file("a", "x"))->size(), 1U); }

TEST(Tar, ReadsLongNamesAndLargeNumbers) {
  const std::string name(150, 'n');
  const auto gnu = files_of(tar_file("././@LongLink", name + '\0', 'L') + tar_file("short", "x") + tar_end());
  ASSERT_TRUE(gnu.ok()) << gnu.error().to_string();
  EXPECT_EQ(*gnu, (Files{{name, "x"}}));
  const auto pax = files_of(tar_file("p", "16 path=pax-nam\n10 size=3\n", 'x') + tar_file("short", "xyz") +
                            tar_file("next", "") + tar_end());
  ASSERT_TRUE(pax.ok()) << pax.error().to_string();
  EXPECT_EQ(*pax, (Files{{"pax-nam", "xyz"}, {"next", ""}}));

  std::string header = tar_header("big", 0);
  std::string size(12, '\0');  // 10 GiB, as GNU tar writes it
  size[0] = '\x80';
  size[7] = 2;
  size[8] = '\x80';
  header.replace(124, 12, size);
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  header.replace(148, 7, digits, 7);
  TarReader tar(bytes_of(header, 512));
  const auto member = tar.next();
  ASSERT_TRUE(member.ok()) << member.error().to_string();
  EXPECT_EQ((*member)->bytes, 10LL << 30);
}

TEST(Tar, ThatIsNoneOrLiesIsRefused) {
  std::string damaged = tar_file("a", "x") + tar_file("b", "y") + tar_end();
  damaged[1024 + 3] ^= 1;
  const std::string whole = tar_file("a", std::string(2000, 'a')) + tar_end();
  struct Case {
    std::string archive;
    const char* says;
  };
  const Case cases[] = {
      {"", "it is empty"},
      {"<html>", "the archive ends within byte 6's block of 512"},
      {std::string(600, 'x'), "it is neither a tar archive nor an OVF descriptor"},
      {std::string(1024, '\0'), "it is no tar archive: it begins with zeros"},
      {damaged, "the archive is damaged at byte 1024"},
      {whole.substr(0, 1000), "the archive ends at byte 1000, 1512 too early"},
      {whole.substr(0, 512), "the archive ends at byte 512, 2000 too early"},
      {tar_file("p", "28 size=1152921504606846976\n", 'x') + tar_file("a", ""), "'a' in the archive has 11529215"},
      {tar_file("a", "", '2'), "'a' in the archive is no plain file (type '2')"},
      {tar_file("a", "x", 'S'), "'a' in the archive is no plain file (type 'S')"},
      {tar_file("p", std::string(kTarExtensionBytesMax + 1, 'x'), 'x'), "the archive has an extended header of 65537"},
  };
  for (const Case& c : cases) {
    const auto files = files_of(c.archive);
    ASSERT_FALSE(files.ok()) << c.says;
    EXPECT_TRUE(files.error().is(Code::kInvalidArgument));
    EXPECT_TRUE(files.error().message().starts_with(c.says)) << files.error().message();
  }
}

TEST(Tar, TellsTheErrorOfWhoReads) {
  TarReader tar([](std::span<char>) -> Result<std::size_t> { return Error(Code::kUnavailable, "cut off"); });
  EXPECT_EQ(tar.next().error().message(), "cut off");
}

TEST(Descriptor, IsToldFromAnArchive) {
  EXPECT_TRUE(is_descriptor("<?xml version"));
  EXPECT_TRUE(is_descriptor("\xef\xbb\xbf\n <Envelope"));
  EXPECT_FALSE(is_descriptor(tar_header("a.ovf", 3)));
  EXPECT_TRUE(is_descriptor_name("A.OVF"));
  EXPECT_FALSE(is_descriptor_name("a.ovf.mf"));
}

std::string envelope(const std::string& files) {
  return "<ovf:Envelope xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1\"><ovf:References>" + files +
         "</ovf:References><ovf:VirtualSystem/></ovf:Envelope>";
}

TEST(Descriptor, NamesItsFiles) {
  const auto found =
      read_descriptor(envelope("<ovf:File ovf:href=\"d.vmdk\" ovf:id=\"f1\" ovf:size=\"65536\"/>"
                               "<ovf:File ovf:href=\"seed.iso\" ovf:id=\"f2\"/>"));
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(*found, (std::vector<Reference>{{"d.vmdk", 65536}, {"seed.iso", std::nullopt}}));
  EXPECT_TRUE(read_descriptor("<Envelope/>")->empty());
}

TEST(Descriptor, ThatCannotBeUsedIsRefused) {
  std::string many;
  for (std::size_t i = 0; i <= kPackageFilesMax; ++i) many += "<File ovf:href=\"d" + std::to_string(i) + "\"/>";
  struct Case {
    std::string text;
    const char* says;
  };
  const Case cases[] = {
      {"", "the descriptor is no XML: "},
      {"<html/>", "the descriptor is no OVF: found <html>, wanted <Envelope>"},
      {"<Envelope><VirtualSystemCollection/></Envelope>", "the descriptor is of several machines"},
      {envelope("<File ovf:href=\"../d.vmdk\"/>"), "the descriptor's file '../d.vmdk' is not one beside it"},
      {envelope("<File ovf:href=\"http://other/d.vmdk\"/>"), "the descriptor's file 'http://other/d.vmdk' is not"},
      {envelope("<File ovf:href=\"..\"/>"), "the descriptor's file '..' is not one beside it"},
      {envelope("<File/>"), "the descriptor's file '' is not one beside it"},
      {envelope("<File ovf:href=\"d\" ovf:compression=\"gzip\"/>"), "the descriptor's file 'd' is packed (gzip)"},
      {envelope("<File ovf:href=\"d\" ovf:chunkSize=\"100\"/>"), "the descriptor's file 'd' is in pieces"},
      {envelope(many), "the descriptor names more than 64 files"},
  };
  for (const Case& c : cases) {
    const auto found = read_descriptor(c.text);
    ASSERT_FALSE(found.ok()) << c.says;
    EXPECT_TRUE(found.error().is(Code::kInvalidArgument));
    EXPECT_TRUE(found.error().message().starts_with(c.says)) << found.error().message();
  }
}

TEST(Descriptor, HasItsFilesBesideIt) {
  EXPECT_EQ(url_beside("https://h/a/b.ovf?sig=1#x", "d e.vmdk"), "https://h/a/d%20e.vmdk?sig=1");
  EXPECT_EQ(url_beside("https://h/b.ovf", "d.vmdk"), "https://h/d.vmdk");
}

TEST(ReadAll, HasALimit) {
  EXPECT_EQ(*read_all(bytes_of("abc", 1), 3, "it"), "abc");
  EXPECT_EQ(read_all(bytes_of("abcd", 1), 3, "it").error().message(), "it is longer than 3 bytes");
}

}  // namespace
}  // namespace rig::vsphere
