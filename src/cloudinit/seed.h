// cloudinit/seed.h — the three documents of a NoCloud seed, made from what users and objects say.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig::cloudinit {

// Where a text came from, for messages ("userData.cloudInit.inline"), and the text. Messages never quote it.
struct UserDataPart {
  std::string from;
  std::string text;
};

// Empty parts are left out. One part is passed on as it is; several become one multipart/mixed message (RFC 2046),
// each with the content type that its first line says. kInvalidArgument: a part begins with nothing cloud-init
// knows; kOutOfRange: more than kDocumentBytesMax.
Result<std::string> merge_user_data(std::span<const UserDataPart> parts);

// `user_meta`: a YAML map of the user's, may be empty. What it says stands; instance-id and local-hostname are added
// where it does not. kInvalidArgument: it is no map; kOutOfRange: too long.
Result<std::string> meta_data(const std::string& instance_id, const std::string& hostname,
                              const std::string& user_meta);

struct NicAddress {
  std::string name;                    // of the entry; Linux keeps its own interface name
  std::string mac;                     // "": the entry's name must be the interface's
  std::vector<std::string> addresses;  // "192.0.2.7/24", "2001:db8::7/64"; empty: DHCP
  std::vector<std::string> gateways;   // at most one of each family
  std::vector<std::string> nameservers, search_domains;
  bool operator==(const NicAddress&) const = default;
};

// Version 2, "" for no interfaces. Values must have been validated.
std::string network_config(std::span<const NicAddress> nics);

}  // namespace rig::cloudinit
