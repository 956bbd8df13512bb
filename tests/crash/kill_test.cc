// crash/kill_test.cc — kill -9 of virtrigaud and of its provider at any moment of creates and deletes: nothing that was
// acknowledged is lost, nothing is made twice, nothing is left over.
#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "base/text.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

constexpr int kNames = 6;             // machines that come and go
constexpr Duration kLongest = 400ms;  // from a start, or the kill before, to the next kill
constexpr Duration kConverge = 90s;

// What the API server has acknowledged: uid by name. A name in doubt had a request under way when the server was
// killed.
struct Acknowledged {
  std::map<std::string, std::string> alive;
  std::set<std::string> deleted, doubt;  // deleted: uids
};

class Kill : public Suite {
 protected:
  Kill() {
    const char* given = std::getenv("RIG_TEST_SEED");
    const unsigned seed = given == nullptr ? std::random_device()() : static_cast<unsigned>(*parse_int(given));
    std::fprintf(stderr, "RIG_TEST_SEED=%u\n", seed);  // not buffered: it is wanted when all else is lost
    random_.seed(seed);
  }
  // The moment of a kill is drawn: there is nothing to wait for.
  static void let_pass(Duration time) {
    eventually(time, [] { return false; });
  }
  int below(int end) { return std::uniform_int_distribution(0, end - 1)(random_); }

  // Creates or deletes machines until the server is gone, or `stop`.
  void use(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const std::string name = "m" + std::to_string(below(kNames));
      const bool ok = known_.alive.contains(name) && !known_.doubt.contains(name) ? remove(name) : make(name);
      if (!ok) return;
      eventually(std::chrono::milliseconds(below(60)), [&] { return stop.stop_requested(); });
    }
  }

  // Stopped ones mostly: what is made and unmade matters here, not what runs.
  bool make(const std::string& name) {
    const std::string spec =
        below(5) == 0 ? "imageRef: {name: blank}" : "powerState: \"Off\"\ndisks: [{name: data, sizeGiB: 1}]";
    const Status created = rig().create(machine(name, spec));
    if (!created.ok() && !created.error().is(Code::kAlreadyExists)) return in_doubt(name, created.error());
    const auto now = rig().get<VirtualMachine>(name);
    if (!now.ok() && now.error().is(Code::kNotFound)) return true;  // its deletion has just ended
    if (!now.ok()) return in_doubt(name, now.error());
    if (!now->meta.is_deleting()) known_.alive[name] = now->meta.uid;
    known_.doubt.erase(name);
    return true;
  }

  bool remove(const std::string& name) {
    const Status removed = rig().remove<VirtualMachine>(name);
    if (!removed.ok()) return in_doubt(name, removed.error());
    known_.deleted.insert(known_.alive.at(name));
    known_.alive.erase(name);
    return true;
  }

  bool in_doubt(const std::string& name, const Error& error) {
    EXPECT_EQ(remedy(error.code()), Remedy::kRetry) << error.to_string();
    known_.doubt.insert(name);
    return false;
  }

  void expect_acknowledged_writes() {
    std::map<std::string, VirtualMachine> now;
    for (VirtualMachine& vm : rig().vms()) now.emplace(vm.meta.name, std::move(vm));
    for (const auto& [name, uid] : known_.alive) {
      if (known_.doubt.contains(name)) continue;
      ASSERT_TRUE(now.contains(name)) << name << " was acknowledged and is gone";
      EXPECT_EQ(now.at(name).meta.uid, uid);
      EXPECT_FALSE(now.at(name).meta.is_deleting()) << name;
    }
    for (const auto& [name, vm] : now)
      EXPECT_TRUE(!known_.deleted.contains(vm.meta.uid) || vm.meta.is_deleting())
          << name << " was deleted and lives again";
    for (const std::string& name : known_.doubt) {
      known_.alive.erase(name);
      if (now.contains(name) && !now.at(name).meta.is_deleting()) known_.alive[name] = now.at(name).meta.uid;
    }
    known_.doubt.clear();
  }

  // While the user works on, something is killed.
  void round() {
    const bool whole = below(2) == 0;
    const Duration when = std::chrono::milliseconds(below(static_cast<int>(kLongest / 1ms)));
    {
      std::jthread user([this](const std::stop_token& stop) { use(stop); });
      let_pass(when);
      if (whole) {
        rig().kill();
      } else {
        for (const pid_t provider : rig().providers()) ::kill(provider, SIGKILL);
        let_pass(std::chrono::milliseconds(below(200)));
      }
    }
    if (whole) rig().start();
    expect_acknowledged_writes();
  }

  // Everything is as asked: made, or gone.
  bool converges() {
    return eventually(kConverge, [&] {
      const auto vms = rig().vms();
      return std::ranges::all_of(vms, [](const VirtualMachine& vm) {
        return !vm.meta.is_deleting() && vm.status.observed_generation == vm.meta.generation &&
               told(vm, condition::kReady).starts_with("True");
      });
    });
  }

  std::string unsettled() {
    std::string text;
    for (const VirtualMachine& vm : rig().vms())
      text += vm.meta.name + (vm.meta.is_deleting() ? " (deleting): " : ": ") + told(vm, condition::kReady) + "\n";
    return text;
  }

  // One domain and its volumes for every object, and nothing besides.
  void expect_exactly(const Inventory& before) {
    std::set<std::string> domains, files;
    for (const auto& [name, xml] : before.domains) domains.insert(name);
    for (const auto& [name, digest] : before.files) files.insert(name);
    for (const VirtualMachine& vm : rig().vms()) {
      const std::string id = vm.meta.annotation("virtrigaud.io/machine-id");
      EXPECT_TRUE(domains.insert(vm.status.id).second);
      EXPECT_TRUE(has(host().xml(id), "uid=\"" + vm.meta.uid + "\"")) << vm.meta.name;
      files.insert({id + "-root.qcow2", id + "-seed.iso"});
      for (const auto& disk : vm.spec.disks) files.insert(id + "-disk-" + disk.name + ".qcow2");
    }
    std::set<std::string> domains_now, files_now;
    const Inventory now = host().inventory();
    for (const auto& [name, xml] : now.domains) domains_now.insert(name);
    for (const auto& [name, digest] : now.files) files_now.insert(name);
    EXPECT_EQ(domains_now, domains);
    EXPECT_EQ(files_now, files);
  }

 private:
  std::mt19937 random_;
  Acknowledged known_;
};

TEST_F(Kill, OfEitherAtAnyMomentLosesAndDoublesNothing) {
  const char* wanted = std::getenv("RIG_TEST_KILLS");
  const int kills = wanted == nullptr ? 20 : static_cast<int>(*parse_int(wanted));
  const Inventory before = host().inventory();
  for (int i = 0; i < kills && !HasFatalFailure(); ++i) round();
  EXPECT_TRUE(converges()) << unsettled();
  expect_exactly(before);
  EXPECT_EQ(rig().providers().size(), 1U) << "one process serves the one Provider";
}

}  // namespace
}  // namespace rig::e2e
