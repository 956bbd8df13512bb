// fleet/breaker.h — stops asking a provider that does not answer. Pure.
//
// Counts only what says that nobody is there (unavailable, too late). A machine's bad spec, a pool that is full for
// one machine, or a call that we gave up say nothing about the provider.
#pragma once

#include <cstdint>

#include "fleet/limits.h"

namespace rig::fleet {

class Breaker {
 public:
  enum class State : std::uint8_t { kClosed, kHalfOpen, kOpen };

  // Whether a call may go out now. kBreakerReset after it opened a few probes are let through; when none of them
  // brings news, a few more after the same time.
  bool allows(Time now) {
    if (state_ == State::kClosed) return true;
    if (now - since_ >= kBreakerReset) {
      state_ = State::kHalfOpen;
      since_ = now;
      probes_ = 0;
    }
    return state_ == State::kHalfOpen && probes_++ < kBreakerProbes;
  }
  // True when this failure was counted.
  bool on_result(const Error* error, Time now) {
    const bool is_silence = error != nullptr && (error->is(Code::kUnavailable) || error->is(Code::kDeadlineExceeded));
    if (!is_silence) {
      const bool is_news = error == nullptr || !error->is(Code::kCancelled);
      if (is_news) state_ = State::kClosed;
      if (is_news) failures_ = 0;
      return false;
    }
    if (++failures_ < kBreakerFailures && state_ == State::kClosed) return true;
    state_ = State::kOpen;
    since_ = now;
    return true;
  }
  State state() const { return state_; }

 private:
  State state_ = State::kClosed;
  int failures_ = 0, probes_ = 0;
  Time since_{};  // when it opened, or when the last probes were let through
};

}  // namespace rig::fleet
