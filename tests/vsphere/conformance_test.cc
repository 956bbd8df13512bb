// vsphere/conformance_test.cc — every promise of a provider, kept by this one on govmomi's simulator.
#include "provider/conformance/gtest.h"
#include "provider/conformance/served_test.h"
#include "vsphere/bed.h"

namespace rig::vsphere {
namespace {

using provider::conformance::Served;
using provider::conformance::Subject;

Subject& in_process() {
  static Bed bed(vcsim());
  static Subject subject = bed.subject("vSphere on vcsim in process");
  return subject;
}

Subject& over_grpc() {
  static Bed bed(vcsim());
  static Served served(bed, bed.subject("vSphere on vcsim over gRPC"));
  return served.subject;
}

// What the simulator cannot show, and why. Each stands for a case that another subject of this provider has to pass.
const std::set<std::string_view> kNotOfTheSimulator = {
    "create_id_foreign",          // vCenter chooses ids: there is none between reserve() and create()
    "create_storage_full",        // its datastores take everything
    "describe_foreign_same_id",   // nor gives it one a second time
    "describe_paused",            // vSphere pauses no machines
    "lock_contention_backs_off",  // nobody holds machines
    "power_off_graceful_obeys",   // its machines do not boot, so none of them has an address
    "watch_10000",                // the simulator would have to make them one by one
    // It fetches nothing: the image is a template that is there.
    "image_bad_checksum_leaves_nothing",
    "image_prepare_progress_checksum",
    "image_prepared_concurrently_once",
};

const bool kRegistered =
    provider::conformance::register_cases("ConformanceOfVsphereInProcess", &in_process, kNotOfTheSimulator) &&
    provider::conformance::register_cases("ConformanceOfVsphereOverGrpc", &over_grpc, kNotOfTheSimulator);

TEST(ConformanceOfVsphere, IsRegistered) {
  EXPECT_TRUE(kRegistered);
  EXPECT_LE(kNotOfTheSimulator.size(), 12U);
}

}  // namespace
}  // namespace rig::vsphere
