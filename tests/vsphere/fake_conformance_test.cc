// vsphere/fake_conformance_test.cc — every promise of a provider, kept by this one on our strict fake of a vCenter:
// also those that govmomi's simulator cannot show.
#include "provider/conformance/gtest.h"
#include "provider/conformance/served_test.h"
#include "vsphere/on_fake.h"

namespace rig::vsphere {
namespace {

using provider::conformance::Served;
using provider::conformance::Subject;

Subject& in_process() {
  static OnFake on;
  static Subject subject = on.bed.subject("vSphere on the strict fake in process");
  return subject;
}

Subject& over_grpc() {
  static OnFake on;
  static Served served(on.bed, on.bed.subject("vSphere on the strict fake over gRPC"));
  return served.subject;
}

// What does not apply, and why.
const std::set<std::string_view> kNotApplicable = {
    "create_id_foreign",          // vCenter chooses ids: there is none between reserve() and create()
    "describe_foreign_same_id",   // nor gives it one a second time
    "describe_paused",            // vSphere pauses no machines
    "lock_contention_backs_off",  // nothing holds a machine but the task at work on it
};

const bool kRegistered =
    provider::conformance::register_cases("ConformanceOfVsphereOnFakeInProcess", &in_process, kNotApplicable) &&
    provider::conformance::register_cases("ConformanceOfVsphereOnFakeOverGrpc", &over_grpc, kNotApplicable);

TEST(ConformanceOfVsphereOnFake, IsRegistered) { EXPECT_TRUE(kRegistered); }

}  // namespace
}  // namespace rig::vsphere
