// apiserver/routes/media_test.cc — content negotiation, one Accept header a line.
#include "apiserver/routes/media.h"

#include <gtest/gtest.h>

#include "apiserver/failure.h"

namespace rig::apiserver {
namespace {

// "json", "yaml", "+pretty", "Table/v1", ...; "406" when refused.
std::string negotiated(const char* accept, Offer offer = Offer::kObjects) {
  const Result<Media> media = negotiate(accept, offer);
  if (!media.ok()) return std::to_string(http_code(media.error()));
  constexpr const char* kForms[] = {"", " Table/", " Partial/", " PartialList/", " Discovery/"};
  std::string out = std::string(media->is_yaml ? "yaml" : "json") + (media->is_pretty ? "+pretty" : "");
  if (media->form != Form::kPlain) out += kForms[static_cast<int>(media->form)] + media->version;
  return out;
}

TEST(Negotiate, TakesTheFirstEntryThatCanBeServed) {
  struct {
    const char* accept;
    const char* wanted;
  } const cases[] = {
      {"", "json"},
      {"*/*", "json"},
      {"application/*", "json"},
      {"application/yaml", "yaml"},
      {"application/json;pretty=1", "json+pretty"},
      {"application/json;q=0", "json"},
      {"application/json;charset=utf-8;foo=bar", "json"},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"},
      {"application/vnd.kubernetes.protobuf,application/json", "json"},
      {"application/json;as=Table;v=v1;g=meta.k8s.io,application/json", "json Table/v1"},
      {"application/json;as=Table;v=v9;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io",
       "json Table/v1beta1"},
      {"application/yaml;as=Table;v=v1;g=meta.k8s.io", "yaml Table/v1"},
      {"application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "json Partial/v1"},
      {"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "json PartialList/v1"},
      {"application/json;as=Nothing;v=v1;g=meta.k8s.io,application/json", "json"},
      {"application/json;as=Nothing;v=v1;g=meta.k8s.io", "406"},
      {"application/vnd.kubernetes.protobuf", "406"},
      {"text/plain", "406"},
      {"nonsense", "406"},
      {";;;", "406"},
  };
  for (const auto& c : cases) EXPECT_EQ(negotiated(c.accept), c.wanted) << c.accept;
}

TEST(Negotiate, OffersEachEndpointItsOwnForms) {
  const char* discovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
  EXPECT_EQ(negotiated(discovery, Offer::kDiscovery), "json Discovery/v2");
  EXPECT_EQ(negotiated(discovery, Offer::kPlain), "json");
  EXPECT_EQ(negotiated("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", Offer::kDiscovery),
            "406");
  EXPECT_EQ(negotiated("application/json;as=Table;v=v1;g=meta.k8s.io", Offer::kPlain), "406");
}

TEST(Negotiate, RefusesForKubernetesOwnKindsInOtherWords) {
  EXPECT_EQ(negotiated("application/*", Offer::kCoreObjects), "406");
  EXPECT_EQ(negotiated("*/*", Offer::kCoreObjects), "json");
  EXPECT_EQ(negotiated("application/json;as=Table;v=v1;g=meta.k8s.io", Offer::kCoreObjects), "json Table/v1");
  EXPECT_TRUE(negotiate("text/plain", Offer::kCoreObjects).error().message().starts_with("406: Not Acceptable\n"));
  EXPECT_TRUE(negotiate("text/plain", Offer::kObjects).error().message().starts_with("only the following"));
}

TEST(BodyType, IgnoresParametersAndRefusesUnknownNames) {
  EXPECT_EQ(body_type(""), BodyType::kJson);
  EXPECT_EQ(body_type("Application/JSON; charset=utf-8"), BodyType::kJson);
  EXPECT_EQ(body_type("application/yaml"), BodyType::kYaml);
  EXPECT_EQ(body_type("application/vnd.kubernetes.protobuf"), BodyType::kProtobuf);
  EXPECT_EQ(body_type("application/strategic-merge-patch+json"), BodyType::kStrategicPatch);
  EXPECT_EQ(body_type("application/apply-patch+cbor"), std::nullopt);
  EXPECT_EQ(body_type("///"), std::nullopt);
}

}  // namespace
}  // namespace rig::apiserver
