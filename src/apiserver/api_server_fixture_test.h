// apiserver/api_server_fixture_test.h — for the tests of this room: requests as values against a registry in memory.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "apiserver/api_server.h"

namespace rig::apiserver {

inline const User kMaster{.name = "admin", .groups = {"system:masters", "system:authenticated"}};
inline const User kAlice{.name = "alice", .groups = {"system:authenticated"}};
inline const User kNobody{.name = "system:anonymous", .groups = {"system:unauthenticated"}};

inline constexpr std::string_view kVms = "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines";
inline constexpr std::string_view kOne =
    R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VirtualMachine","metadata":{"name":"one"},
  "spec":{"classRef":{"name":"small"},"imageRef":{"name":"tiny"},"providerRef":{"name":"lab"}}})";

// A machine's console that says back what it hears.
class Echo final : public ByteStream {
 public:
  Result<std::size_t> read(std::span<char> buffer, const Call&) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !heard_.empty(); });
    const std::size_t n = heard_.copy(buffer.data(), buffer.size());
    heard_.erase(0, n);
    return n;
  }
  Status write(std::string_view bytes, const Call&) override {
    const std::lock_guard lock(mutex_);
    heard_ += bytes;
    changed_.notify_all();
    return {};
  }
  void close() override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string heard_;
  bool closed_ = false;
};

class ApiServerTest : public testing::Test {
 protected:
  ApiServerTest() { EXPECT_TRUE(registry_.bootstrap().ok()); }

  ApiAnswer ask(std::string method, std::string target, std::string body = {}, std::string content_type = {}) {
    ApiRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.content_type = std::move(content_type);
    request.accept = accept_;
    request.user_agent = "test/1";
    request.upgrade = upgrade_;
    request.if_none_match = if_none_match_;
    request.if_modified_since = if_modified_since_;
    request.stop = stop_.get_token();
    request.user = user_;
    return server_.handle(request);
  }
  ApiAnswer get(std::string target) { return ask("GET", std::move(target)); }
  ApiAnswer get(std::string_view base, std::string_view rest) { return get(std::string(base) + std::string(rest)); }
  void make_one() { ASSERT_EQ(ask("POST", std::string(kVms), std::string(kOne)).status, 201); }
  static std::string header(const ApiAnswer& answer, std::string_view name) {
    for (const auto& [n, value] : answer.headers)
      if (n == name) return value;
    return {};
  }

  StepClock clock_;
  std::unique_ptr<Store> store_ = memory_store();
  Registry registry_{*store_, api::kinds(), clock_};
  Status ready_;
  ApiServer server_{registry_,
                    clock_,
                    {.open_console = [](const ObjectKey&, const Call&) -> Result<std::unique_ptr<ByteStream>> {
                       return std::unique_ptr<ByteStream>(std::make_unique<Echo>());
                     },
                     .metrics = [] { return std::string("up 1\n"); },
                     .ready = [this] { return ready_; }}};
  std::string accept_, upgrade_, if_none_match_, if_modified_since_;
  std::stop_source stop_;
  User user_ = kMaster;
};

}  // namespace rig::apiserver
