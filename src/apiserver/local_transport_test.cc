// apiserver/local_transport_test.cc — the API server as a Transport in the same process.
#include "apiserver/local_transport.h"

#include <gtest/gtest.h>

#include "api/core/config_map.h"
#include "kube/api.h"

namespace rig::apiserver {
namespace {

using api::core::ConfigMap;

class LocalTransportTest : public testing::Test {
 protected:
  LocalTransportTest() { EXPECT_TRUE(registry_.bootstrap().ok()); }
  Call soon() const { return {.deadline = clock_.now() + std::chrono::seconds(20), .stop = {}, .request_id = {}}; }
  static ConfigMap map(const std::string& name) {
    ConfigMap out;
    out.meta.name = name;
    out.meta.namespace_ = "default";
    return out;
  }

  StepClock clock_;
  std::unique_ptr<Store> store_ = memory_store();
  Registry registry_{*store_, api::kinds(), clock_};
  ApiServer server_{registry_, clock_, {}};
  std::unique_ptr<kube::Transport> transport_ = local_transport(server_, clock_);
  kube::Api<ConfigMap> maps_{*transport_};
};

TEST_F(LocalTransportTest, CarriesTypedObjectsBothWays) {
  ASSERT_TRUE(maps_.create(map("one"), soon()).ok());
  EXPECT_EQ(maps_.get({"default", "one"}, soon())->meta.name, "one");
  EXPECT_EQ(maps_.list("default", soon())->items.size(), 1U);
  EXPECT_TRUE(maps_.remove(*maps_.get({"default", "one"}, soon()), soon()).ok());
}

TEST_F(LocalTransportTest, TellsErrorsByTheirCodes) {
  ASSERT_TRUE(maps_.create(map("one"), soon()).ok());
  EXPECT_EQ(maps_.create(map("one"), soon()).error().code(), Code::kAlreadyExists);
  EXPECT_EQ(maps_.get({"default", "none"}, soon()).error().code(), Code::kNotFound);
  ConfigMap stale = *maps_.get({"default", "one"}, soon());
  stale.meta.resource_version = "1";
  EXPECT_EQ(maps_.replace(stale, soon()).error().code(), Code::kAborted);
  kube::Request nowhere;
  nowhere.path = "/nowhere";
  EXPECT_EQ(transport_->send(nowhere, soon()).error().code(), Code::kNotFound);
  Call late = soon();
  late.deadline = clock_.now();
  EXPECT_EQ(maps_.get({"default", "one"}, late).error().code(), Code::kDeadlineExceeded);
}

TEST_F(LocalTransportTest, ActsAsTheUserItWasGiven) {
  const auto nobody =
      local_transport(server_, clock_, {.name = "system:anonymous", .groups = {"system:unauthenticated"}});
  EXPECT_EQ(kube::Api<ConfigMap>(*nobody).get({"default", "one"}, soon()).error().code(), Code::kPermissionDenied);
}

TEST_F(LocalTransportTest, DeliversEventsUntilTheReaderHasEnough) {
  ASSERT_TRUE(maps_.create(map("one"), soon()).ok());
  ASSERT_TRUE(maps_.create(map("two"), soon()).ok());
  kube::Request watch = kube::watch_request(ConfigMap::kResource, "default", {}, std::chrono::minutes(1));
  std::vector<std::string> seen;
  const Status status = transport_->stream(watch, soon(), [&](json::Value event) {
    seen.emplace_back(event.text({"object", "metadata", "name"}));
    return seen.size() < 2;
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "two"}));
}

TEST_F(LocalTransportTest, EndsAStreamWithTheErrorThatCameInIt) {
  ASSERT_TRUE(maps_.create(map("one"), soon()).ok());
  ASSERT_TRUE(maps_.create(map("two"), soon()).ok());
  ASSERT_TRUE(store_->compact(store_->revision()).ok());
  const kube::Request watch =
      kube::watch_request(ConfigMap::kResource, "default", {.resource_version = "1"}, std::chrono::minutes(1));
  EXPECT_EQ(transport_->stream(watch, soon(), [](json::Value) { return true; }).error().code(), Code::kOutOfRange);
}

}  // namespace
}  // namespace rig::apiserver
