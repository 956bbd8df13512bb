// provider/connection_test.cc — when a session is opened anew, and what is said about it.
#include "provider/connection.h"

#include <gtest/gtest.h>

namespace rig::provider {
namespace {

struct Contact {
  std::optional<WallTime> answered_at;
  std::string problem;
};
struct Talk {
  std::string password;
  Contact last;
  Contact contact() const { return last; }
};

class Connecting : public testing::Test {
 protected:
  Result<std::string> folder_ = std::string("first");
  int reads_ = 0;
  StepClock clock_;
  Connection<Talk, std::string> connection_{"https://host",
                                            [this]() -> Result<std::string> {
                                              ++reads_;
                                              return folder_;
                                            },
                                            [](const std::string& password) -> Result<std::unique_ptr<Talk>> {
                                              if (password.empty())
                                                return Error(Code::kUnauthenticated, "the Secret has no password");
                                              return std::make_unique<Talk>(Talk{password, {}});
                                            },
                                            clock_};
};

TEST_F(Connecting, OpensAnewOnlyWithOtherCredentials) {
  const auto first = connection_.session().take();
  EXPECT_EQ(connection_.session().take(), first);
  EXPECT_EQ(reads_, 1) << "the folder is looked at now and then";
  clock_.advance(kCredentialsFresh);
  EXPECT_EQ(connection_.session().take(), first);
  EXPECT_EQ(reads_, 2);
  folder_ = std::string("second");
  clock_.advance(kCredentialsFresh);
  EXPECT_EQ((*connection_.session())->password, "second");
  EXPECT_EQ(first->password, "first") << "who holds it goes on with it";
}

TEST_F(Connecting, GoesOnWithWhatWasReadWhileTheFolderIsExchanged) {
  const auto first = connection_.session().take();
  folder_ = Error(Code::kNotFound, "no such folder");
  clock_.advance(kCredentialsFresh);
  EXPECT_EQ(connection_.session().take(), first);
}

TEST_F(Connecting, SaysWhatIsWrong) {
  folder_ = std::string();
  EXPECT_TRUE(connection_.session().error().is(Code::kUnauthenticated));
  EXPECT_NE(connection_.health().message.find("no password"), std::string::npos);
  folder_ = std::string("first");
  clock_.advance(kCredentialsFresh);
  const auto talk = connection_.session().take();
  connection_.looked(Error(Code::kUnavailable, "away"), "");
  EXPECT_NE(connection_.health().message.find("away"), std::string::npos);
  connection_.looked({}, "version 8");
  EXPECT_EQ(connection_.health(), (Health{true, "version 8", std::nullopt}));
  talk->last = {clock_.wall(), "cut off"};
  EXPECT_EQ(connection_.health(), (Health{false, "cut off", clock_.wall()}));
}

TEST_F(Connecting, IsNotWellBeforeItWasLookedAt) {
  EXPECT_EQ(connection_.health(), (Health{false, "connecting to https://host", std::nullopt}));
}

}  // namespace
}  // namespace rig::provider
