// apiserver/routes/documents_test.cc — OpenAPI as a file server gives it.
#include "apiserver/routes/documents.h"

#include "apiserver/api_server_fixture_test.h"

namespace rig::apiserver {
namespace {

TEST_F(ApiServerTest, SendsDocumentsOnlyWhenTheyChanged) {
  accept_ = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  for (const char* path : {"/api", "/apis", "/openapi/v2", "/openapi/v3/api/v1"}) {
    if_none_match_.clear();
    if (std::string_view(path).starts_with("/openapi")) accept_ = "application/json";
    const ApiAnswer first = get(path);
    ASSERT_EQ(first.status, 200) << path;
    EXPECT_FALSE(first.text.empty()) << path;
    if_none_match_ = header(first, "ETag");
    EXPECT_EQ(get(path).status, 304) << path;
  }
  if_none_match_ = "\"another\"";
  if_modified_since_ = header(get("/openapi/v3"), "Last-Modified");
  EXPECT_EQ(if_modified_since_, "Thu, 01 Jan 2026 00:00:00 GMT");
  EXPECT_EQ(get("/openapi/v2").status, 200) << "the tag tells more than the time";
  if_none_match_.clear();
  for (const char* path : {"/openapi/v3", "/openapi/v2", "/openapi/v3/api/v1"})
    EXPECT_EQ(get(path).status, 304) << path;
  if_modified_since_ = "Wed, 31 Dec 2025 00:00:00 GMT";
  EXPECT_EQ(get("/openapi/v3").status, 200);
  EXPECT_EQ(get("/openapi/v3/").status, 404);
  const ApiAnswer moved = get("/openapi/v3/api/v1?hash=0");
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(header(get(header(moved, "Location")), "Cache-Control"), "public, immutable");
  accept_ = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  const ApiAnswer swagger = get("/openapi/v2");
  EXPECT_EQ(swagger.content_type, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
  EXPECT_TRUE(
      swagger.text.starts_with("\x0a\x03"
                               "2.0"))
      << "field 1: swagger";
  accept_ = "application/yaml";
  EXPECT_EQ(get("/openapi/v2").status, 406);
}

}  // namespace
}  // namespace rig::apiserver
