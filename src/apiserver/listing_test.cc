// apiserver/listing_test.cc — pages, versions, tokens.
#include "apiserver/listing.h"

#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

class Listing : public RegistryTest {
 protected:
  static std::string names(const ListResult& result) {
    std::string out;
    for (const json::Value& object : result.items) out += object.text({"metadata", "name"});
    return out;
  }
  ListResult list(const ListQuery& query) {
    Result<ListResult> result = registry.list(vms(), query);
    EXPECT_TRUE(result.ok()) << show(result);
    return result.ok() ? result.take() : ListResult();
  }
  Error refused(const ListQuery& query) {
    const Result<ListResult> result = registry.list(vms(), query);
    EXPECT_FALSE(result.ok());
    return result.ok() ? Error(Code::kUnknown, "") : result.error();
  }
  void fill(std::string_view all) {
    for (const char name : all)
      create(vms(), vm(std::string(1, name), "{}", name % 2 == 1 ? R"({"labels":{"odd":"1"}})" : "{}"));
  }
};

TEST_F(Listing, GivesPagesOfOneState) {
  fill("abcdefg");
  ListQuery query{.name_space = "default", .limit = 3};
  const ListResult first = list(query);
  EXPECT_EQ(names(first), "abc");
  EXPECT_EQ(first.remaining, 4);
  EXPECT_EQ(first.continue_token, continue_token({first.at, "/c"}));
  create(vms(), vm("cc"));
  good(registry.remove(vms(), {"default", "d"}, {}));
  query.continue_token = first.continue_token;
  const ListResult second = list(query);
  EXPECT_EQ(names(second), "def");
  EXPECT_EQ(second.at, first.at);
  query.limit = 0;
  EXPECT_EQ(names(list(query)), "defg");
  query.limit = 3;
  query.resource_version = "0";  // everything at once, as without a limit
  EXPECT_EQ(names(list(query)), "defg");
  query.continue_token = second.continue_token;
  query.resource_version.clear();
  const ListResult last = list(query);
  EXPECT_EQ(names(last), "g");
  EXPECT_EQ(last.continue_token, "");
}

TEST_F(Listing, CountsWhatMatchesAndDoesNotSayHowManyAreLeft) {
  fill("abcdefg");
  const ListResult odd = list({.label_selector = "odd", .limit = 2});
  EXPECT_EQ(names(odd), "ac");
  EXPECT_FALSE(odd.remaining.has_value());
  EXPECT_EQ(names(list({.label_selector = "odd", .continue_token = odd.continue_token, .limit = 2})), "eg");
}

TEST_F(Listing, LooksThroughMoreThanAChunkForWhatMatches) {
  for (std::size_t i = 0; i <= limits::kListChunk; ++i) create(core("configmaps"), config_map("m" + std::to_string(i)));
  create(core("configmaps"), config_map("n", R"({"metadata":{"labels":{"a":"b"}}})"));
  const Result<ListResult> found = registry.list(core("configmaps"), {.label_selector = "a=b", .limit = 5});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(names(*found), "n");
  EXPECT_EQ(found->continue_token, "");
}

TEST_F(Listing, SortsByNamespaceAndNameAsBytes) {
  good(registry.create(core("namespaces"), "", J(R"({"metadata":{"name":"a-b"}})"), writer()));
  good(registry.create(core("namespaces"), "", J(R"({"metadata":{"name":"a"}})"), writer()));
  good(registry.create(vms(), "a-b", vm("y"), writer()));
  good(registry.create(vms(), "a", vm("z"), writer()));
  EXPECT_EQ(names(list({})), "yz");  // "a-b/y" < "a/z"
}

TEST_F(Listing, UnderstandsVersions) {
  fill("abc");
  const Revision now = store->revision();
  const auto at = [&](Revision r) { return std::to_string(r); };
  EXPECT_EQ(names(list({.resource_version = at(now - 2)})), "abc") << "not older than";
  EXPECT_EQ(names(list({.resource_version = at(now - 2), .resource_version_match = "NotOlderThan"})), "abc");
  EXPECT_EQ(names(list({.resource_version = at(now - 2), .resource_version_match = "Exact"})), "a");
  EXPECT_EQ(names(list({.resource_version = at(now - 1), .limit = 5})), "ab") << "with a limit it is exact";
  const Error future = refused({.resource_version = "99999"});
  EXPECT_EQ(http_code(future), 504);
  EXPECT_EQ(future.message(), "Timeout: Too large resource version: 99999, current: " + at(now));
  ASSERT_TRUE(store->compact(now).ok());
  EXPECT_EQ(refused({.resource_version = at(now - 1), .resource_version_match = "Exact"}).message(),
            "The resourceVersion for the provided list is too old.");
}

TEST_F(Listing, GoesOnInconsistentlyWhenTheStateIsGone) {
  fill("abc");
  const ListResult first = list({.name_space = "default", .limit = 1});
  create(vms(), vm("bb"));
  ASSERT_TRUE(store->compact(store->revision()).ok());
  const Error expired = refused({.name_space = "default", .continue_token = first.continue_token});
  EXPECT_EQ(http_code(expired), 410);
  const std::string token(status_of(expired).text({"metadata", "continue"}));
  EXPECT_EQ(token, continue_token({-1, "a"}));
  EXPECT_EQ(names(list({.name_space = "default", .continue_token = token})), "bbbc");
}

TEST_F(Listing, RefusesWhatMakesNoSense) {
  fill("a");
  const std::string options = "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: ";
  const auto message = [&](const ListQuery& query) { return refused(query).message(); };
  EXPECT_EQ(
      message({.resource_version = "abc"}),
      R"(invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax)");
  EXPECT_EQ(
      message({.resource_version = "-1"}),
      R"(invalid resource version: resourceVersion: Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax)");
  EXPECT_EQ(message({.resource_version_match = "Exact"}),
            options + "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
  EXPECT_EQ(message({.resource_version = "0", .resource_version_match = "Exact"}),
            options + R"(Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0")");
  EXPECT_EQ(message({.resource_version = "1", .resource_version_match = "Other"}),
            options + R"(Unsupported value: "Other": supported values: "Exact", "NotOlderThan", "")");
  EXPECT_EQ(message({.continue_token = continue_token({3, "/a"}), .resource_version = "3"}),
            "specifying resource version is not allowed when using continue");
  EXPECT_EQ(message({.continue_token = "eyJ2IjoibWV0YS5rOHMuaW8vdjIiLCJydiI6MSwic3RhcnQiOiJhIn0"}),
            "invalid continue token: continue key is not valid: server does not recognize this encoded version "
            "meta.k8s.io/v2");
  EXPECT_TRUE(
      message({.continue_token = "nonsense"}).starts_with("invalid continue token: continue key is not valid: "));
}

TEST(Continue, IsWrittenAsTheRealServerWritesIt) {
  EXPECT_EQ(continue_token({619, "/c"}), "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NjE5LCJzdGFydCI6Ii9jXHUwMDAwIn0");
  EXPECT_EQ(continue_token({-1, "b"}), "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYlx1MDAwMCJ9");
  const Result<Continue> read = parse_continue(continue_token({7, "/ns/name"}));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->at, 7);
  EXPECT_EQ(read->after, "ns/name");
}

}  // namespace
}  // namespace rig::apiserver
