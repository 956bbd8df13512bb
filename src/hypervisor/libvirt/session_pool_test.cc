// libvirt/session_pool_test.cc — on libvirt's own test driver, which needs no server.
#include "hypervisor/libvirt/session_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/mutex.h"
#include "hypervisor/libvirt/event_loop.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

class Sessions : public testing::Test {
 protected:
  Sessions() { start_event_loop(); }

  Session take(Duration patience = seconds(60)) {
    auto taken = pool_.take({std::chrono::steady_clock::now() + patience, {}, "test"});
    return taken.ok() ? taken.take() : nullptr;
  }

  std::atomic<int> opened_ = 0;
  bool is_there_ = true;
  SessionPool pool_{[this]() -> Result<Session> {
    if (!is_there_) return Error(Code::kUnavailable, "nobody listens");
    ++opened_;
    return Session(virConnectOpen("test:///default"), virConnectClose);
  }};
};

TEST_F(Sessions, EachIsOfOneAtATimeAndUsedAgain) {
  Session first = take();
  const Session second = take();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first, second);
  virConnectPtr const kept = first.get();
  first.reset();
  EXPECT_EQ(take().get(), kept);
  EXPECT_EQ(opened_, 2);
}

TEST_F(Sessions, OfALostHostNoneIsUsedAgain) {
  const Session idle = take();
  Session out = take();
  take().reset();
  EXPECT_EQ(opened_, 3);
  pool_.renew();
  out.reset();
  EXPECT_TRUE(take());
  EXPECT_EQ(opened_, 4);
}

TEST_F(Sessions, WhatCannotBeOpenedTakesNoPlace) {
  is_there_ = false;
  for (int i = 0; i < 2 * kSessionsMax; ++i) EXPECT_FALSE(take(Duration::zero()));
  is_there_ = true;
  EXPECT_TRUE(take(Duration::zero()));
}

TEST_F(Sessions, OnlySoManyAreOut) {
  std::vector<Session> out;
  for (int i = 0; i < kSessionsMax; ++i) out.push_back(take());
  const auto one_more = pool_.take({std::chrono::steady_clock::now(), {}, "test"});
  ASSERT_FALSE(one_more.ok());
  EXPECT_EQ(one_more.error().code(), Code::kUnavailable);
  std::jthread waiting([&] { EXPECT_TRUE(take()); });
  out.pop_back();
  waiting.join();
  EXPECT_EQ(opened_, kSessionsMax);
}

TEST_F(Sessions, NoTwoThreadsHaveTheSame) {
  Mutex mutex;
  std::set<virConnectPtr> in_use;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        const Session session = take();
        {
          const Lock lock(mutex);
          EXPECT_TRUE(in_use.insert(session.get()).second);
        }
        const Lock lock(mutex);
        in_use.erase(session.get());
      }
    });
  }
  threads.clear();
  EXPECT_LE(opened_, 8);
}

TEST_F(Sessions, OneMayOutliveThePool) {
  Session session;
  {
    const SessionPool pool([] { return Session(virConnectOpen("test:///default"), virConnectClose); });
    session = pool.take({std::chrono::steady_clock::now(), {}, "test"}).take();
  }
  EXPECT_EQ(virConnectIsAlive(session.get()), 1);
}

}  // namespace
}  // namespace rig::libvirt
