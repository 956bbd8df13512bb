// fakes/pve/property_string.h — "local:1/vm-1-disk-0.raw,size=1G,ssd=1": a list of keys and values in one text.
#pragma once

#include <string_view>

#include "fakes/pve/refusal.h"

namespace rig::fakes::pve {

// A part without "=" is the value of `default_key`.
Texts parse_properties(std::string_view text, std::string_view default_key);
// The value of `default_key` first and bare, then the others in order of their keys, as PVE prints them.
std::string print_properties(const Texts& properties, std::string_view default_key);
// "" when absent.
std::string value_of(const Texts& texts, const std::string& key);
// "yes", "on", "true", "1": what PVE takes for a boolean.
bool is_true(const Texts& texts, const std::string& key);

// "1G", "64M", "4096": bytes. -1: not a size.
std::int64_t parse_size(std::string_view text);
std::string print_size(std::int64_t bytes);  // the largest unit that leaves no rest: "64M"

}  // namespace rig::fakes::pve
