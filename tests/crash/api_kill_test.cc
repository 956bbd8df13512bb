// crash/api_kill_test.cc — kill -9 of virtrigaud while clients write and watch over HTTP: no acknowledged write is
// lost, no revision is given twice, and a watch that is resumed shows every later change once and in order.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "api/core/config_map.h"
#include "api/v1beta1/vm_set.h"
#include "base/text.h"
#include "e2e/standalone.h"

namespace rig::e2e {
namespace {

using namespace std::chrono_literals;
using api::core::ConfigMap;
using v1::VmSet;

constexpr int kWriters = 4;
constexpr int kNames = 3;        // ConfigMaps of each writer; nobody else writes them
constexpr int kLongestMs = 400;  // from a start to the next kill
const std::string kField = "number";

std::int64_t version_of(const json::Value& object) { return *parse_int(object.text({"metadata", "resourceVersion"})); }

json::Value config_map(const std::string& name, std::int64_t number) {
  json::Value object = json::Object{{"apiVersion", "v1"}, {"kind", "ConfigMap"}};
  object.set({"metadata", "name"}, name);
  object.set({"data", kField}, std::to_string(number));
  return object;
}

// An object as it was told: version 0 is "not there".
struct State {
  std::int64_t version = 0;
  std::string number;
  bool operator==(const State&) const = default;
};
State state_of(const json::Value& object) { return {version_of(object), std::string(object.text({"data", kField}))}; }

// A client with objects of its own, whose numbers only grow.
class Writer {
 public:
  Writer(int index, unsigned seed) : prefix_("w" + std::to_string(index) + "-"), random_(seed) {}

  // Until a request has no answer.
  void use(kube::Transport& server) {
    while (random_() % 5 == 0 ? patch_status(server) : write(server)) {}
  }

  // What the server holds now is what it acknowledged, and one request in doubt may have happened or not.
  void compare(const std::map<std::string, State>& now, std::int64_t replicas) {
    for (auto& [name, known] : known_) {
      const auto found = now.find(name);
      const State there = found == now.end() ? State{} : found->second;
      if (name != in_doubt_) {
        EXPECT_EQ(there, known) << name << ": found " << there.number << ", acknowledged " << known.number;
      } else if (there != known) {
        EXPECT_TRUE(there.version == 0 || there.number == std::to_string(number_)) << name;
      }
      known = there;
    }
    if (in_doubt_ == set()) replicas_ = std::max(replicas_, std::min(replicas, number_));
    EXPECT_EQ(replicas, replicas_) << set() << ": a status that was acknowledged is lost";
    in_doubt_.clear();
  }

  std::string set() const { return prefix_ + "set"; }
  const std::map<std::int64_t, std::string>& acknowledged() const { return acknowledged_; }

 private:
  bool write(kube::Transport& server) {
    const std::string name = prefix_ + std::to_string(random_() % kNames);
    State& known = known_[name];
    const bool is_removal = known.version != 0 && random_() % 4 == 0;
    json::Value object = config_map(name, ++number_);
    if (known.version != 0) object.set({"metadata", "resourceVersion"}, std::to_string(known.version));
    const ObjectKey key{"default", name};
    const auto answer = server.send(is_removal           ? kube::delete_request(ConfigMap::kResource, key)
                                    : known.version == 0 ? kube::create_request(ConfigMap::kResource, "default", object)
                                                         : kube::replace_request(ConfigMap::kResource, key, object),
                                    within(10s));
    if (!answer.ok()) return doubt(name, answer.error());
    known = is_removal ? State{} : state_of(*answer);
    if (!is_removal) acknowledge(known.version, name + " " + known.number);
    return true;
  }

  bool patch_status(kube::Transport& server) {
    json::Value patch;
    patch.set({"status", "currentReplicas"}, ++number_);
    const auto answer =
        server.send(kube::merge_patch_request(VmSet::kResource, {"default", set()}, patch, "status"), within(10s));
    if (!answer.ok()) return doubt(set(), answer.error());
    replicas_ = number_;
    acknowledge(version_of(*answer), set());
    return true;
  }

  bool doubt(const std::string& name, const Error& error) {
    EXPECT_EQ(remedy(error.code()), Remedy::kRetry) << error.to_string();
    in_doubt_ = name;
    return false;
  }
  void acknowledge(std::int64_t version, const std::string& what) {
    EXPECT_TRUE(acknowledged_.emplace(version, what).second) << version << " was given twice";
  }

