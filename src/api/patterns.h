// api/patterns.h — patterns that many rows share. They must mean the same in ECMAScript and in Go's RE2.
#pragma once

#include <string_view>

namespace rig::api {

// RFC 1123: a label, and the dotted labels of an object's name.
inline constexpr std::string_view kLabelPattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
inline constexpr std::string_view kNamePattern = R"(^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)";

inline constexpr std::string_view kIpv4Pattern =
    R"(^((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)$)";
// IPv4 or IPv6, alone or with a prefix length. For IPv6 the shape only: providers parse it for good.
inline constexpr std::string_view kAddressPattern =
    R"(^(((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)|)"
    R"(([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|)"
    R"((([0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f]{1,4})?::(([0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f]{1,4})?)$)";
inline constexpr std::string_view kCidrPattern =
    R"(^(((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)/([0-9]|[12][0-9]|3[0-2])|)"
    R"((([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|)"
    R"((([0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f]{1,4})?::(([0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f]{1,4})?))"
    R"(/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$)";
inline constexpr std::string_view kMacPattern = "^([0-9A-Fa-f]{2}[:-]){5}([0-9A-Fa-f]{2})$";

// A container image, its registry with or without a port; and one that must have a tag.
inline constexpr std::string_view kImagePattern =
    "^([a-zA-Z0-9.-]+(:[0-9]+)?/)?[a-zA-Z0-9._/-]+(:[a-zA-Z0-9._-]+)?(@[a-zA-Z0-9]+:[a-fA-F0-9]{64})?$";
inline constexpr std::string_view kTaggedImagePattern =
    "^([a-zA-Z0-9.-]+(:[0-9]+)?/)?[a-zA-Z0-9._/-]+:[a-zA-Z0-9._-]+$";

// Where a hypervisor is: http(s), tcp, grpc, libvirt's URIs (libvirt.org/uri.html), mock.
inline constexpr std::string_view kEndpointPattern =
    R"(^(https?://([a-zA-Z0-9._-]+|\[[0-9a-fA-F:.]+\])(:[0-9]+)?([/?].*)?|)"
    R"((tcp|grpc)://([a-zA-Z0-9._-]+|\[[0-9a-fA-F:.]+\]):[0-9]+(/.*)?|)"
    R"((qemu|test)(\+(unix|ssh|tcp|tls|libssh2?|ext))?://)"
    R"((([a-zA-Z0-9._%@-]+@)?([a-zA-Z0-9._-]+|\[[0-9a-fA-F:.]+\])(:[0-9]+)?)?/.*|)"
    R"(mock://.*)$)";

// Five to seven fields of numbers, names, *, ?, ranges, steps and lists; or @daily and the like; or @every.
inline constexpr std::string_view kCronPattern =
    R"(^(@(annually|yearly|monthly|weekly|daily|midnight|hourly|reboot)|)"
    R"(@every ([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+|)"
    R"(((\*|\?|[0-9]+|[A-Za-z]{3})(-([0-9]+|[A-Za-z]{3}))?(/[0-9]+)?)"
    R"((,(\*|\?|[0-9]+|[A-Za-z]{3})(-([0-9]+|[A-Za-z]{3}))?(/[0-9]+)?)*( |$)){5,7})$)";

}  // namespace rig::api
