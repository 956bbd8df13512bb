// controllers/identity.cc — names, ids and addresses as functions of the object.
#include "controllers/identity.h"

#include <algorithm>
#include <cstdlib>

#include "base/digest.h"
#include "base/text.h"
#include "controllers/limits.h"

namespace rig::controllers {

std::string machine_id_of(const api::ObjectMeta& meta) {
  std::string id = meta.annotation(kMachineIdAnnotation);
  return id.empty() ? meta.uid : id;
}

bool is_to_be_released(const api::ObjectMeta& meta) {
  return !meta.uid.empty() && meta.annotation(kReleaseAnnotation) == meta.uid;
}

bool is_moved(const api::ObjectMeta& meta) {
  const std::string released = meta.annotation(kReleaseAnnotation);
  return !released.empty() && released != meta.uid && machine_id_of(meta) != meta.uid;
}

std::string display_name(std::string_view name, std::string_view machine_id) {
  std::string out(name.substr(0, kDisplayNameMax));
  std::replace(out.begin(), out.end(), '.', '-');
  return out + "-" + std::string(machine_id.substr(0, 8));
}

std::string derived_mac(std::string_view prefix, std::string_view machine_id, std::string_view nic) {
  constexpr std::int64_t kBits = 48, kDigits = kBits / 4;
  const std::size_t slash = prefix.find('/');
  std::string given(prefix.substr(0, slash));
  std::erase(given, ':');
  const std::int64_t whole = std::ssize(given) * 4;
  const auto told = slash == std::string_view::npos ? Result<std::int64_t>(whole) : parse_int(prefix.substr(slash + 1));
  const std::int64_t bits = std::clamp<std::int64_t>(told.ok() ? *told : whole, 0, kBits);
  given.resize(kDigits, '0');
  const std::uint64_t ours = (std::uint64_t{1} << (kBits - bits)) - 1;
  const std::string digest = sha256_hex(std::string(machine_id) + "/" + std::string(nic)).substr(0, 6);
  const auto number = [](const std::string& hex) { return std::strtoull(hex.c_str(), nullptr, 16); };
  const std::uint64_t mac = (number(given) & ~ours) | (number(digest) & ours);
  std::string text;
  for (int shift = kBits - 8; shift >= 0; shift -= 8) {
    const char octet = static_cast<char>((mac >> shift) & 0xffU);
    text += (text.empty() ? "" : ":") + hex({&octet, 1});
  }
  return text;
}

provider::MachineRef ref_of(const api::v1beta1::VirtualMachine& vm, std::string_view cluster_id) {
  return {.owner = {.cluster_id = std::string(cluster_id),
                    .name_space = vm.meta.namespace_,
                    .name = vm.meta.name,
                    .uid = vm.meta.uid},
          .machine_id = machine_id_of(vm.meta),
          .id = vm.status.id,
          .legacy = false};
}

}  // namespace rig::controllers
