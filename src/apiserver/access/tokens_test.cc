// apiserver/access/tokens_test.cc — which tokens are believed, and for how long.
#include "apiserver/access/tokens.h"

#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

using namespace std::chrono_literals;

class TokensTest : public RegistryTest {
 protected:
  std::string token(Duration life = 1h, std::vector<std::string> audiences = {std::string(kIssuer)}) {
    return tokens.issue(account, std::move(audiences), life).text;
  }
  std::string refusal(std::string_view text) {
    const Result<Tokens::Known> known = tokens.look_up(text);
    EXPECT_TRUE(known.ok() || known.error().is(Code::kUnauthenticated)) << text;
    return known.ok() ? "" : known.error().message();
  }

  const SigningKey key = SigningKey::make();
  Tokens tokens{registry, clock, key};
  const json::Value account = create(core("serviceaccounts"), config_map("robot"));
};

// The claims of a token that kube-apiserver makes.
TEST_F(TokensTest, SayWhoseTheyAre) {
  const Result<Token> read = read_token(key, token(10min, {"a", "b"}), clock.wall());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->account.to_string(), "default/robot");
  EXPECT_EQ(read->account_uid, account.text({"metadata", "uid"}));
  EXPECT_EQ(join(read->audiences, " "), "a b");
  EXPECT_EQ(read->issued, clock.wall());
  EXPECT_EQ(read->expires, clock.wall() + 10min);
  const Result<Tokens::Known> known = tokens.look_up(token());
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->user.name, "system:serviceaccount:default:robot");
  EXPECT_EQ(known->user.uid, account.text({"metadata", "uid"}));
  EXPECT_EQ(join(known->user.groups, " "),
            "system:serviceaccounts system:serviceaccounts:default system:authenticated");
  const std::string id = known->user.extra.at("authentication.kubernetes.io/credential-id").front();
  EXPECT_TRUE(id.starts_with("JTI=") && id.size() == 40U) << id;
}

TEST_F(TokensTest, AreGoodFromTheirBeginningToTheirEnd) {
  const std::string text = token(10min);
  EXPECT_EQ(refusal(text), "");
  clock.advance(10min - 1ns);
  EXPECT_EQ(refusal(text), "");
  clock.advance(1ns);
  EXPECT_EQ(refusal(text), "the token has expired");
  StepClock later;
  later.advance(1h);
  const std::string early = Tokens(registry, later, key).issue(account, {std::string(kIssuer)}, 1h).text;
  EXPECT_EQ(refusal(early), "the token is not good yet");
}

TEST_F(TokensTest, AreForAnAudience) {
  const std::string text = token(1h, {"vault", "registry"});
  EXPECT_EQ(refusal(text), "the token is for another audience");
  EXPECT_EQ(join(tokens.look_up(text, {"registry", "other"})->audiences, " "), "registry");
  EXPECT_FALSE(tokens.look_up(text, {"other"}).ok());
}

TEST_F(TokensTest, EndWithTheirAccount) {
  const std::string text = token();
  good(registry.patch(core("serviceaccounts"), {"default", "robot"}, PatchType::kMerge,
                      J(R"({"metadata":{"finalizers":["example.com/a"]}})"), Part::kWhole, writer()));
  EXPECT_EQ(refusal(text), "");
  good(registry.remove(core("serviceaccounts"), {"default", "robot"}, {}));
  EXPECT_EQ(refusal(text), "the token's ServiceAccount is gone");  // it waits for its finalizer
  merge(core("serviceaccounts"), "robot", R"({"metadata":{"finalizers":null}})");
  EXPECT_EQ(refusal(text), "the token's ServiceAccount is gone");
  create(core("serviceaccounts"), config_map("robot"));
  EXPECT_EQ(refusal(text), "the token's ServiceAccount is gone");  // another of its name
}

TEST_F(TokensTest, AreBelievedAfterARestartWithTheSameKeyOnly) {
  const std::string text = token();
  const auto same = SigningKey::parse(key.to_pem());
  ASSERT_TRUE(same.ok());
  EXPECT_TRUE(Tokens(registry, clock, *same).look_up(text).ok());
  EXPECT_FALSE(Tokens(registry, clock, SigningKey::make()).look_up(text).ok());
}

TEST_F(TokensTest, CannotBeMadeUp) {
  const std::string good_one = token();
  const std::vector<std::string> parts = split(good_one, '.');
  const std::string none = "eyJhbGciOiJub25lIn0";  // {"alg":"none"}
  const std::string bad[] = {"",
                             ".",
                             "..",
                             "nonsense",
                             parts[0] + "." + parts[1],
                             parts[0] + "." + parts[1] + ".",
                             good_one + ".x",
                             good_one + "\n",
                             good_one.substr(0, good_one.size() - 4) + "AAAA",
                             none + "." + parts[1] + ".",
                             none + "." + parts[1] + "." + parts[2],
                             parts[0] + "." + parts[0] + "." + parts[2],
                             parts[0] + "." + split(token(), '.')[1] + "." + parts[2],
                             parts[0] + ".=." + parts[2]};
  for (const std::string& text : bad) {
    EXPECT_NE(refusal(text), "") << text;
    EXPECT_TRUE(text.size() < 5 || refusal(text).find(text) == std::string::npos) << "an error repeats it";
  }
}

}  // namespace
}  // namespace rig::apiserver
