// e2e/events_test.cc — what happens on the host is in the status at once; what does not happen costs nothing.
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

// Follows one machine by a watch and remembers when each power state was first seen since the last clear().
class PowerLog {
 public:
  PowerLog(kube::Transport& transport, const std::string& name)
      : thread_([this, &transport, name](const std::stop_token& stop) { follow(transport, name, stop); }) {}

  void clear() {
    const std::lock_guard lock(mutex_);
    first_.clear();
  }
  std::optional<Time> first(const std::string& power, Duration time) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, time, [&] { return first_.contains(power); })) return std::nullopt;
    return first_.at(power);
  }

 private:
  void follow(kube::Transport& transport, const std::string& name, const std::stop_token& stop) {
    const auto request = kube::watch_request(VirtualMachine::kResource, "default",
                                             {.field_selector = "metadata.name=" + name}, std::chrono::minutes(10));
    const Call call{.deadline = std::chrono::steady_clock::now() + 10min, .stop = stop, .request_id = {}};
    const Status ended = transport.stream(request, call, [&](const json::Value& event) {
      const Time now = std::chrono::steady_clock::now();
      const std::lock_guard lock(mutex_);
      first_.emplace(event.text({"object", "status", "powerState"}), now);
      changed_.notify_all();
      return true;
    });
    EXPECT_TRUE(ended.ok() || ended.error().is(Code::kCancelled)) << ended.error().to_string();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Time> first_;  // guarded by mutex_
  std::jthread thread_;
};

class Events : public Suite {};

TEST_F(Events, OfAPulledPlugAreSeenWithinASecondAndTheMachineIsStartedAgain) {
  create(machine("plug", "imageRef: {name: blank}"));
  ASSERT_TRUE(becomes_ready("plug", kSoon));
  PowerLog power(rig().transport(), "plug");
  ASSERT_TRUE(power.first("On", kSoon)) << "the watch begins with what is there";

  for (int round = 0; round < 5; ++round) {
    power.clear();
    const Time pulled = std::chrono::steady_clock::now();
    host().destroy(id_of("plug"));
    const auto off = power.first("Off", kSoon);
    ASSERT_TRUE(off);
    EXPECT_LT(*off - pulled, 1s) << std::chrono::duration<double>(*off - pulled).count() << " s";
    ASSERT_TRUE(power.first("On", kSoon));
    EXPECT_TRUE(becomes_ready("plug", kSoon));
    EXPECT_TRUE(host().is_on(id_of("plug")));
  }
}

TEST_F(Events, OfAMachineThatSomebodyElseSwitchedOnEndWithItOffAgain) {
  create(machine("ghost", "imageRef: {name: blank}\npowerState: \"Off\""));
  ASSERT_TRUE(becomes_ready("ghost", kSoon));
  const int never_on = host().why_off(id_of("ghost"));
  host().start(id_of("ghost"));
  EXPECT_TRUE(eventually(kSoon, [&] {
    const int why = host().why_off(id_of("ghost"));
    return why != -1 && why != never_on;
  }));
  EXPECT_TRUE(becomes_ready("ghost", kSoon));
}

// The interval of the health check is 1 s here, so several fall into the time that is looked at.
TEST_F(Events, DoNotComeFromWhatIsIdle) {
  create(machine("idle", "powerState: \"Off\""));
  ASSERT_TRUE(becomes_ready("idle", kSoon));
  const auto versions = [] {
    std::map<std::string, std::string> out;
    const auto add = [&](const api::Resource& resource) {
      const auto all = kube::list_all(rig().transport(), resource, "default", {}, within(10s));
      for (const json::Value& item : all->items)
        out[std::string(resource.kind) + " " + std::string(item.text({"metadata", "name"}))] =
            item.text({"metadata", "resourceVersion"});
    };
    for (const api::Resource& resource : {VirtualMachine::kResource, v1::Provider::kResource, v1::VmImage::kResource,
                                          v1::VmClass::kResource, v1::VmNetworkAttachment::kResource})
      add(resource);
    return out;
  };
  // Counters of users settle a little later than the machine itself: nothing is written for twice their delay.
  std::map<std::string, std::string> before;
  const auto is_settled = [&] {
    before = versions();
    eventually(2s, [] { return false; });
    return versions() == before;
  };
  EXPECT_TRUE(eventually(kSoon, is_settled));
  eventually(4s, [] { return false; });
  EXPECT_EQ(versions(), before);
}

}  // namespace
}  // namespace rig::e2e
