// vsphere/package.h — an OVA or OVF that a URL names, file by file, while it is fetched: nothing of it is stored.
//
// Of an OVA there is one download, and its files come as they stand in it. Of an OVF the URL is the descriptor's; the
// files beside it are fetched one after the other. Where the package has a manifest, each file is checked against it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hypervisor/vsphere/ova.h"
#include "provider/provider.h"

namespace rig::vsphere {

class Package {
 public:
  // Reads the descriptor, which comes first. Codes of transfer/http_source.h, ova.h and manifest.h; kInvalidArgument as
  // check() and next().
  static Result<std::unique_ptr<Package>> open(const provider::ImageRequest& request, const Call& call);
  ~Package();

  const std::string& descriptor() const;
  // The next file, but for manifests; none: that was the last one. `bytes` is -1 when nobody says how many.
  // kInvalidArgument: a file that came before is not what the manifest says, which may come after it.
  Result<std::optional<Member>> next();
  Result<std::size_t> read(std::span<char> buffer);  // of that file; 0: its end

  // After the last file. kInvalidArgument: what was fetched from the URL has another sum than was asked for.
  Status check();

  std::int64_t bytes_done() const, bytes_total() const;  // fetched; total: at least as many, as far as is known

 private:
  struct Impl;
  explicit Package(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::vsphere
