// apiserver/access/attributes_test.cc — what a path is about.
#include "apiserver/access/attributes.h"

#include <gtest/gtest.h>

namespace rig::apiserver {
namespace {

std::string shown(const Attributes& a) {
  if (!a.is_resource) return a.verb + " " + a.path;
  return a.verb + " " + a.group + "/" + a.version + " " + a.name_space + "/" + a.resource + "/" + a.name +
         (a.subresource.empty() ? "" : ":" + a.subresource);
}

TEST(Attributes, AreReadFromThePathAlone) {
  struct {
    const char* method;
    const char* target;
    const char* wanted;
  } const cases[] = {
      {"GET", "/version", "get /version"},
      {"GET", "/api/v1", "get /api/v1"},
      {"GET", "/apis/g/v1", "get /apis/g/v1"},
      {"GET", "/apis//v1/secrets", "get /apis//v1/secrets"},
      {"GET", "/api/v1/secrets", "list /v1 /secrets/"},
      {"GET", "/api/v1/namespaces/x/secrets?watch=true", "watch /v1 x/secrets/"},
      {"GET", "/api/v1/watch/namespaces/x/secrets", "watch /v1 x/secrets/"},
      {"GET", "/api/v1/namespaces/x/secrets/one?watch=true", "get /v1 x/secrets/one"},
      {"GET", "/api/v1/namespaces", "list /v1 /namespaces/"},
      {"GET", "/api/v1/namespaces/x", "get /v1 x/namespaces/x"},
      {"PUT", "/api/v1/namespaces/x/finalize", "update /v1 x/namespaces/x:finalize"},
      {"POST", "/apis/g/v1/namespaces/x/things", "create g/v1 x/things/"},
      {"PATCH", "/apis/g/v1/namespaces/x/things/one/status", "patch g/v1 x/things/one:status"},
      {"DELETE", "/apis/g/v1/namespaces/x/things/one", "delete g/v1 x/things/one"},
      {"DELETE", "/apis/g/v1/namespaces/x/things", "deletecollection g/v1 x/things/"},
      {"GET", "/apis/g/v1/namespaces//things", "list g/v1 /things/"},
      {"HEAD", "/apis/g/v1/things", "list g/v1 /things/"},
      {"GET", "/apis/g/v1/things?fieldSelector=metadata.name%3Done,type!=x", "list g/v1 /things/one"},
      {"GET", "/apis/g/v1/things?watch=1&fieldSelector=metadata.name==one", "watch g/v1 /things/one"},
      {"GET", "/apis/g/v1/things?fieldSelector=metadata.name!=one", "list g/v1 /things/"},
      {"GET", "/apis/g/v1/things?fieldSelector=metadata.name=a%2Fb", "list g/v1 /things/"},
      {"DELETE", "/apis/g/v1/things?fieldSelector=metadata.name=one", "deletecollection g/v1 /things/"},
      {"get", "/apis/g/v1/things", " g/v1 /things/"},
      {"BREW", "/pot", " /pot"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(shown(attributes_of(c.method, parse_target(c.target).take())), c.wanted) << c.method << " " << c.target;
}

}  // namespace
}  // namespace rig::apiserver
