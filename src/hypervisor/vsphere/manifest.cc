// vsphere/manifest.cc — see manifest.h.
#include "hypervisor/vsphere/manifest.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rig::vsphere {
namespace {

constexpr std::size_t kShownMax = 100;  // of a line that is none

struct Algorithm {
  std::string_view name, digest;  // as manifests have it; as Digest::start() does
  std::size_t digits;
};
constexpr std::array kAlgorithms = {Algorithm{"SHA1", "sha1", 40}, Algorithm{"SHA256", "sha256", 64},
                                    Algorithm{"SHA512", "sha512", 128}};

Error wrong(std::size_t number, std::string_view line, const std::string& why) {
  return Error(Code::kInvalidArgument, "line " + std::to_string(number) + " of the manifest, '" +
                                           std::string(line.substr(0, kShownMax)) + "': " + why)
      .with_hint("Make the manifest anew, or take it away.");
}

Result<ManifestLine> read_line(std::size_t number, std::string_view line) {
  const std::size_t open = line.find('('), equals = line.rfind('=');
  const std::string_view left = trim(line.substr(0, std::min(equals, line.size())));
  if (equals == std::string_view::npos || open > equals || !left.ends_with(')') || left.size() < open + 3)
    return wrong(number, line, "wanted 'SHA256(FILE)= DIGITS'");
  ManifestLine read{std::string(left.substr(open + 1, left.size() - open - 2)), "",
                    to_lower(trim(line.substr(equals + 1)))};
  if (read.file.starts_with("./")) read.file.erase(0, 2);
  const std::string_view name = trim(line.substr(0, open));
  const auto* known =
      std::ranges::find_if(kAlgorithms, [&](const Algorithm& each) { return to_lower(each.name) == to_lower(name); });
  if (known == kAlgorithms.end())
    return wrong(number, line, "the algorithm is '" + std::string(name) + "', wanted SHA1, SHA256 or SHA512");
  read.algorithm = known->name;
  if (read.sum.size() != known->digits || read.sum.find_first_not_of("0123456789abcdef") != std::string::npos)
    return wrong(number, line, "wanted " + std::to_string(known->digits) + " hexadecimal digits behind the '='");
  return read;
}

}  // namespace

bool is_manifest_name(std::string_view name) { return to_lower(name).ends_with(".mf"); }

Result<std::vector<ManifestLine>> read_manifest(std::string_view text) {
  std::vector<ManifestLine> lines;
  std::size_t number = 0;
  for (const std::string& each : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(each);
    if (!line.empty()) lines.push_back(TRY(read_line(number, line)));
  }
  return lines;
}

Status Verifier::begin(std::string file) {
  file_ = std::move(file);
  digests_.clear();
  for (const Algorithm& algorithm : kAlgorithms) {
    const bool is_asked = std::ranges::any_of(
        lines_, [&](const ManifestLine& line) { return line.file == file_ && line.algorithm == algorithm.name; });
    if (is_asked || manifest_.empty()) digests_.emplace_back(algorithm.name, TRY(Digest::start(algorithm.digest)));
  }
  return {};
}

void Verifier::add(std::string_view bytes) {
  for (auto& [algorithm, digest] : digests_) digest.add(bytes);
}

Status Verifier::end() {
  if (file_.empty()) return {};
  Sums found;
  for (auto& [algorithm, digest] : digests_) found[algorithm] = digest.finish_hex();
  digests_.clear();
  const std::string file = std::exchange(file_, "");
  if (!manifest_.empty()) return check(file, found);
  came_[file] = std::move(found);
  return {};
}

Status Verifier::take_manifest(std::string_view name, std::string_view text) {
  std::ranges::move(TRY(read_manifest(text)), std::back_inserter(lines_));
  manifest_ = name;
  for (const auto& [file, found] : came_) TRY(check(file, found));
  return {};
}

Status Verifier::check(const std::string& file, const Sums& found) const {
  for (const ManifestLine& line : lines_) {
    if (line.file != file) continue;
    const auto sum = found.find(line.algorithm);
    if (sum == found.end() || sum->second == line.sum) continue;
    return Error(Code::kInvalidArgument, "file '" + file + "' of the package: its " + line.algorithm + " is " +
                                             sum->second + ", and the manifest '" + manifest_ + "' says " + line.sum)
        .with_hint("It was damaged on its way, or changed after the package was made. Make the package anew.");
  }
  return {};
}

}  // namespace rig::vsphere
