// base/text.h — small things about text that several rooms need.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig {

std::vector<std::string> split(std::string_view text, char separator);  // "a,,b" has three parts; "" has one
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);  // blanks, tabs, line ends
std::string to_lower(std::string_view text);   // ASCII

// The candidate that a typing error probably meant (at most two edits away, in any case), or "".
std::string_view near_miss(std::string_view typed, std::span<const std::string_view> candidates);

std::string base64(std::string_view bytes);                 // standard alphabet, padded
Result<std::string> parse_base64(std::string_view text);    // strict; line ends allowed; kInvalidArgument
std::string hex(std::string_view bytes);                    // lower case
std::string percent_encode(std::string_view text);          // all but RFC 3986 unreserved characters
Result<std::string> percent_decode(std::string_view text);  // kInvalidArgument
bool is_utf8(std::string_view bytes);

// A whole decimal number, nothing before or after it. kInvalidArgument, kOutOfRange.
Result<std::int64_t> parse_int(std::string_view text);

}  // namespace rig
