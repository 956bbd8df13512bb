// apiserver/listing.h — which state of the log a list or a watch is about: versions, match rules, continue tokens.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/registry.h"

namespace rig::apiserver {

// The position that a page ended at. Written as base64 of {"v":"meta.k8s.io/v1","rv":N,"start":"/name\0"}.
struct Continue {
  Revision at = 0;    // -1: the state it began with is gone, go on with the newest
  std::string after;  // what follows the collection's prefix in the key
};
std::string continue_token(const Continue& position);
Result<Continue> parse_continue(std::string_view token);  // 400

Error too_large_version(Revision wanted, Revision current);  // 504

// The version that a GET of one object wants at least: 500 when it is no number, 504 when the log is not that far.
Status check_get_version(std::string_view text, Revision current);

// A resourceVersion of a list: 400 when it is no number.
Result<Revision> parse_list_version(std::string_view text);

}  // namespace rig::apiserver
