// base/file.h — whole small files, written so that a crash leaves the old one or the new one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rig {

// At most `limit_bytes`; kNotFound, kPermissionDenied, kResourceExhausted (longer than the limit), kUnavailable.
Result<std::string> read_file(const std::string& path, std::size_t limit_bytes = 4U << 20);

// Writes a temporary file beside it, syncs, renames. `mode` as for chmod.
Status write_file(const std::string& path, std::string_view bytes, unsigned mode = 0644);

Status make_folder(const std::string& path, unsigned mode = 0755);  // with its parents; fine when it is there

}  // namespace rig
