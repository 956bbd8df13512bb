// fleet/credentials_test.cc — a Secret as files.
#include "fleet/credentials.h"
#include "base/folder_test.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/file.h"

namespace rig::fleet {
namespace {

TEST(Credentials, AreOneFilePerKeyThatOnlyWeMayRead) {
  const TestFolder folder;
  const std::string path = folder / "credentials";
  ASSERT_TRUE(project_credentials(path, {{"username", "admin"}, {"password", std::string("a\0b", 3)}}).ok());
  EXPECT_EQ(read_file(path + "/username").take(), "admin");
  EXPECT_EQ(read_file(path + "/password").take(), std::string("a\0b", 3));
  EXPECT_EQ(mode_of(path), 0700U);
  EXPECT_EQ(mode_of(path + "/password"), 0600U);
}

TEST(Credentials, FollowTheSecretAndLeaveNothingOfTheOldOne) {
  const TestFolder folder;
  ASSERT_TRUE(project_credentials(folder.path(), {{"username", "admin"}, {"password", "old"}}).ok());
  ASSERT_TRUE(project_credentials(folder.path(), {{"password", "new"}, {"ssh-privatekey", "key"}}).ok());
  EXPECT_EQ(read_file(folder / "password").take(), "new");
  EXPECT_EQ(read_file(folder / "ssh-privatekey").take(), "key");
  EXPECT_EQ(read_file(folder / "username").error().code(), Code::kNotFound);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    if (entry.is_regular_file()) {
      EXPECT_NE(read_file(entry.path().string()).take(), "old") << entry.path();
    }
}

TEST(Credentials, ChangeAllAtOnce) {
  const TestFolder folder;
  const auto write = [&](const std::string& value) {
    return project_credentials(folder.path(), {{"username", value}, {"password", value}});
  };
  ASSERT_TRUE(write("0").ok());
  std::atomic<bool> done = false;
  int mixed = 0, seen = 0;
  std::jthread reader([&] {
    while (!done) {  // through the link that is swapped, as a reader sees one version
      std::error_code error;
      const std::string version = std::filesystem::read_symlink(folder / "..data", error).string();
      const auto username = read_file(folder / (version + "/username")),
                 password = read_file(folder / (version + "/password"));
      if (!username.ok() || !password.ok()) continue;  // replaced meanwhile
      ++seen;
      if (*username != *password) ++mixed;
    }
  });
  for (int i = 1; i <= 100; ++i) ASSERT_TRUE(write(std::to_string(i)).ok());
  done = true;
  reader.join();
  EXPECT_EQ(mixed, 0);
  EXPECT_GT(seen, 0);
}

TEST(Credentials, OfNamesThatAreNoFileNamesAreRefused) {
  const TestFolder folder;
  for (const char* name : {"", ".", "..", "..data", "a/b", "../x"})
    EXPECT_EQ(project_credentials(folder / "c", {{name, "x"}}).error().code(), Code::kInvalidArgument) << name;
}

}  // namespace
}  // namespace rig::fleet
