// vsphere/fake_conformance_test.cc — every promise of a provider, kept by this one on our strict fake of a vCenter:
// also those that govmomi's simulator cannot show.
#include "base/folder_test.h"
#include "provider/conformance/gtest.h"
#include "provider/wire/transport.h"
#include "vsphere/on_fake.h"

namespace rig::vsphere {
namespace {

using provider::conformance::Subject;

Subject& in_process() {
  static OnFake on;
  static Subject subject = on.bed.subject("vSphere on the strict fake in process");
  return subject;
}

// The same over the wire.
struct Served {
  Served() {
    options.address = "unix:" + folder / "s";
    on.bed.on_restart([this] { wire.reset(); },
                      [this](provider::Provider& provider) { wire = provider::wire::serve(provider, options).take(); });
    client = provider::wire::connect(options.address, {}).take();
    subject = on.bed.subject("vSphere on the strict fake over gRPC");
    subject.provider = [this]() -> provider::Provider& { return *client; };
  }
  ~Served() {
    client.reset();
    wire.reset();
  }
  OnFake on;
  const TestFolder folder;
  provider::wire::ServerOptions options;
  std::unique_ptr<provider::wire::Server> wire;
  std::unique_ptr<provider::Provider> client;
  Subject subject;
};

Subject& over_grpc() {
  static Served served;
  return served.subject;
}

// What does not apply, and why.
const std::set<std::string_view> kNotApplicable = {
    "create_id_foreign",         // vCenter chooses ids: there is none between reserve() and create()
    "describe_foreign_same_id",  // nor gives it one a second time
    "describe_paused",           // vSphere pauses no machines
    // The image is a template that is there; imports are tested in strict_test.cc.
    "image_bad_checksum_leaves_nothing",
    "image_prepare_progress_checksum",
    "image_prepared_concurrently_once",
};

const bool kRegistered =
    provider::conformance::register_cases("ConformanceOfVsphereOnFakeInProcess", &in_process, kNotApplicable) &&
    provider::conformance::register_cases("ConformanceOfVsphereOnFakeOverGrpc", &over_grpc, kNotApplicable);

TEST(ConformanceOfVsphereOnFake, IsRegistered) { EXPECT_TRUE(kRegistered); }

}  // namespace
}  // namespace rig::vsphere
