// vsphere/live/import_live_test.cc — packages imported into a simulated vCenter, which counts their bytes and keeps
// none.
#include "hypervisor/vsphere/import.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.h"
#include "base/uuid.h"
#include "http/server.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/live/center.h"
#include "hypervisor/vsphere/look.h"
#include "hypervisor/vsphere/package_test.h"

namespace rig::vsphere::live {
namespace {

using namespace std::chrono_literals;

class ImportLive : public LiveTest {
 protected:
  ImportLive() {
    const std::string disk(3'000'000, 'd');
    archive_ = tar_file("a.ovf", kSampleDescriptor) + tar_file("d.vmdk", disk) + tar_end();
    server_ = http::Server::start({}, [this, disk](const http::ServerRequest& in, http::Responder& out) {
                const std::string& body = in.target == "/a.ova" ? archive_ : in.target == "/d.vmdk" ? disk : kOvf;
                out.send({.status = 200, .headers = {}, .body = body});
              }).take();
    request_.key = random_suffix(8);
    request_.name = "image";
    request_.url = url("/a.ova");
  }
  ~ImportLive() override {
    for (const MoRef& left : machines()) {
      const auto task = ask(session(), Destroy{left}, within(30s));
      EXPECT_TRUE(task.ok() && follow_task(session(), *task, quietly, within(30s)).ok());
    }
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  std::vector<MoRef> machines() {
    std::vector<MoRef> found;
    const auto catalogue = read_catalogue(session(), /*with_machines=*/true, within(30s));
    EXPECT_TRUE(catalogue.ok());
    for (const Entity* entity : catalogue->all(kTemplate))
      if (entity->props.name == image_name(request_)) found.push_back(entity->self);
    return found;
  }
  Status import(Session& session, const OnProgress& progress = quietly) {
    Host to = host(session);
    to.defaults.cluster = "/DC0/host/DC0_C0";
    return import_image(to, request_, progress, within(1min));
  }

  const std::string kOvf = kSampleDescriptor;
  std::string archive_;
  provider::ImageRequest request_;
  std::unique_ptr<http::Server> server_;
};

TEST_F(ImportLive, AnOvaIsATemplateThatMachinesAreMadeFrom) {
  request_.checksum = sha256_hex(archive_);
  provider::TaskProgress last;
  Status done = import(session(), [&](const provider::TaskProgress& now) { last = now; });
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_EQ(last.bytes_done, static_cast<std::int64_t>(archive_.size()));
  ASSERT_EQ(machines().size(), 1U);
  EXPECT_EQ(read_sight(session(), machines()[0], within(30s))->props.is_template, true);
  done = import(session());
  ASSERT_TRUE(done.ok()) << "found: " << done.error().to_string();
  EXPECT_EQ(machines().size(), 1U);

  provider::MachineSpec spec = small("fromova");
  spec.image.location = image_name(request_);
  const provider::MachineRef ref = created(spec);
  EXPECT_EQ(describe(ref).existence, provider::Existence::kOurs);
}

TEST_F(ImportLive, AnOvfAndTheFileBesideIt) {
  request_.url = url("/x.ovf");
  const Status done = import(session());
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_EQ(machines().size(), 1U);
}

TEST_F(ImportLive, ABadSumLeavesNothing) {
  request_.checksum = std::string(64, '0');
  const Status refused = import(session());
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kInvalidArgument)) << refused.error().to_string();
  EXPECT_TRUE(machines().empty());
}

TEST_F(ImportLive, ALostAnswerMakesNoSecondTemplate) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE(n);
    request_.key = random_suffix(8);
    LossySession lossy(session());
    lossy.lose(n);
    Status done = import(lossy);
    const bool lost = lossy.has_lost();
    if (lost) done = import(session());
    ASSERT_TRUE(done.ok()) << done.error().to_string();
    EXPECT_EQ(machines().size(), 1U);
    if (!lost) break;
    EXPECT_LT(n, 10);
    const auto gone = ask(session(), Destroy{machines()[0]}, within(30s));
    EXPECT_TRUE(gone.ok() && follow_task(session(), *gone, quietly, within(30s)).ok());
  }
}

}  // namespace
}  // namespace rig::vsphere::live
