// base/file_test.cc — whole files, and what is left when a write does not succeed.
#include "base/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/fd.h"
#include "base/folder_test.h"

namespace rig {
namespace {

class File : public testing::Test {
 protected:
  std::size_t entries() const {
    const std::filesystem::directory_iterator all(folder_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  const TestFolder own_;
  const std::string& folder_ = own_.path();
};

TEST_F(File, IsReplacedWholeWithItsModeAndLeavesNothingBeside) {
  const std::string path = folder_ + "/state";
  ASSERT_TRUE(write_file(path, "first").ok());
  ASSERT_TRUE(write_file(path, std::string("sec\0nd", 6), 0600).ok());
  EXPECT_EQ(read_file(path).take(), std::string("sec\0nd", 6));
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(File, ThatCannotBeReplacedStaysAndLeavesNothingBeside) {
  const std::string path = folder_ + "/taken";
  ASSERT_TRUE(make_folder(path).ok());
  EXPECT_FALSE(write_file(path, "x").ok());
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(write_file(folder_ + "/none/x", "x").error().code(), Code::kNotFound);
}

TEST_F(File, IsReadUpToTheLimit) {
  const std::string path = folder_ + "/long", text(100'000, 'x');
  ASSERT_TRUE(write_file(path, text).ok());
  EXPECT_EQ(read_file(path, text.size()).take(), text);
  EXPECT_EQ(read_file(path, text.size() - 1).error().code(), Code::kResourceExhausted);
  EXPECT_EQ(read_file("/dev/zero").error().code(), Code::kResourceExhausted);
}

TEST_F(File, SaysWhyItCannotBeRead) {
  const Error absent = read_file(folder_ + "/absent").take_error();
  EXPECT_EQ(absent.to_string(), "open " + folder_ + "/absent: No such file or directory (NOT_FOUND)");
  EXPECT_EQ(read_file(folder_).error().code(), Code::kUnavailable);  // a folder can be opened, not read
}

TEST_F(File, FoldersAreMadeWithTheirParentsAndMayBeThere) {
  EXPECT_TRUE(make_folder(folder_ + "/a/b/c/", 0700).ok());
  EXPECT_TRUE(make_folder(folder_ + "/a/b/c", 0700).ok());
  EXPECT_EQ(mode_of(folder_ + "/a/b/c"), 0700U);
  ASSERT_TRUE(write_file(folder_ + "/file", "x").ok());
  EXPECT_EQ(make_folder(folder_ + "/file").error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(make_folder(folder_ + "/file/below").error().code(), Code::kFailedPrecondition);
}

TEST(Fd, IsClosedOnceByItsLastOwner) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  {
    const Fd owner(std::move(writer));
    EXPECT_FALSE(writer);
    EXPECT_EQ(::write(owner.get(), "x", 1), 1);
  }
  char buffer[2];
  EXPECT_EQ(::read(reader.get(), buffer, 2), 1);
  EXPECT_EQ(::read(reader.get(), buffer, 2), 0);  // the writer is closed
}

}  // namespace
}  // namespace rig
