// vsphere/on_fake.h — the bed on our strict fake of a vCenter, with a package to import and what only a fake can be
// made to do.
#pragma once

#include <atomic>

#include "fakes/vcenter/server.h"
#include "http/server.h"
#include "vsphere/bed.h"

namespace rig::vsphere {

// Serves an OVA of a small machine.
class Shop {
 public:
  Shop();
  provider::ImageRequest image() const;
  std::int64_t downloads() const { return downloads_; }

 private:
  const std::string package_;
  std::atomic<std::int64_t> downloads_ = 0;
  std::unique_ptr<http::Server> door_;
};

class BedOnFake final : public Bed {
 public:
  BedOnFake(fakes::vcenter::Fake& fake, Shop& shop, Duration patience);
  Result<std::vector<provider::MachineRef>> add_machines(const provider::MachineRef& model, std::size_t count) override;
  Result<std::int64_t> downloads() override { return shop_.downloads(); }
  Status clean() override;

 private:
  fakes::vcenter::Fake& fake_;
  Shop& shop_;
  std::vector<fakes::vcenter::Ref> added_;  // by add_machines()
};

struct OnFake {
  explicit OnFake(Duration patience = kAnswerMax) : bed(*fake, shop, patience) {}  // of the provider, for an answer

  const SystemClock clock{};
  const std::unique_ptr<fakes::vcenter::Fake> fake = fakes::vcenter::Fake::start(clock).take();
  Shop shop;
  BedOnFake bed;
};

}  // namespace rig::vsphere
