// runtime/manager_test.cc — what starts when, and that everything that started is stopped in reverse.
#include "runtime/manager.h"

#include <gtest/gtest.h>

#include <thread>

namespace rig::runtime {
namespace {

class ManagerOrder : public ::testing::Test {
 protected:
  Manager::Part part(const std::string& name, Status starts = {}) {
    return {.name = name,
            .start =
                [this, name, starts] {
                  log_ += "+" + name + " ";
                  return starts;
                },
            .stop = [this, name] { log_ += "-" + name + " "; }};
  }
  // The last part to start, which ends the run.
  Manager::Part last(const std::string& name) {
    Manager::Part p = part(name);
    p.start = [this, start = p.start] {
      ready_at_last_ = manager_.is_ready();
      stop_.request_stop();
      return start();
    };
    return p;
  }
  Status run() { return manager_.run(stop_.get_token()); }

  Manager manager_;
  std::stop_source stop_;
  std::string log_;
  bool ready_at_last_ = false;
};

TEST_F(ManagerOrder, StartsServersCachesControllersAndStopsThemInReverse) {
  manager_.add_controller(part("controller"));
  manager_.add_controller(last("controller2"));
  manager_.add_cache(part("cache"), [] { return true; });
  manager_.add_server(part("server"));
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(log_, "+server +cache +controller +controller2 -controller2 -controller -cache -server ");
  EXPECT_TRUE(ready_at_last_);
  EXPECT_FALSE(manager_.is_ready());
}

TEST_F(ManagerOrder, StartsNoControllerBeforeEveryCacheIsSynced) {
  int asked = 0;
  manager_.add_cache(part("a"), [] { return true; });
  manager_.add_cache(part("b"), [&] {
    EXPECT_FALSE(manager_.is_ready());
    EXPECT_EQ(log_, "+a +b ");
    return ++asked == 3;
  });
  manager_.add_controller(last("controller"));
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(asked, 3);
}

TEST_F(ManagerOrder, StopsWhileItWaitsForACache) {
  manager_.add_cache(part("cache"), [this] { return stop_.request_stop(), false; });
  manager_.add_controller(part("controller"));
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(log_, "+cache -cache ");
}

TEST_F(ManagerOrder, UndoesWhatStartedWhenAPartDoesNot) {
  manager_.add_server(part("server"));
  manager_.add_cache(part("cache", Error(Code::kUnavailable, "refused")), [] { return true; });
  manager_.add_controller(part("controller"));
  const Status outcome = run();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().to_string(), "start cache: refused (UNAVAILABLE)");
  EXPECT_EQ(log_, "+server +cache -server ");
}

TEST_F(ManagerOrder, ListsAndStartsControllersOnlyAsTheLeader) {
  std::jthread elector;
  manager_.elect_with([&](auto on_gain, auto) {
    log_ += "elect ";
    elector = std::jthread(std::move(on_gain));
    return nullptr;
  });
  manager_.add_cache(part("cache"), [] { return true; });
  manager_.add_controller(last("controller"));
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(log_, "elect +cache +controller -controller -cache ");
}

// A worker may be in the middle of a long call, so that stopping takes longer than another needs to take the Lease.
TEST_F(ManagerOrder, EndsTheProcessAtOnceWhenTheLeaseIsLost) {
  std::function<void()> lose;
  manager_.elect_with([&](auto on_gain, auto on_loss) {
    on_gain();
    lose = std::move(on_loss);
    return nullptr;
  });
  Manager::Part controller = part("controller");
  controller.start = [&] { return lose(), Status(); };
  manager_.add_controller(controller);
  manager_.add_controller(last("another"));
  EXPECT_EXIT((void)run(), ::testing::ExitedWithCode(1), "");
}

TEST_F(ManagerOrder, StopsWhileItWaitsForTheLead) {
  manager_.elect_with([this](auto, auto) {
    stop_.request_stop();
    return nullptr;
  });
  manager_.add_controller(part("controller"));
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(log_, "");
}

}  // namespace
}  // namespace rig::runtime
