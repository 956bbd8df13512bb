// provider/wire/convert_test.cc — decode(encode(x)) is x, for every field and for random values.
#include "provider/wire/internal/convert.h"

#include <gtest/gtest.h>

#include <random>

#include "provider/v1/provider.pb.h"
#include "rig/provider/v1/machines.pb.h"

namespace rig::provider::wire {
namespace {

// Values that are all different, so that two fields that are mixed up are noticed.
class Invent {
 public:
  explicit Invent(std::uint64_t seed) : random_(seed) {}

  std::string text() { return "text-" + std::to_string(number()) + "\xc3\xa4"; }
  std::int64_t number() { return std::uniform_int_distribution<std::int64_t>(1, 1LL << 50)(random_); }
  std::int32_t small() { return std::uniform_int_distribution<std::int32_t>(1, 1 << 20)(random_); }
  bool coin() { return (random_() & 1U) != 0; }
  std::size_t few() { return random_() % 4; }
  WallTime time() { return WallTime(Duration(number())); }
  std::vector<std::string> texts() {
    std::vector<std::string> all(few());
    for (std::string& one : all) one = text();
    return all;
  }
  std::map<std::string, std::string> map() {
    std::map<std::string, std::string> all;
    for (std::size_t i = few(); i > 0; --i) all[text()] = text();
    return all;
  }
  template <class Enum>
  Enum one_of(int count) {
    return static_cast<Enum>(random_() % static_cast<unsigned>(count));
  }

  Owner owner() { return {text(), text(), text(), text()}; }
  MachineRef ref() { return {owner(), text(), text(), coin()}; }
  MachineSpec spec() {
    MachineSpec all;
    all.display_name = text(), all.hostname = text();
    all.cpus = small(), all.memory_mib = number();
    all.firmware = one_of<Firmware>(2);
    all.secure_boot = coin(), all.tpm = coin(), all.nested_virtualization = coin();
    all.image = {text(), text()};
    all.root_disk_bytes = number();
    for (std::size_t i = few(); i > 0; --i) all.disks.push_back({text(), number(), text(), text()});
    for (std::size_t i = few(); i > 0; --i) {
      NicSpec nic{text(), text(), text(), text(), text(), {}, {}, {}};
      if (coin()) nic.vlan = small();
      if (coin()) nic.mtu = small();
      if (coin()) nic.native = json::Object{{text(), number()}, {"list", json::Array{text(), true, {}}}};
      nic.addresses = texts(), nic.gateways = texts(), nic.nameservers = texts();
      all.nics.push_back(std::move(nic));
    }
    all.seed = {text() + std::string("\0\xff", 2), text(), text()};
    all.placement = {text(), text(), text(), text(), text(), text()};
    for (const auto limit : {&Limits::cpu_reservation_mhz, &Limits::cpu_limit_mhz, &Limits::cpu_shares,
                             &Limits::memory_reservation_mib, &Limits::memory_limit_mib})
      if (coin()) all.limits.*limit = number();
    all.tags = texts(), all.extra_config = map();
    return all;
  }
  Machine machine() {
    Machine all;
    all.ref = ref();
    all.existence = one_of<Existence>(5);
    all.detail = text(), all.host = text(), all.version = text();
    all.power = one_of<Power>(4);
    if (coin()) all.booted_at = time();
    if (coin()) all.addresses_read_at = time();
    all.addresses = texts();
    all.guest_hostname = text(), all.console_url = text();
    all.running = spec(), all.configured = spec();
    all.facts = map();
    return all;
  }
  Plan plan() {
    Plan all{text(), {}};
    for (std::size_t i = few(); i > 0; --i) all.changes.push_back({text(), text(), text(), one_of<Cost>(4), text()});
    return all;
  }
  Capabilities capabilities() {
    Capabilities all;
    for (bool* one : {&all.reconfigure_online, &all.disk_expansion_online, &all.snapshots, &all.memory_snapshots,
                      &all.linked_clones, &all.image_import, &all.disk_export, &all.disk_import,
                      &all.export_compression, &all.proves_absence})
      *one = coin();
    for (auto* one : {&all.disk_types, &all.network_types, &all.export_formats, &all.import_formats,
                      &all.export_backends, &all.import_backends, &all.transfer_modes, &all.unsupported_fields})
      *one = texts();
    all.event_latency = Duration(number());
    all.mac_prefix = text(), all.hypervisor_version = text();
    return all;
  }

