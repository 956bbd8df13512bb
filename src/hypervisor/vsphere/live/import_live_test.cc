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
#include "hypervisor/vsphere/tar_test.h"

namespace rig::vsphere::live {
namespace {

using namespace std::chrono_literals;

constexpr char kDescriptor[] = R"(<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
<References><File ovf:href="d.vmdk" ovf:id="file1" ovf:size="3000000"/></References>
<DiskSection><Info>d</Info><Disk ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk1"
  ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
</DiskSection>
<VirtualSystem ovf:id="imp"><Info>v</Info><Name>imp</Name>
<OperatingSystemSection ovf:id="101"><Info>o</Info></OperatingSystemSection>
<VirtualHardwareSection><Info>h</Info>
<System><vssd:ElementName>Virtual Hardware Family</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>
<vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType></System>
<Item><rasd:ElementName>cpu</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID>
<rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>mem</rasd:ElementName>
<rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType>
<rasd:VirtualQuantity>256</rasd:VirtualQuantity></Item>
<Item><rasd:Address>0</rasd:Address><rasd:ElementName>scsi</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID>
<rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:ElementName>disk0</rasd:ElementName>
<rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID>
<rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
</VirtualHardwareSection></VirtualSystem></Envelope>)";

class ImportLive : public LiveTest {
 protected:
  ImportLive() {
    const std::string disk(3'000'000, 'd');
    archive_ = tar_file("a.ovf", kDescriptor) + tar_file("d.vmdk", disk) + tar_end();
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

  const std::string kOvf = kDescriptor;
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
  EXPECT_TRUE(refused.error().is(Code::kDataLoss)) << refused.error().to_string();
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
