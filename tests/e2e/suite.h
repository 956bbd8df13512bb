// e2e/suite.h — what the tests of a suite share: one virtrigaud with the quick start's objects, and the host.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "api/core/secret.h"
#include "api/reasons.h"
#include "api/v1beta1/provider.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_network_attachment.h"
#include "e2e/host.h"
#include "e2e/standalone.h"

namespace rig::e2e {

using namespace std::chrono_literals;
using api::v1beta1::MachinePhase;
using api::v1beta1::PowerState;
namespace condition = api::condition;

inline constexpr Duration kBoot = std::chrono::seconds(90);  // emulated, beside whatever else this machine does
inline constexpr Duration kSoon = std::chrono::seconds(30);  // what takes no boot

// A file of deploy/samples/quickstart, turned to this host and its image. Images may lie in `images`, too.
json::Value sample(std::string_view file, const std::string& images = {});
// The quick start's machine under another name; members of its spec are replaced by those of `spec` (YAML; null: none).
json::Value machine(std::string_view name, std::string_view spec = {});
json::Value object(std::string_view yaml);

// "True ReconcileSuccess The machine is on, as asked."; "" without that condition.
std::string told(const std::vector<api::Condition>& conditions, std::string_view type);
template <class T>
std::string told(const T& object, std::string_view type) {
  return told(object.status.conditions, type);
}
bool has(std::string_view text, std::string_view part);

// The quick start's objects but the machine, and VMImage `blank`: nothing boots from it, so that a machine is on at
// once. Its file lies in `folder`.
void create_foundation(Client& client, const std::string& folder);
void lay_foundation(Standalone& rig);      // that, and waits until the Provider answers
void take_up_foundation(Standalone& rig);  // until nothing of it is left

// After each test everything that it made is deleted, and the host must be as it was before.
class Suite : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  static Standalone& rig() { return *rig_; }
  static Host& host() { return *host_; }
  static v1::VirtualMachine vm(const std::string& name) { return rig().vm(name); }
  // What the machine is known by on the host. "" before it was claimed.
  static std::string id_of(const std::string& name) { return vm(name).meta.annotation("virtrigaud.io/machine-id"); }

  void create(const json::Value& object);
  bool becomes_ready(const std::string& name, Duration time);
  // Until the condition's text begins so. Answers what it was in the end.
  std::string until_told(const std::string& name, std::string_view type, std::string_view beginning, Duration time);

 private:
  static std::unique_ptr<Standalone> rig_;
  static std::unique_ptr<Host> host_;
  Inventory before_;
};

}  // namespace rig::e2e
