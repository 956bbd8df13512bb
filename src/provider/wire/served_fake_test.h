// provider/wire/served_fake_test.h — for tests: a unix socket of its own, and a server with a fake behind it.
#pragma once

#include <gtest/gtest.h>

#include "base/folder_test.h"
#include "provider/fake/fake_provider.h"
#include "provider/wire/transport.h"

namespace rig::provider::wire {

class SocketFolder {
 public:
  std::string address(const std::string& name = "s") const { return "unix:" + folder_ / name; }

 private:
  const TestFolder folder_;
};

inline Call within(Duration time) { return {std::chrono::steady_clock::now() + time, {}, "test"}; }
inline Call soon() { return within(std::chrono::seconds(20)); }

class ServedFake {
 public:
  explicit ServedFake(fake::Options options = {}) : fake(clock, std::move(options)) {
    ServerOptions served;
    served.address = folder.address();
    served.provider = "default/lab";
    server = serve(fake, served).take();
    client = connect(folder.address(), {}).take();
  }

  SystemClock clock;
  fake::FakeProvider fake;
  SocketFolder folder;
  std::unique_ptr<Server> server;
  std::unique_ptr<Provider> client;
};

inline MachineSpec small(const std::string& name) {
  MachineSpec spec;
  spec.display_name = name;
  spec.hostname = name;
  spec.root_disk_bytes = 1 << 20;
  spec.nics = {{"eth0", "", "default", "", "", {}, {}, {}}};
  return spec;
}
inline MachineRef ref_of(const std::string& name) {
  return {{"cluster", "default", name, "uid-" + name}, "machine-" + name, name, false};
}

}  // namespace rig::provider::wire
