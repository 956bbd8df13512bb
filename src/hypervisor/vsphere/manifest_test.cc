// vsphere/manifest_test.cc — manifests, read; and files that are, or are not, what they say.
#include "hypervisor/vsphere/manifest.h"

#include <gtest/gtest.h>

namespace rig::vsphere {
namespace {

const std::string kAbc1 = "a9993e364706816aba3e25717850c26c9cd0d89d";  // of "abc"
const std::string kAbc256 = sha256_hex("abc");

TEST(Manifest, LinesOfAllFormsAreRead) {
  const auto lines = read_manifest("SHA1(a b).ovf)= " + kAbc1 + "\r\n\nsha256 (./d.vmdk) = " + kAbc256 +
                                   "\nSHA512(e)=" + std::string(128, 'A'));
  ASSERT_TRUE(lines.ok()) << lines.error().to_string();
  EXPECT_EQ(*lines,
            (std::vector<ManifestLine>{
                {"a b).ovf", "SHA1", kAbc1}, {"d.vmdk", "SHA256", kAbc256}, {"e", "SHA512", std::string(128, 'a')}}));
  EXPECT_TRUE(read_manifest("")->empty());
}

TEST(Manifest, WhatIsNoLineIsTold) {
  const std::pair<std::string, std::string> cases[] = {
      {"\n<html>", "line 2 of the manifest, '<html>': wanted 'SHA256(FILE)= DIGITS'"},
      {"SHA1()= " + kAbc1, "line 1 of the manifest, 'SHA1()= " + kAbc1 + "': wanted 'SHA256(FILE)= DIGITS'"},
      {"=SHA1(a)", "line 1 of the manifest, '=SHA1(a)': wanted 'SHA256(FILE)= DIGITS'"},
      {"MD5(a)= 00", "line 1 of the manifest, 'MD5(a)= 00': the algorithm is 'MD5', wanted SHA1, SHA256 or SHA512"},
      {"SHA1(a)= 0g", "line 1 of the manifest, 'SHA1(a)= 0g': wanted 40 hexadecimal digits behind the '='"},
  };
  for (const auto& [text, says] : cases) {
    const auto refused = read_manifest(text);
    ASSERT_FALSE(refused.ok()) << text;
    EXPECT_TRUE(refused.error().is(Code::kInvalidArgument));
    EXPECT_EQ(refused.error().message(), says);
  }
}

Status feed(Verifier& verifier, const std::string& file, const std::string& bytes) {
  TRY(verifier.begin(file));
  for (const char c : bytes) verifier.add({&c, 1});
  return verifier.end();
}

TEST(Manifest, FilesAreCheckedBeforeAndAfterItComes) {
  const std::string text = "SHA1(d)= " + kAbc1 + "\nSHA256(d)= " + kAbc256;
  Verifier before, after, none;
  EXPECT_TRUE(before.take_manifest("a.mf", text).ok());
  EXPECT_TRUE(feed(before, "d", "abc").ok());
  EXPECT_TRUE(feed(before, "not named", "x").ok());
  EXPECT_TRUE(feed(before, "d", "abd").error().is(Code::kInvalidArgument));

  EXPECT_TRUE(feed(after, "not named", "x").ok());
  EXPECT_TRUE(feed(after, "d", "abd").ok());
  EXPECT_TRUE(after.take_manifest("a.mf", text).error().is(Code::kInvalidArgument));

  EXPECT_TRUE(none.end().ok());
  EXPECT_TRUE(feed(none, "d", "abd").ok());
  EXPECT_TRUE(is_manifest_name("x.MF"));
  EXPECT_FALSE(is_manifest_name("x.mf.vmdk"));
}

}  // namespace
}  // namespace rig::vsphere
