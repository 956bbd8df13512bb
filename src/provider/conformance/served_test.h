// provider/conformance/served_test.h — a subject whose provider is asked over gRPC.
#pragma once

#include <memory>
#include <utility>

#include "base/folder_test.h"
#include "provider/conformance/conformance.h"
#include "provider/wire/transport.h"

namespace rig::provider::conformance {

class Served {
 public:
  // `bed` has on_restart(before, after): told before the provider goes, and when the next one is there. It outlives
  // this.
  template <class Bed>
  Served(Bed& bed, Subject of) : subject(std::move(of)) {
    options_.address = "unix:" + folder_ / "s";
    bed.on_restart([this] { server_.reset(); },
                   [this](Provider& provider) { server_ = wire::serve(provider, options_).take(); });
    client_ = wire::connect(options_.address, {}).take();
    subject.provider = [this]() -> Provider& { return *client_; };
  }

  Subject subject;

 private:
  const TestFolder folder_;
  wire::ServerOptions options_;
  std::unique_ptr<wire::Server> server_;
  std::unique_ptr<Provider> client_;
};

}  // namespace rig::provider::conformance
