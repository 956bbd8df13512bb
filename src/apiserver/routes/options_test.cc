// apiserver/routes/options_test.cc — query parameters and DeleteOptions, and how wrong ones are named.
#include "apiserver/routes/options.h"

#include <gtest/gtest.h>

#include "base/json/json.h"

namespace rig::apiserver {
namespace {

Target target(const std::string& query) { return parse_target("/x?" + query).take(); }

TEST(WriteOptions, AreReadFromTheQuery) {
  const WriteContext context =
      write_options("CreateOptions", target("fieldManager=me&dryRun=All&fieldValidation=Strict"), "kubectl/v1").take();
  EXPECT_EQ(context.field_manager, "me");
  EXPECT_TRUE(context.dry_run);
  EXPECT_EQ(context.validation, Validation::kStrict);
}

TEST(WriteOptions, NameTheManagerAfterTheUserAgent) {
  struct {
    std::string agent, manager;
  } const cases[] = {{"kubectl/v1.33.1 (linux/amd64) kubernetes/abc", "kubectl"},
                     {"record", "record"},
                     {"", "unknown"},
                     {std::string(200, 'x'), std::string(128, 'x')}};
  for (const auto& c : cases) EXPECT_EQ(write_options("CreateOptions", target(""), c.agent)->field_manager, c.manager);
}

struct Refused {
  std::string query, why;
};
TEST(WriteOptions, AreRefusedByName) {
  const std::vector<Refused> cases = {
      {"fieldValidation=Maybe",
       R"(fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn")"},
      {"dryRun=Some", R"(dryRun: Unsupported value: ["Some"]: supported values: "All")"},
      {"dryRun=", R"(dryRun: Unsupported value: [""]: supported values: "All")"},
      {"fieldManager=" + std::string(129, 'x'), "fieldManager: Too long: may not be more than 128 bytes"},
      {"fieldManager=a%01b", "invalid character U+0001 (at position 1)"},
  };
  for (const Refused& c : cases) {
    const auto context = write_options("CreateOptions", target(c.query), "x");
    ASSERT_FALSE(context.ok()) << c.query;
    EXPECT_NE(context.error().message().find(c.why), std::string::npos) << context.error().message();
    EXPECT_TRUE(context.error().message().starts_with("CreateOptions.meta.k8s.io \"\" is invalid: "));
    EXPECT_EQ(http_code(context.error()), 422);
  }
}

TEST(WriteOptions, RefuseATimeoutThatIsNone) {
  const auto context = write_options("CreateOptions", target("timeout=abc"), "x");
  EXPECT_EQ(context.error().message(),
            R"(invalid timeout specified in the request URL - time: invalid duration "abc")");
  EXPECT_TRUE(write_options("CreateOptions", target("timeout=32s"), "x").ok());
}

TEST(PatchOptions, WantAManagerForAnApplyAndForceForNothingElse) {
  EXPECT_EQ(patch_options(true, target(""), "kubectl").error().message(),
            R"(PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch)");
  EXPECT_TRUE(patch_options(true, target("fieldManager=me&force=true"), "x")->force);
  EXPECT_EQ(patch_options(false, target("force=true"), "x").error().message(),
            R"(PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch)");
}

json::Value body(const char* text) { return json::parse(text).take(); }

TEST(DeleteOptions, InABodyHideTheQuery) {
  const DeleteContext context =
      delete_options(body(R"({"propagationPolicy":"Orphan","preconditions":{"uid":"u","resourceVersion":"7"}})"),
                     target("dryRun=All&propagationPolicy=Foreground"))
          .take();
  EXPECT_FALSE(context.dry_run);
  EXPECT_EQ(context.propagation, "Orphan");
  EXPECT_EQ(context.uid, "u");
  EXPECT_EQ(context.resource_version, "7");
}

TEST(DeleteOptions, AreReadFromTheQueryWhenThereIsNoBody) {
  const DeleteContext context = delete_options({}, target("dryRun=All&propagationPolicy=Foreground")).take();
  EXPECT_TRUE(context.dry_run);
  EXPECT_EQ(context.propagation, "Foreground");
  EXPECT_EQ(delete_options({}, target("orphanDependents=true"))->propagation, "Orphan");
  EXPECT_EQ(delete_options({}, target("orphanDependents=false"))->propagation, "Background");
}

TEST(DeleteOptions, AreRefusedByName) {
  struct {
    const char* body;
    const char* why;
  } const cases[] = {
      {R"({"propagationPolicy":"Sideways"})",
       R"(Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil")"},
      {R"({"propagationPolicy":"Background","orphanDependents":true})",
       "orphanDependents and deletionPropagation cannot be both set"},
      {R"({"dryRun":["Some"]})", R"(dryRun: Unsupported value: ["Some"]: supported values: "All")"},
      {R"({"kind":"ConfigMap","apiVersion":"v1"})", R"(no kind "ConfigMap" is registered for version "v1")"},
  };
  for (const auto& c : cases) {
    const auto context = delete_options(body(c.body), target(""));
    ASSERT_FALSE(context.ok()) << c.body;
    EXPECT_NE(context.error().message().find(c.why), std::string::npos) << context.error().message();
  }
}

TEST(ListOptions, ReadNumbersStrictly) {
  EXPECT_EQ(list_options(target("limit=5"), "x")->limit, 5);
  EXPECT_EQ(list_options(target("limit=x"), "").error().message(), R"(strconv.ParseInt: parsing "x": invalid syntax)");
  EXPECT_EQ(http_code(list_options(target("sendInitialEvents=true"), "").error()), 422);
  EXPECT_TRUE(list_options(target("sendInitialEvents=true&watch=1"), "").ok());
}

TEST(WatchTimeout, IsTheClientsWithinOurs) {
  using namespace std::chrono_literals;
  struct {
    const char* query;
    Duration wanted;
  } const cases[] = {{"", 60s},
                     {"timeoutSeconds=0", 60s},
                     {"timeoutSeconds=5", 5s},
                     {"timeoutSeconds=-1", 0s},
                     {"timeoutSeconds=9223372036854775807", 60s}};
  for (const auto& c : cases) EXPECT_EQ(*watch_timeout(target(c.query), 60s), c.wanted) << c.query;
  EXPECT_FALSE(watch_timeout(target("timeoutSeconds=x"), 60s).ok());
}

}  // namespace
}  // namespace rig::apiserver
