// proxmox/conformance_test.cc — every promise of a provider, kept by this one on a fake cluster.
#include "provider/conformance/gtest.h"
#include "provider/wire/transport.h"
#include "proxmox/bed.h"

namespace rig::proxmox {
namespace {

using provider::conformance::Subject;

Subject& in_process() {
  static Bed bed;
  static Subject subject = bed.subject("Proxmox VE in process");
  return subject;
}

// The same over the wire.
struct Served {
  Served() {
    options.address = "unix:" + folder / "s";
    bed.on_restart([this] { wire.reset(); },
                   [this](provider::Provider& provider) { wire = provider::wire::serve(provider, options).take(); });
    client = provider::wire::connect(options.address, {}).take();
    subject = bed.subject("Proxmox VE over gRPC");
    subject.provider = [this]() -> provider::Provider& { return *client; };
  }
  ~Served() {
    client.reset();
    wire.reset();
  }
  Bed bed;
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

const bool kRegistered =
    provider::conformance::register_cases("ConformanceOfProxmoxInProcess", &in_process,
                                          {"session_expiry_single_flight"}) &&
    provider::conformance::register_cases("ConformanceOfProxmoxOverGrpc", &over_grpc, {"session_expiry_single_flight"});

TEST(ConformanceOfProxmox, IsRegistered) { EXPECT_TRUE(kRegistered); }

}  // namespace
}  // namespace rig::proxmox
