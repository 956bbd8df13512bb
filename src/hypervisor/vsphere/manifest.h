// vsphere/manifest.h — whether the files of a package are what its manifest says: sums of each, while it comes.
//
// A manifest ("a.mf" beside "a.ovf") has one line per file, as "SHA256(d.vmdk)= 00ff...". In an archive it stands
// behind the descriptor, or at the end, after the disks: until it is known, all the sums that it may name are made. A
// file that it does not name is not checked, and neither is who made it: its signature (.cert) is not looked at.
//
// Sources: DMTF DSP0243 1.1 and 2.1, 5.1 and 6 (form, order in an archive); ovftool's manual, --shaAlgorithm (SHA512).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace rig::vsphere {

struct ManifestLine {
  std::string file, algorithm, sum;  // "d.vmdk", "SHA256", hexadecimal in lower case
  bool operator==(const ManifestLine&) const = default;
};

bool is_manifest_name(std::string_view name);  // "x.mf"

// kInvalidArgument: a line has another form, or an algorithm that is not among SHA1, SHA256 and SHA512.
Result<std::vector<ManifestLine>> read_manifest(std::string_view text);

// Pure. The files come one after the other; the manifest comes before, between or after them.
class Verifier {
 public:
  Status begin(std::string file);
  void add(std::string_view bytes);
  // Of the file that was begun; nothing without one. kInvalidArgument: the manifest says something else about it.
  Status end();

  // `name` is for errors. kInvalidArgument: as read_manifest(); one of the files that came before is another.
  Status take_manifest(std::string_view name, std::string_view text);

 private:
  using Sums = std::map<std::string, std::string>;  // by algorithm
  Status check(const std::string& file, const Sums& found) const;

  std::string manifest_;  // its name; "" : it has not come
  std::vector<ManifestLine> lines_;
  std::map<std::string, Sums> came_;  // by file, until the manifest is there
  std::string file_;                  // that comes now
  std::vector<std::pair<std::string, Digest>> digests_;
};

}  // namespace rig::vsphere
