// fakes/pve/faults.h — what goes wrong between a client and the cluster, when, and a list of the calls that came.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig::fakes::pve {

class Cluster;

struct Fault {
  enum class Kind : std::uint8_t {
    kRefuse,     // `status` and `reason`; no effect
    kLoseReply,  // the effect, and then the connection ends
    kDrop,       // the connection ends; no effect
    kHang,       // no answer until the client goes; no effect
    kHangAfter,  // likewise, after the effect
    kProxyPage,  // 503 and HTML, from something between; no effect
    kSlow,       // answered as ever, but `delay` later
    kMeanwhile,  // answered as ever, but `meanwhile` was quicker: another client, a person, HA
  };
  Kind kind = Kind::kRefuse;
  std::string method = "*", path = "*";  // "*" stands for any text; paths as in PVE's documentation, without /api2/json
  int nth = 1;                           // of the calls that fit, from now on
  bool stays = false;                    // also every later one
  bool effects_only = false;             // calls that only read do not fit
  bool ends_all = false;                 // from then on every call is dropped, as of a client that has died
  int status = 500;
  std::string reason = "fault";
  Duration delay{};
  std::function<void(Cluster&)> meanwhile{};  // with the cluster locked
};

struct CallRecord {
  std::string method, path;
  int status = 0;  // 0: no answer
};

bool fits(std::string_view pattern, std::string_view text);  // "*" stands for any text

class Faults {
 public:
  void add(Fault fault) { faults_.push_back({std::move(fault), 0}); }
  void clear() {
    faults_.clear();
    struck_ = 0;
    all_ended_ = false;
  }
  void revive() { all_ended_ = false; }   // the client is there again
  int struck() const { return struck_; }  // how often a fault was met, since clear()
  std::optional<Fault> strike(std::string_view method, std::string_view path);  // counts the call for every fault

  void record(CallRecord call) { calls_.push_back(std::move(call)); }
  const std::vector<CallRecord>& calls() const { return calls_; }
  int count(std::string_view method, std::string_view path) const;
  void forget_calls() { calls_.clear(); }

 private:
  struct Counted {
    Fault fault;
    int seen = 0;
  };
  std::vector<Counted> faults_;
  std::vector<CallRecord> calls_;
  int struck_ = 0;
  bool all_ended_ = false;
};

}  // namespace rig::fakes::pve
