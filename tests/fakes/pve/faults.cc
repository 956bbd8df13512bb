#include "fakes/pve/faults.h"

#include <algorithm>

namespace rig::fakes::pve {

bool fits(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  for (std::size_t at = star; at <= text.size(); ++at)
    if (fits(pattern.substr(star + 1), text.substr(at))) return true;
  return false;
}

std::optional<Fault> Faults::strike(std::string_view method, std::string_view path) {
  if (all_ended_) return Fault{.kind = Fault::Kind::kDrop};
  std::optional<Fault> out;
  for (Counted& each : faults_) {
    if (each.fault.effects_only && method == "GET") continue;
    if (!fits(each.fault.method, method) || !fits(each.fault.path, path)) continue;
    ++each.seen;
    const bool is_due = each.fault.stays ? each.seen >= each.fault.nth : each.seen == each.fault.nth;
    if (is_due && !out) out = each.fault;
  }
  if (out) ++struck_;
  all_ended_ = out && out->ends_all;
  return out;
}

int Faults::count(std::string_view method, std::string_view path) const {
  return static_cast<int>(std::count_if(calls_.begin(), calls_.end(), [&](const CallRecord& call) {
    return fits(method, call.method) && fits(path, call.path);
  }));
}

}  // namespace rig::fakes::pve
