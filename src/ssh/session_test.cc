// ssh/session_test.cc — against a real sshd.
#include "ssh/session.h"

#include <gtest/gtest.h>

#include "ssh/limits.h"
#include "ssh/sshd_test.h"

namespace rig::ssh {
namespace {

using namespace std::chrono_literals;

class SessionTest : public testing::Test {
 protected:
  static Sshd& sshd() {
    static Sshd one;
    return one;
  }
  static Target target() {
    return {.host = "127.0.0.1",
            .user = Sshd::user(),
            .port = sshd().port(),
            .known_hosts_path = sshd().file("known_hosts"),
            .private_key_path = sshd().file("user"),
            .password = ""};
  }
  static Call within(Duration time) { return {std::chrono::steady_clock::now() + time, {}, ""}; }
  static Result<Output> run(std::vector<std::string> arguments, std::string_view input = "", Duration time = 30s) {
    auto session = TRY(Session::open(target(), within(30s)));
    return session->run(arguments, input, within(time));
  }
  static Error refused(const Target& where) {
    const auto session = Session::open(where, within(30s));
    return session.ok() ? Error(Code::kUnknown, "it was let in") : session.error();
  }
};

TEST_F(SessionTest, CarriesArgumentsInputOutputAndExitCode) {
  const auto output = run({"sh", "-c", "cat; printf %s \"$1\"; echo bad >&2; exit 7", "sh", "it's $HOME"}, "in\n");
  ASSERT_TRUE(output.ok()) << output.error().to_string();
  EXPECT_EQ(output->out, "in\nit's $HOME");
  EXPECT_EQ(output->err, "bad\n");
  EXPECT_EQ(output->exit_code, 7);
}

TEST_F(SessionTest, RunsOneCommandAfterTheOther) {
  auto session = Session::open(target(), within(30s));
  ASSERT_TRUE(session.ok()) << session.error().to_string();
  for (const char* word : {"one", "two", "three"}) {
    EXPECT_EQ((*session)->run(std::vector<std::string>{"echo", word}, "", within(30s))->out, std::string(word) + "\n");
  }
}

TEST_F(SessionTest, CarriesMegabytesBothWays) {
  std::string bytes(3 << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
  const auto output = run({"cat"}, bytes);
  ASSERT_TRUE(output.ok()) << output.error().to_string();
  EXPECT_TRUE(output->out == bytes);
}

TEST_F(SessionTest, AHostWithAnotherKeyOrNoneIsRefused) {
  Target where = target();
  for (const char* hosts : {"wrong_hosts", "no_hosts", "missing"}) {
    where.known_hosts_path = sshd().file(hosts);
    EXPECT_EQ(refused(where).code(), Code::kUnauthenticated) << hosts << refused(where).to_string();
    EXPECT_NE(refused(where).to_string().find("known_hosts"), std::string::npos);
  }
}

TEST_F(SessionTest, AStrangersKeyAndAWrongPasswordAreRefused) {
  Target where = target();
  where.private_key_path = sshd().file("stranger");
  EXPECT_EQ(refused(where).code(), Code::kUnauthenticated) << refused(where).to_string();
  where.private_key_path = "";
  where.password = "hunter2";
  EXPECT_EQ(refused(where).code(), Code::kUnauthenticated);
  EXPECT_EQ(refused(where).to_string().find("hunter2"), std::string::npos);
  where.password = "";
  EXPECT_EQ(refused(where).code(), Code::kUnauthenticated);
  where.private_key_path = sshd().file("missing");
  EXPECT_NE(refused(where).to_string().find("cannot be read"), std::string::npos);
}

TEST_F(SessionTest, NobodyListeningIsUnavailable) {
  Target where = target();
  where.port = 1;
  EXPECT_EQ(refused(where).code(), Code::kUnavailable) << refused(where).to_string();
}

TEST_F(SessionTest, ADeadlineAndAStopEndTheWait) {
  EXPECT_EQ(run({"sleep", "60"}, "", 300ms).error().code(), Code::kDeadlineExceeded);
  std::stop_source stop;
  stop.request_stop();
  auto session = Session::open(target(), within(30s));
  ASSERT_TRUE(session.ok());
  Call call = within(30s);
  call.stop = stop.get_token();
  EXPECT_EQ((*session)->run(std::vector<std::string>{"sleep", "60"}, "", call).error().code(), Code::kCancelled);
}

TEST_F(SessionTest, ACommandThatSaysTooMuchIsGivenUp) {
  EXPECT_EQ(run({"cat", "/dev/zero"}).error().code(), Code::kResourceExhausted);
}

TEST_F(SessionTest, ACommandThatASignalEndsHasNoExitCode) {
  const auto output = run({"sh", "-c", "kill -9 $$"});
  ASSERT_TRUE(output.ok()) << output.error().to_string();
  EXPECT_EQ(output->exit_code, -1);
}

}  // namespace
}  // namespace rig::ssh
