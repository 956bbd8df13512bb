// libvirt/live/storage_live_test.cc — a pool that is full, off, or of another kind.
#include <filesystem>

#include "base/file.h"
#include "base/run_test.h"
#include "base/uuid.h"
#include "http/server.h"
#include "hypervisor/libvirt/live/host.h"
#include "hypervisor/libvirt/storage_xml.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;

// A pool of 2 MiB: a tmpfs that only the host sees.
class StorageLive : public LiveTest {
 protected:
  void SetUp() override {
    folder_ = "/tmp/rig-small-" + random_suffix(6);
    name_ = folder_.substr(5);
    std::filesystem::create_directories(folder_);
    ASSERT_EQ(run({environment().exec, "mount", "-t", "tmpfs", "-o", "size=2m", "none", folder_}).status, 0);
    pool_ = Pool{virStoragePoolCreateXML(outside(), folder_pool_xml(name_, folder_).c_str(), 0)};
    ASSERT_NE(pool_, nullptr);
  }
  void TearDown() override {
    virStoragePoolDestroy(pool_.get());
    run({environment().exec, "umount", folder_});
    std::filesystem::remove(folder_);
  }

  std::string folder_, name_;
  Pool pool_;
};

TEST_F(StorageLive, AFullPoolTakesNoDiskAndKeepsNothing) {
  const auto before = volume_names();
  auto spec = small("full");
  spec.disks = {{.name = "data", .size_bytes = 64 << 20, .provisioning = "thick", .storage = name_}};
  const auto ref = reserve(spec);
  const auto created = finish(provider().create(ref, spec, within(10s)));
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code(), Code::kResourceExhausted) << created.error().to_string();
  EXPECT_EQ(describe(ref).existence, provider::Existence::kGone);
  EXPECT_EQ(volume_names(), before);
  EXPECT_TRUE(volume_names(name_).empty());
}

TEST_F(StorageLive, AFullPoolTakesNoImageAndKeepsNothing) {
  const std::string guest = *read_file(environment().guest_image, 1U << 30);
  for (const bool size_known : {true, false}) {
    const auto server = std::move(*http::Server::start({}, [&](const http::ServerRequest&, http::Responder& out) {
      if (size_known) return out.send({200, {}, guest});
      out.begin(200, {});
      out.write(guest);
    }));
    const provider::ImageRequest request{.key = random_uuid(),
                                         .name = "image",
                                         .path = "",
                                         .url = "http://127.0.0.1:" + std::to_string(server->port()) + "/x",
                                         .format = "",
                                         .checksum = "",
                                         .checksum_type = "",
                                         .storage = name_};
    const auto coming = provider().images().prepare(request, within(10s));
    ASSERT_TRUE(coming.ok()) << coming.error().to_string();
    const auto fetched = finish(coming->task);
    ASSERT_FALSE(fetched.ok());
    EXPECT_EQ(fetched.error().code(), Code::kResourceExhausted) << fetched.error().to_string();
    EXPECT_TRUE(volume_names(name_).empty());
  }
}

TEST_F(StorageLive, APoolThatIsNotActiveSaysHowToStartIt) {
  const std::string name = name_ + "-off", folder = folder_ + "-off";
  const Pool off{virStoragePoolDefineXML(outside(), folder_pool_xml(name, folder).c_str(), 0)};
  ASSERT_NE(off, nullptr);
  auto spec = small("off");
  spec.placement.storage = name;
  const auto created = finish(provider().create(reserve(spec), spec, within(10s)));
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code(), Code::kFailedPrecondition);
  EXPECT_NE(created.error().to_string().find("virsh pool-start " + name), std::string::npos)
      << created.error().to_string();
  virStoragePoolUndefine(off.get());
}

}  // namespace
}  // namespace rig::libvirt::live
