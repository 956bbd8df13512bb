// vsphere/ova.h — packages of machines: the files of a tar archive as they come, and what a descriptor names. Pure but
// for what the reader that it is given does.
//
// vCenter reads the descriptor; of it we read no more than which files belong to it.
//
// Sources: DMTF DSP0243 1.1, 5.1 (OVF packages; an OVA is a tar of one, the descriptor first); IEEE 1003.1 pax
// (headers of ustar, records of extended headers); GNU tar's manual (sizes as binary numbers, long names).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig::vsphere {

// Fills some of the buffer: at least one byte; 0: the end.
using ReadBytes = std::function<Result<std::size_t>(std::span<char>)>;

// All of it, but an error when it is more than `bytes_max`.
Result<std::string> read_all(const ReadBytes& read, std::size_t bytes_max, std::string_view what);

struct Member {  // a file of an archive
  std::string name;
  std::int64_t bytes = 0;
  bool operator==(const Member&) const = default;
};

// kInvalidArgument: what comes is no archive, is damaged, ends too early, or has a file that we do not read (a sparse
// one, a link). `read`'s own errors.
class TarReader {
 public:
  explicit TarReader(ReadBytes read) : read_(std::move(read)) {}

  // The next file, without what of the last one was not read. None: that was the last one; what is behind the archive
  // has been read.
  Result<std::optional<Member>> next();
  // Of the file that next() answered; 0: its end.
  Result<std::size_t> read(std::span<char> buffer);

 private:
  Result<bool> fill(std::span<char> block);  // false: the end came before its first byte
  Status skip(std::int64_t bytes);
  Status read_extension(char kind, std::int64_t bytes);

  ReadBytes read_;
  std::int64_t at_ = 0, left_ = 0, padding_ = 0;  // of the archive; of the current file; behind it
  std::string long_name_;                         // that an extension gave the next file
  std::optional<std::int64_t> long_bytes_;
};

bool is_descriptor_name(std::string_view name);  // "x.ovf"
// Whether what begins so is a descriptor itself, and no archive.
bool is_descriptor(std::string_view beginning);

struct Reference {  // to a file beside the descriptor
  std::string href;
  std::optional<std::int64_t> bytes;
  bool operator==(const Reference&) const = default;
};
// kInvalidArgument: it is no descriptor; it is of several machines; a file of it is elsewhere, or in pieces.
Result<std::vector<Reference>> read_descriptor(std::string_view text);

// "https://h/a/b.ovf?x" and "d.vmdk": "https://h/a/d.vmdk?x", for a signature or a token counts for the files, too.
std::string url_beside(std::string_view descriptor_url, std::string_view href);

}  // namespace rig::vsphere
