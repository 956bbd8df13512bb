// transfer/http_source.h — a URL as a source of bytes.
#pragma once

#include <memory>
#include <string>

#include "transfer/fetch.h"

namespace rig::transfer {

// Follows a few redirects. kInvalidArgument: not an http or https URL. Reading: kNotFound,
// kPermissionDenied, kUnavailable (also a server that stalls), kFailedPrecondition for other answers.
Result<std::unique_ptr<ByteSource>> http_source(const std::string& url, Duration stall_max);

std::string shown_url(const std::string& url);  // without user, password and query, which may be secrets

}  // namespace rig::transfer
