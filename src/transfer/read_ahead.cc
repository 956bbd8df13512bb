// transfer/read_ahead.cc — one buffer between two threads.
#include "transfer/read_ahead.h"

#include <algorithm>
#include <condition_variable>
#include <optional>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "transfer/limits.h"

namespace rig::transfer {

struct ReadAhead::Impl {
  Impl(ByteSource& from, const Call& of) : source(from), call(of) {
    thread = std::jthread([this](const std::stop_token& stop) { fill(stop); });
  }

  void fill(const std::stop_token& stop) {
    std::stop_source either;
    const auto request = [&either] { either.request_stop(); };
    const std::stop_callback ended(stop, request), cancelled(call.stop, request);
    Call reading = call;
    reading.stop = either.get_token();
    bool has_all = true;
    Status read = source.read([&](std::string_view bytes) { return has_all = put(bytes, reading); }, reading);
    if (read.ok() && !has_all) read = too_late();
    const Lock lock(mutex);
    outcome = std::move(read);
    changed.notify_all();
  }

  bool put(std::string_view bytes, const Call& reading) {
    while (!bytes.empty()) {
      Lock lock(mutex);
      const auto has_room = [this]() REQUIRES(mutex) { return buffer.size() < kReadAheadBytes; };
      if (!changed.wait_until(lock, reading.stop, reading.deadline, has_room)) return false;
      const std::size_t n = std::min(bytes.size(), kReadAheadBytes - buffer.size());
      buffer.append(bytes.substr(0, n));
      bytes.remove_prefix(n);
      changed.notify_all();
    }
    return true;
  }

  Error too_late() const {
    if (call.stop.stop_requested()) return {Code::kCancelled, "stopped"};
    return {Code::kDeadlineExceeded, "not all of it came before the deadline"};
  }

  Result<std::size_t> take(std::span<char> into) {
    Lock lock(mutex);
    const auto has_some = [this]() REQUIRES(mutex) { return taken < buffer.size() || outcome; };
    const bool some = changed.wait_until(lock, call.stop, call.deadline, has_some);
    if (!some) return too_late();
    if (taken == buffer.size())
      return outcome->ok() ? Result<std::size_t>(std::size_t{0}) : Result<std::size_t>(outcome->error());
    const std::size_t n = buffer.copy(into.data(), into.size(), taken);
    taken += n;
    if (taken == buffer.size()) {  // so that no byte is moved within it
      buffer.clear();
      taken = 0;
      changed.notify_all();
    }
    return n;
  }

  ByteSource& source;
  const Call call;
  Mutex mutex;
  std::condition_variable_any changed;
  std::string buffer GUARDED_BY(mutex);
  std::size_t taken GUARDED_BY(mutex) = 0;  // of the buffer
  std::optional<Status> outcome GUARDED_BY(mutex);
  std::jthread thread;  // the last member: it ends before the others do
};

ReadAhead::ReadAhead(ByteSource& source, const Call& call) : impl_(std::make_unique<Impl>(source, call)) {}
ReadAhead::~ReadAhead() = default;
Result<std::size_t> ReadAhead::read(std::span<char> buffer) { return impl_->take(buffer); }

}  // namespace rig::transfer
