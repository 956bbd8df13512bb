// transfer/formats/image_header.h — what a disk image is, judged by its first bytes. Pure.
//
// An image comes from anywhere. A header may name other files (a backing file, a data file), and whoever opens the
// image opens those too: so everything that is not a plain self-contained disk is refused before a hypervisor sees it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig::transfer {

struct ImageHeader {
  std::string format;              // "qcow2", "raw"
  std::int64_t virtual_bytes = 0;  // size of the disk that a machine sees
  bool operator==(const ImageHeader&) const = default;
};

// `beginning`: the first kHeaderBytes of the file, or all of it; `file_bytes`: its whole size; `expected`: "qcow2",
// "raw" or "" for either. kInvalidArgument: another format than expected, damaged, or no disk image at all;
// kUnimplemented: a format that we know and do not take; kFailedPrecondition: it names other files or needs a key;
// kOutOfRange: larger than kVirtualBytesMax.
Result<ImageHeader> read_image_header(std::string_view beginning, std::int64_t file_bytes, std::string_view expected);

}  // namespace rig::transfer
