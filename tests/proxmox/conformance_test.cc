// proxmox/conformance_test.cc — every promise of a provider, kept by this one on a fake cluster.
#include "provider/conformance/gtest.h"
#include "provider/conformance/served_test.h"
#include "proxmox/bed.h"

namespace rig::proxmox {
namespace {

using provider::conformance::Served;
using provider::conformance::Subject;

Subject& in_process() {
  static Bed bed;
  static Subject subject = bed.subject("Proxmox VE in process");
  return subject;
}

// Here the account has a password, and logs in.
Subject& over_grpc() {
  static Bed bed({.has_password = true});
  static Served served(bed, bed.subject("Proxmox VE over gRPC"));
  return served.subject;
}

const bool kRegistered =
    provider::conformance::register_cases("ConformanceOfProxmoxInProcess", &in_process,
                                          {"session_expiry_single_flight"}) &&  // with an API token nobody logs in
    provider::conformance::register_cases("ConformanceOfProxmoxOverGrpc", &over_grpc, {});

TEST(ConformanceOfProxmox, IsRegistered) { EXPECT_TRUE(kRegistered); }

}  // namespace
}  // namespace rig::proxmox