 private:
  std::mt19937_64 random_;
};

template <class Message, class Value>
auto there_and_back(const Value& value) {
  Message message;
  encode(value, message);
  Message read;
  EXPECT_TRUE(read.ParseFromString(message.SerializeAsString()));
  return decode(read);
}

TEST(Convert, BringsEveryValueBackAsItWas) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Invent invent(seed);
  for (int i = 0; i < 200; ++i) {
    const MachineRef ref = invent.ref();
    EXPECT_EQ(there_and_back<v1::MachineRef>(ref), ref);
    const MachineSpec spec = invent.spec();
    EXPECT_EQ(*there_and_back<v1::MachineSpec>(spec), spec);
    const Machine machine = invent.machine();
    EXPECT_EQ(*there_and_back<v1::Machine>(machine), machine);
    const Plan plan = invent.plan();
    EXPECT_EQ(*there_and_back<v1::Plan>(plan), plan);
    const ImageRequest image{invent.text(), invent.text(), invent.text(), invent.text(), invent.text(), invent.text(),
                             invent.text(), invent.text(), invent.text(), invent.text(), true};
    EXPECT_EQ(there_and_back<v1::ImageRequest>(image), image);
    const PreparedImage prepared{invent.text(), invent.text(), invent.number(), {invent.text()}};
    EXPECT_EQ(there_and_back<v1::PreparedImage>(prepared), prepared);
    const Health health{invent.coin(), invent.text(), invent.time()};
    EXPECT_EQ(there_and_back<v1::Health>(health), health);
    const Capabilities capabilities = invent.capabilities();
    EXPECT_EQ(there_and_back<::provider::v1::GetCapabilitiesResponse>(capabilities), capabilities);
  }
}

TEST(Convert, BringsTaskStatesBackWithTheirErrors) {
  using Phase = TaskState::Phase;
  for (const Phase phase : {Phase::kRunning, Phase::kDone, Phase::kFailed, Phase::kForgotten}) {
    TaskState state{phase, "copy", "vm-7", 40, 4, 10, {}};
    if (phase == Phase::kFailed)
      state.error = Error(Code::kResourceExhausted, "pool is full")
                        .with_hint("Make room.")
                        .with_retry_after(std::chrono::seconds(7));
    const TaskState back = there_and_back<v1::TaskState>(state).take();
    EXPECT_EQ(back.phase, phase);
    EXPECT_EQ(back.step, "copy");
    EXPECT_EQ(back.result_id, "vm-7");
    EXPECT_EQ(back.percent, 40);
    EXPECT_EQ(back.bytes_done, 4);
    EXPECT_EQ(back.bytes_total, 10);
    ASSERT_EQ(back.error.has_value(), state.error.has_value());
    if (!state.error) continue;
    EXPECT_EQ(back.error->to_string(), state.error->to_string());
    EXPECT_EQ(back.error->retry_after(), std::chrono::seconds(7));
  }
}

TEST(Convert, KeepsWhatWasBeingDoneInAnErrorsMessage) {
  const Error error =
      Error(Code::kAborted, "version moved").with_hint("Plan again (ABORTED).").with_context("apply web");
  v1::Failure message;
  encode(error, message);
  EXPECT_EQ(message.message(), "apply web: version moved");
  EXPECT_EQ(decode(message).to_string(), error.to_string());
}

TEST(Convert, BringsEachKindOfEventBack) {
  Invent invent(1);
  const Machine machine = invent.machine();
  const Event first = there_and_back<v1::WatchEvent>(Event{"1.7", machine}).take();
  EXPECT_EQ(first.resume, "1.7");
  EXPECT_EQ(std::get<Machine>(first.what), machine);
  const MachineRef ref = invent.ref();
  const Event second = there_and_back<v1::WatchEvent>(Event{"1.8", TaskEvent{ref, {"task-1"}, {}}}).take();
  EXPECT_EQ(std::get<TaskEvent>(second.what).ref, ref);
  EXPECT_EQ(std::get<TaskEvent>(second.what).id.text, "task-1");
  const Event third = there_and_back<v1::WatchEvent>(Event{"1.9", Synced{}}).take();
  EXPECT_TRUE(std::holds_alternative<Synced>(third.what));
}

TEST(Convert, AWordOfANewerPeerIsAnErrorAndNeverAGuess) {
  v1::Machine machine;
  encode(Machine{}, machine);
  machine.set_existence(static_cast<v1::Existence>(99));
  EXPECT_EQ(decode(machine).error().code(), Code::kUnknown);
  EXPECT_EQ(decode(v1::Machine()).error().code(), Code::kUnknown) << "nothing said about existence";
  EXPECT_FALSE(decode(v1::WatchEvent()).ok());
  v1::MachineSpec spec;
  spec.add_nics()->set_native_json("{");
  EXPECT_EQ(decode(spec).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace rig::provider::wire
