// fakes/faults.h — what goes wrong between a client and a fake hypervisor, when, and a list of the calls that came.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig::fakes {

enum class FaultKind : std::uint8_t {
  kRefuse,     // `status` and `reason`; no effect
  kLoseReply,  // the effect, and then the connection ends
  kDrop,       // the connection ends; no effect
  kHang,       // no answer until the client goes; no effect
  kHangAfter,  // likewise, after the effect
  kProxyPage,  // 503 and HTML, from something between; no effect
  kSlow,       // answered as ever, but `delay` later
  kMeanwhile,  // answered as ever, but `meanwhile` was quicker: another client, a person, the host itself
};
inline bool answers(FaultKind kind) { return kind == FaultKind::kSlow || kind == FaultKind::kMeanwhile; }
inline bool acts(FaultKind kind) {
  return answers(kind) || kind == FaultKind::kLoseReply || kind == FaultKind::kHangAfter;
}
inline bool hangs(FaultKind kind) { return kind == FaultKind::kHang || kind == FaultKind::kHangAfter; }

template <class World>
struct Fault {
  using Kind = FaultKind;
  Kind kind = Kind::kRefuse;
  std::string method = "*", path = "*";  // "*" stands for any text; which methods and paths there are: the fake's calls
  int nth = 1;                           // of the calls that fit, from now on
  bool stays = false;                    // also every later one
  bool effects_only = false;             // calls that only read do not fit
  bool ends_all = false;                 // from then on every call is dropped, as of a client that has died
  int status = 500;
  std::string reason = "fault";
  Duration delay{};
  std::function<void(World&)> meanwhile{};  // with the world locked
};

struct CallRecord {
  std::string method, path;
  int status = 0;  // 0: no answer
  std::size_t bytes_in = 0, bytes_out = 0;
};

inline bool fits(std::string_view pattern, std::string_view text) {  // "*" stands for any text
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  for (std::size_t at = star; at <= text.size(); ++at)
    if (fits(pattern.substr(star + 1), text.substr(at))) return true;
  return false;
}

template <class World>
class Faults {
 public:
  void add(Fault<World> fault) { faults_.push_back({std::move(fault), 0}); }
  void clear() {
    faults_.clear();
    struck_ = 0;
    all_ended_ = false;
  }
  void revive() { all_ended_ = false; }   // the client is there again
  int struck() const { return struck_; }  // how often a fault was met, since clear()

  // Counts the call for every fault.
  std::optional<Fault<World>> strike(std::string_view method, std::string_view path, bool only_reads) {
    if (all_ended_) return Fault<World>{.kind = FaultKind::kDrop};
    std::optional<Fault<World>> out;
    for (Counted& each : faults_) {
      if (each.fault.effects_only && only_reads) continue;
      if (!fits(each.fault.method, method) || !fits(each.fault.path, path)) continue;
      ++each.seen;
      const bool is_due = each.fault.stays ? each.seen >= each.fault.nth : each.seen == each.fault.nth;
      if (is_due && !out) out = each.fault;
    }
    if (out) ++struck_;
    all_ended_ = out && out->ends_all;
    return out;
  }

  void record(CallRecord call) { calls_.push_back(std::move(call)); }
  const std::vector<CallRecord>& calls() const { return calls_; }
  int count(std::string_view method, std::string_view path) const {
    return static_cast<int>(std::count_if(calls_.begin(), calls_.end(), [&](const CallRecord& call) {
      return fits(method, call.method) && fits(path, call.path);
    }));
  }
  void forget_calls() { calls_.clear(); }

 private:
  struct Counted {
    Fault<World> fault;
    int seen = 0;
  };
  std::vector<Counted> faults_;
  std::vector<CallRecord> calls_;
  int struck_ = 0;
  bool all_ended_ = false;
};

}  // namespace rig::fakes
