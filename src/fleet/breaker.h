// fleet/breaker.h — stops asking a provider that does not answer. Pure.
//
// Counts only what the caller may retry (rig::remedy): a machine's bad spec says nothing about its provider.
#pragma once

#include <cstdint>

#include "fleet/limits.h"

namespace rig::fleet {

class Breaker {
 public:
  enum class State : std::uint8_t { kClosed, kHalfOpen, kOpen };

  // Whether a call may go out now. After kBreakerReset a few probes are let through.
  bool allows(Time now) {
    if (state_ == State::kOpen && now - opened_at_ >= kBreakerReset) {
      state_ = State::kHalfOpen;
      probes_ = 0;
    }
    if (state_ == State::kOpen) return false;
    if (state_ == State::kHalfOpen) return probes_++ < kBreakerProbes;
    return true;
  }
  // True when this failure was counted.
  bool on_result(const Error* error, Time now) {
    if (error == nullptr || remedy(error->code()) != Remedy::kRetry) {
      state_ = State::kClosed;
      failures_ = 0;
      return false;
    }
    if (error->is(Code::kCancelled)) return false;  // we gave up, not the provider
    if (++failures_ < kBreakerFailures && state_ == State::kClosed) return true;
    state_ = State::kOpen;
    opened_at_ = now;
    return true;
  }
  State state() const { return state_; }

 private:
  State state_ = State::kClosed;
  int failures_ = 0, probes_ = 0;
  Time opened_at_{};
};

}  // namespace rig::fleet