  const std::string prefix_;
  std::mt19937 random_;
  std::int64_t number_ = 0, replicas_ = 0;
  std::map<std::string, State> known_;
  std::string in_doubt_;
  std::map<std::int64_t, std::string> acknowledged_;  // what was written, by its version
};

// Follows the ConfigMaps over every restart, from the last version seen.
class Watcher {
 public:
  void begin(std::int64_t version) { last_ = version; }
  void follow(kube::Transport& server, const std::stop_token& stop, std::int64_t until) {
    Call call = within(60s);
    call.stop = stop;
    const auto request =
        kube::watch_request(ConfigMap::kResource, "default", {.resource_version = std::to_string(last_)}, 5min);
    const Status ended =
        server.stream(request, call, [&](const json::Value& event) { return see(event), last_ < until; });
    EXPECT_TRUE(ended.ok() || remedy(ended.error().code()) == Remedy::kRetry || stop.stop_requested())
        << ended.error().to_string();
  }
  const std::map<std::string, State>& state() const { return state_; }
  const std::map<std::int64_t, std::string>& seen() const { return seen_; }

 private:
  void see(const json::Value& event) {
    const json::Value& object = *event.find("object");
    const std::int64_t version = version_of(object);
    if (event.text({"type"}) == "BOOKMARK") return;
    EXPECT_GT(version, last_) << "twice, or out of order";
    last_ = version;
    const std::string name(object.text({"metadata", "name"}));
    const State now = state_of(object);
    seen_[version] = name + " " + now.number;
    if (event.text({"type"}) == "DELETED") {
      EXPECT_EQ(state_.erase(name), 1U) << name << " is deleted and was never there";
    } else {
      EXPECT_EQ(event.text({"type"}) == "ADDED", !state_.contains(name)) << name;
      state_[name] = now;
    }
  }

  std::int64_t last_ = 0;
  std::map<std::string, State> state_;
  std::map<std::int64_t, std::string> seen_;
};

class ApiKill : public ::testing::Test {
 protected:
  ApiKill() {
    const char* given = std::getenv("RIG_TEST_SEED");
    const unsigned seed = given == nullptr ? std::random_device()() : static_cast<unsigned>(*parse_int(given));
    std::fprintf(stderr, "RIG_TEST_SEED=%u\n", seed);
    random_.seed(seed);
    for (int i = 0; i < kWriters; ++i) {
      writers_.emplace_back(i, static_cast<unsigned>(random_()));
      json::Value set = json::Object{{"apiVersion", VmSet::kResource.api_version()}, {"kind", "VMSet"}};
      set.set({"metadata", "name"}, writers_.back().set());
      const auto request = kube::create_request(VmSet::kResource, "default", set);
      EXPECT_TRUE(rig_.transport().send(request, within(10s)).ok());
    }
  }

  void round() {
    {
      std::jthread watching([this](const std::stop_token& stop) {
        watcher_.follow(rig_.transport(), stop, std::numeric_limits<std::int64_t>::max());
      });
      std::vector<std::jthread> writing;
      for (Writer& writer : writers_) writing.emplace_back([&] { writer.use(rig_.transport()); });
      // The moment of a kill is drawn: there is nothing to wait for.
      eventually(std::chrono::milliseconds(random_() % kLongestMs), [] { return false; });
      rig_.kill();
    }
    rig_.start();
    const auto now = config_maps();
    for (Writer& writer : writers_) writer.compare(now, rig_.get<VmSet>(writer.set())->status.current_replicas);
  }

  std::map<std::string, State> config_maps() {
    std::map<std::string, State> now;
    const auto list = kube::list_all(rig_.transport(), ConfigMap::kResource, "default", {}, within(10s));
    EXPECT_TRUE(list.ok()) << list.error().to_string();
    for (const json::Value& object : list->items)
      now[std::string(object.text({"metadata", "name"}))] = state_of(object);
    revision_ = *parse_int(list->resource_version);
    return now;
  }

  std::mt19937 random_;
  Standalone rig_;
  std::vector<Writer> writers_;
  Watcher watcher_;
  std::int64_t revision_ = 0;  // of the last list
};

TEST_F(ApiKill, LosesNoAcknowledgedWriteAndNoEvent) {
  const char* wanted = std::getenv("RIG_TEST_KILLS");
  const int kills = wanted == nullptr ? 20 : static_cast<int>(*parse_int(wanted));
  EXPECT_TRUE(config_maps().empty());
  watcher_.begin(revision_);
  for (int i = 0; i < kills && !HasFailure(); ++i) round();

  // A last write, so that the watch has an end to come to.
  ASSERT_TRUE(rig_.create(config_map("last", 0)).ok());
  const auto now = config_maps();
  watcher_.follow(rig_.transport(), {}, now.at("last").version);
  EXPECT_EQ(watcher_.state(), now);
  std::set<std::int64_t> versions;
  std::size_t unseen = 0;
  for (const Writer& writer : writers_) {
    for (const auto& [version, what] : writer.acknowledged()) {
      EXPECT_TRUE(versions.insert(version).second) << version << " was given twice";
      if (what == writer.set()) continue;
      const auto event = watcher_.seen().find(version);
      if (event == watcher_.seen().end() || event->second != what) ++unseen;
    }
  }
  EXPECT_EQ(unseen, 0U) << "acknowledged writes that the watch did not show";
  EXPECT_GT(versions.size(), static_cast<std::size_t>(kills) * 10) << "too little was under way";
}

}  // namespace
}  // namespace rig::e2e
