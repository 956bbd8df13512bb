// cloudinit/iso9660.h — small read-only ISO 9660 images with Rock Ridge names, written as bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig::cloudinit {

struct IsoFile {
  std::string name;  // 1 to 30 of a-z 0-9 . - ; Linux shows it exactly like this
  std::string bytes;
};

// Equal input gives equal bytes: no clock, no random. kInvalidArgument: a name that cannot be written, two files of
// one name, a volume id longer than 32; kOutOfRange: too many files or too many bytes.
Result<std::string> iso9660(std::string_view volume_id, std::span<const IsoFile> files);

}  // namespace rig::cloudinit
