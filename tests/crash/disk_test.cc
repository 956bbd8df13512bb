// crash/disk_test.cc — virtrigaud on a disk that is full or cannot be written: said with an error, nothing is lost,
// reads go on, and writes too as soon as there is space, without a restart.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "api/core/config_map.h"
#include "base/file.h"
#include "e2e/standalone.h"

namespace rig::e2e {
namespace {

using namespace std::chrono_literals;
using api::core::ConfigMap;

json::Value config_map(const std::string& name, std::size_t bytes) {
  json::Value object = json::Object{{"apiVersion", "v1"}, {"kind", "ConfigMap"}};
  object.set({"metadata", "name"}, name);
  object.set({"data", "filling"}, std::string(bytes, 'x'));
  return object;
}

// A Standalone that has everything on a small disk, which nobody else sees.
class Disk : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_EQ(::unshare(::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS), 0)
        << "needs namespaces, as tools/lab/host does";
    ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  }
  void SetUp() override { ASSERT_EQ(::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=16m"), 0); }
  void TearDown() override {
    rig_.reset();
    EXPECT_EQ(::umount2(disk_.c_str(), MNT_DETACH), 0);
  }

  const Folder folder_;
  const std::string& disk_ = folder_.path();
  std::unique_ptr<Standalone> rig_;
};

TEST_F(Disk, ThatIsFullRefusesWritesAndLosesNone) {
  rig_ = std::make_unique<Standalone>(std::nullopt, "debug", disk_);
  ASSERT_TRUE(rig_->create(config_map("before", 10)).ok());
  std::ofstream filler(disk_ + "/filler", std::ios::binary);
  const std::string chunk(1 << 16, 'x');
  while (filler.write(chunk.data(), static_cast<std::streamsize>(chunk.size())).flush()) {}

  // The log was made long before it is full: some writes may still find room in it.
  int stored = 0;
  Status refused;
  for (; refused.ok() && stored < 1000; ++stored)
    refused = rig_->create(config_map("n" + std::to_string(stored), 100'000));
  --stored;
  ASSERT_FALSE(refused.ok()) << "the disk never was full";
  const auto* detail = dynamic_cast<const kube::StatusDetail*>(refused.error().detail());
  ASSERT_NE(detail, nullptr) << refused.error().to_string();
  EXPECT_EQ(detail->status.text({"reason"}), "InsufficientStorage") << refused.error().to_string();
  EXPECT_EQ(rig_->get<ConfigMap>("before")->data.at("filling"), std::string(10, 'x')) << "reads go on";
  EXPECT_TRUE(rig_->is_gone<ConfigMap>("n" + std::to_string(stored)));

  filler.close();
  std::filesystem::remove(disk_ + "/filler");
  EXPECT_TRUE(eventually(20s, [&] { return rig_->create(config_map("after", 100'000)).ok(); }));
  for (int again = 0; again < 2; ++again, rig_->restart()) {
    EXPECT_TRUE(rig_->get<ConfigMap>("before").ok());
    EXPECT_TRUE(rig_->get<ConfigMap>("after").ok());
    for (int i = 0; i < stored; ++i) EXPECT_TRUE(rig_->get<ConfigMap>("n" + std::to_string(i)).ok()) << i;
  }
}

TEST_F(Disk, ThatIsReadOnlyIsNamedAtTheStart) {
  const std::string data = disk_ + "/data";
  std::filesystem::create_directory(data);
  ASSERT_EQ(::mount(data.c_str(), data.c_str(), nullptr, MS_BIND, nullptr), 0);
  ASSERT_EQ(::mount(nullptr, data.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);
  const Outcome outcome =
      run(program("virtrigaud"), {"--data-dir", data, "--runtime-dir", disk_ + "/r", "--listen", "127.0.0.1:0"});
  EXPECT_GT(outcome.status, 0);
  EXPECT_NE(outcome.output.find(data), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("Read-only file system"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace rig::e2e
