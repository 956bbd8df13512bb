// vsphere/ova_fuzz.cc — libFuzzer: no bytes break the reader of archives, descriptors or manifests, and a file that it
// gave whole has as many bytes as its header said.
#include <algorithm>
#include <cstdlib>

#include "hypervisor/vsphere/manifest.h"
#include "hypervisor/vsphere/ova.h"

namespace {

using namespace rig;
using namespace rig::vsphere;

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t length) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), length);
  std::size_t at = 0;
  TarReader tar([&](std::span<char> buffer) -> Result<std::size_t> {
    const std::size_t n = bytes.copy(buffer.data(), std::min<std::size_t>(buffer.size(), 300), at);
    at += n;
    return n;
  });
  for (;;) {
    const auto member = tar.next();
    if (!member.ok() || !*member) break;
    const auto whole = read_all([&](std::span<char> buffer) { return tar.read(buffer); }, 1U << 20, "it");
    if (!whole.ok()) break;
    check(static_cast<std::int64_t>(whole->size()) == (*member)->bytes);
  }
  const auto references = read_descriptor(bytes);
  if (references.ok())
    for (const Reference& reference : *references) {
      check(reference.href.find('/') == std::string::npos);
      (void)url_beside("https://h/a.ovf", reference.href);
    }
  if (const auto lines = read_manifest(bytes); lines.ok())
    for (const ManifestLine& line : *lines) check(!line.file.empty() && line.sum.size() >= 40);
  return 0;
}
