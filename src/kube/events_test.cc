// kube/events_test.cc — what people get to read, and how often.
#include "kube/events.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "kube/limits.h"

namespace rig::kube {
namespace {

using namespace std::chrono_literals;

// Keeps Events by name, as far as a recorder can tell.
class EventStore final : public Transport {
 public:
  Result<json::Value> send(const Request& request, const Call&) override {
    ++requests;
    if (!available) return Error(Code::kUnavailable, "down");
    json::Value body = json::parse(request.body).take();
    const std::string name(request.method == "POST" ? body.text({"metadata", "name"})
                                                    : split(request.path, '/').back());
    if (request.method == "POST") return events[name] = body;
    if (!events.contains(name)) return Error(Code::kNotFound, "expired");
    for (const auto& [member, value] : *body.as<json::Object>()) events[name][member] = value;
    return events[name];
  }
  Status stream(const Request&, const Call&, const std::function<bool(json::Value)>&) override { return {}; }
  std::map<std::string, json::Value> events;
  int requests = 0;
  bool available = true;
};

class Events : public ::testing::Test {
 protected:
  const json::Value& only() const { return store_.events.begin()->second; }
  const Involved web_{
      {"infra.virtrigaud.io", "v1beta1", "VirtualMachine", "virtualmachines", true}, {"prod", "web"}, "u1"};
  EventStore store_;
  StepClock clock_;
  EventRecorder recorder_{store_, "virtrigaud", clock_};
};

TEST_F(Events, SayWhatHappenedToWhat) {
  recorder_.warning(web_, "ProviderError", "no space left");
  ASSERT_EQ(store_.events.size(), 1U);
  EXPECT_EQ(only().text({"involvedObject", "apiVersion"}), "infra.virtrigaud.io/v1beta1");
  EXPECT_EQ(only().text({"involvedObject", "uid"}), "u1");
  EXPECT_EQ(only().text({"metadata", "namespace"}), "prod");
  EXPECT_EQ(only().text({"type"}), "Warning");
  EXPECT_EQ(only().text({"reason"}), "ProviderError");
  EXPECT_EQ(only().text({"message"}), "no space left");
  EXPECT_EQ(only().text({"source", "component"}), "virtrigaud");
  EXPECT_EQ(only().text({"firstTimestamp"}), "2026-01-01T00:00:00Z");
  EXPECT_EQ(only().integer({"count"}), 1);
}

TEST_F(Events, AreCountedWhenTheyRepeatWithinTheWindow) {
  for (int i = 0; i < 3; ++i) {
    recorder_.normal(web_, "Creating", "machine is being made");
    clock_.advance(4min);
  }
  ASSERT_EQ(store_.events.size(), 1U);
  EXPECT_EQ(only().integer({"count"}), 3);
  EXPECT_EQ(only().text({"lastTimestamp"}), "2026-01-01T00:08:00Z");
  recorder_.normal(web_, "Creating", "machine is being made");
  EXPECT_EQ(store_.events.size(), 2U) << "twelve minutes after the first";
}

TEST_F(Events, AreApartWhenAnythingDiffers) {
  Involved other = web_;
  other.uid = "u2";
  recorder_.normal(web_, "A", "a");
  recorder_.warning(web_, "A", "a");
  recorder_.normal(web_, "B", "a");
  recorder_.normal(web_, "A", "b");
  recorder_.normal(other, "A", "a");
  EXPECT_EQ(store_.events.size(), 5U);
}

TEST_F(Events, AreMadeAgainWhenTheServerForgotThem) {
  recorder_.normal(web_, "A", "a");
  store_.events.clear();
  recorder_.normal(web_, "A", "a");
  ASSERT_EQ(store_.events.size(), 1U);
  EXPECT_EQ(only().integer({"count"}), 2);
}

TEST_F(Events, OfClusterScopedObjectsStandInDefault) {
  recorder_.normal({{"", "v1", "Node", "nodes", false}, {"", "n1"}, "u"}, "A", "a");
  EXPECT_EQ(only().text({"metadata", "namespace"}), "default");
}

TEST_F(Events, AreDroppedWhenTheServerIsAway) {
  store_.available = false;
  recorder_.normal(web_, "A", "a");
  EXPECT_TRUE(store_.events.empty());
  store_.available = true;
  recorder_.normal(web_, "A", "a");
  EXPECT_EQ(store_.events.size(), 1U);
}

TEST_F(Events, CutLongMessagesBetweenCharacters) {
  std::string message;
  while (message.size() <= limits::kEventMessageBytes) message += "\u00fc";
  recorder_.normal(web_, "A", message);
  EXPECT_LE(only().text({"message"}).size(), limits::kEventMessageBytes);
  EXPECT_TRUE(is_utf8(only().text({"message"})));
}

TEST_F(Events, ForgetTheOldestWhenThereAreTooMany) {
  for (std::size_t i = 0; i <= limits::kEventsRemembered; ++i) {
    recorder_.normal(web_, "A", std::to_string(i));
    clock_.advance(1ms);
  }
  const std::size_t made = store_.events.size();
  recorder_.normal(web_, "A", std::to_string(limits::kEventsRemembered));
  EXPECT_EQ(store_.events.size(), made) << "the newest is remembered";
  recorder_.normal(web_, "A", "0");
  EXPECT_EQ(store_.events.size(), made + 1) << "the oldest is not";
}

}  // namespace
}  // namespace rig::kube
