// api/patterns_test.cc — what the patterns take and refuse.
#include "api/patterns.h"

#include <gtest/gtest.h>

#include <span>

#include "schema/pattern.h"

namespace rig::api {
namespace {

struct Case {
  std::string_view pattern, text;
  bool is_taken;
};

constexpr Case kNames[] = {
    {kLabelPattern, "web-1", true},
    {kLabelPattern, "web.1", false},
    {kNamePattern, "web.shop-1", true},
    {kNamePattern, "web..shop", false},
    {kNamePattern, ".web", false},
    {kNamePattern, "Web", false},
    {kNamePattern, "web\n", false},
    {kIpv4Pattern, "255.255.255.0", true},
    {kIpv4Pattern, "::1", false},
    {kAddressPattern, "192.0.2.10", true},
    {kAddressPattern, "192.0.2.256", false},
    {kAddressPattern, "2001:db8::10", true},
    {kAddressPattern, "2001:db8:0:0:0:0:0:10", true},
    {kAddressPattern, "::", true},
    {kAddressPattern, "::1", true},
    {kAddressPattern, "fe80::", true},
    {kAddressPattern, "2001:db8", false},
    {kAddressPattern, "2001:db8:::1", false},
    {kAddressPattern, "2001:db8::1::2", false},
    {kAddressPattern, "2001:db8::12345", false},
    {kAddressPattern, "192.0.2.10/24", false},
    {kAddressPattern, "web.example.org", false},
    {kCidrPattern, "192.0.2.0/24", true},
    {kCidrPattern, "0.0.0.0/0", true},
    {kCidrPattern, "192.0.2.0/33", false},
    {kCidrPattern, "192.0.2.0", false},
    {kCidrPattern, "2001:db8::/32", true},
    {kCidrPattern, "::/0", true},
    {kCidrPattern, "2001:db8::/128", true},
    {kCidrPattern, "2001:db8::/129", false},
    {kMacPattern, "52:54:00:12:34:56", true},
    {kMacPattern, "52:54:00:12:34", false},
};

constexpr Case kPlaces[] = {
    {kImagePattern, "ghcr.io/projectbeskar/virtrigaud/provider-libvirt:v0.3.11", true},
    {kImagePattern, "registry:5000/x", true},
    {kImagePattern, "registry:5000/a/b_c:v1", true},
    {kImagePattern, "localhost:5000/x@sha256:0123456789012345678901234567890123456789012345678901234567890123", true},
    {kImagePattern, "x", true},
    {kImagePattern, "registry:5000/", false},
    {kImagePattern, "registry:port/x", false},
    {kImagePattern, "a b", false},
    {kImagePattern, "", false},
    {kTaggedImagePattern, "registry:5000/images/debian:12", true},
    {kTaggedImagePattern, "images/debian", false},
    {kEndpointPattern, "https://vcenter.example.org/sdk", true},
    {kEndpointPattern, "https://pve_1:8006", true},
    {kEndpointPattern, "https://[2001:db8::1]:8006/api2/json", true},
    {kEndpointPattern, "https://vcenter?x=1", true},
    {kEndpointPattern, "tcp://host:9443", true},
    {kEndpointPattern, "tcp://host", false},
    {kEndpointPattern, "grpc://host:9443/x", true},
    {kEndpointPattern, "qemu:///system", true},
    {kEndpointPattern, "qemu:///session", true},
    {kEndpointPattern, "qemu+ssh://root@host/system", true},
    {kEndpointPattern, "qemu+unix:///system?socket=/run/libvirt.sock", true},
    {kEndpointPattern, "qemu+libssh://admin@host:2222/system?keyfile=/k", true},
    {kEndpointPattern, "qemu+libssh2://host/system", true},
    {kEndpointPattern, "qemu+tls://[2001:db8::1]/system", true},
    {kEndpointPattern, "qemu+rsh://host/system", false},
    {kEndpointPattern, "qemu://host", false},
    {kEndpointPattern, "test:///default", true},
    {kEndpointPattern, "mock://", true},
    {kEndpointPattern, "mock://a?seed=1", true},
    {kEndpointPattern, "ftp://host/x", false},
    {kEndpointPattern, "host", false},
};

constexpr Case kTimes[] = {
    {kCronPattern, "0 3 * * *", true},
    {kCronPattern, "*/5 * * * *", true},
    {kCronPattern, "30 3 * JAN,JUL MON-FRI", true},
    {kCronPattern, "0-30/10 8,12 ? * sun", true},
    {kCronPattern, "0 0 12 1 1 * 2030", true},
    {kCronPattern, "@daily", true},
    {kCronPattern, "@midnight", true},
    {kCronPattern, "@every 1h30m", true},
    {kCronPattern, "@every 5", false},
    {kCronPattern, "x @every 5m", false},
    {kCronPattern, "@dailyx", false},
    {kCronPattern, "0 3 * *", false},
    {kCronPattern, "0 3 * * * * * *", false},
    {kCronPattern, "0  3 * * *", false},
    {kCronPattern, "", false},
};

void expect(std::span<const Case> cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(schema::Pattern::of(std::string(c.pattern)).is_found_in(std::string(c.text)), c.is_taken) << c.text;
  }
}

TEST(Pattern, TakesNamesAndAddresses) { expect(kNames); }
TEST(Pattern, TakesImagesAndEndpoints) { expect(kPlaces); }
TEST(Pattern, TakesSchedules) { expect(kTimes); }

}  // namespace
}  // namespace rig::api
