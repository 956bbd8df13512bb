// libvirt/console.cc — a non-blocking libvirt stream between the event thread and two callers.
#include "hypervisor/libvirt/console.h"

#include <algorithm>
#include <condition_variable>

#include "base/mutex.h"
#include "hypervisor/libvirt/inventory.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

// Shared with libvirt's callback, which may run once more after the stream was given up.
class ConsoleLine {
 public:
  // On the event thread. What came and what became possible.
  void on_event(virStreamPtr stream, int events) {
    {
      const Lock lock(mutex_);
      if ((events & VIR_STREAM_EVENT_READABLE) != 0) receive(stream);
      if ((events & VIR_STREAM_EVENT_WRITABLE) != 0) writable_ = true;
      if ((events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP)) != 0) ended_ = true;
      listen(stream);
    }
    changed_.notify_all();
  }

  Result<std::size_t> read(std::span<char> buffer, const Call& call) {
    Lock lock(mutex_);
    const bool ready = changed_.wait_until(lock, call.stop, call.deadline,
                                           [&]() REQUIRES(mutex_) { return !bytes_.empty() || ended_; });
    if (!ready) return out_of_time(call, "read the console");
    const std::size_t count = std::min(buffer.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, buffer.begin());
    bytes_.erase(0, count);
    return count;
  }

  // Until more can be sent.
  Status wait_writable(virStreamPtr stream, const Call& call) {
    Lock lock(mutex_);
    writable_ = false;
    wants_room_ = true;
    listen(stream);
    const bool ready =
        changed_.wait_until(lock, call.stop, call.deadline, [&]() REQUIRES(mutex_) { return writable_ || ended_; });
    wants_room_ = false;
    if (!ready) return out_of_time(call, "write to the console");
    return ended_ ? Status(Error(Code::kUnavailable, "the console has ended")) : Status{};
  }

  void end() {
    {
      const Lock lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
  }

 private:
  static Error out_of_time(const Call& call, const char* doing) {
    if (call.stop.stop_requested()) return Error(Code::kCancelled, std::string(doing) + ": stopped");
    return Error(Code::kDeadlineExceeded, std::string(doing) + ": out of time");
  }

  void receive(virStreamPtr stream) REQUIRES(mutex_) {
    char buffer[4096];
    const int got = virStreamRecv(stream, buffer, sizeof buffer);
    if (got > 0) bytes_.append(buffer, static_cast<std::size_t>(got));
    if (got == 0 || got == -1) ended_ = true;
    if (bytes_.size() > kConsoleBuffered) bytes_.erase(0, bytes_.size() - kConsoleBuffered);
  }

  // After its end libvirt would call for ever.
  void listen(virStreamPtr stream) REQUIRES(mutex_) {
    int events = ended_ ? 0 : VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP;
    if (!ended_ && wants_room_ && !writable_) events |= VIR_STREAM_EVENT_WRITABLE;
    virStreamEventUpdateCallback(stream, events);
  }

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::string bytes_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false, writable_ GUARDED_BY(mutex_) = false, wants_room_ GUARDED_BY(mutex_) = false;
};

using Kept = std::shared_ptr<ConsoleLine>;

class ConsoleStream final : public ByteStream {
 public:
  static Result<std::unique_ptr<ByteStream>> open(Session session, virDomainPtr domain) {
    auto stream = TRY(owned<Stream>(virStreamNew(session.get(), VIR_STREAM_NONBLOCK), "open a stream"));
    TRY(done(ask(virDomainOpenConsole, domain, nullptr, stream.get(), 0U), "open the console"));
    auto line = std::make_shared<ConsoleLine>();
    TRY(done(virStreamEventAddCallback(
                 stream.get(), VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP,
                 [](virStreamPtr s, int events, void* opaque) { (*static_cast<Kept*>(opaque))->on_event(s, events); },
                 new Kept(line), [](void* opaque) { delete static_cast<Kept*>(opaque); }),
             "listen to the console"));
    return std::unique_ptr<ByteStream>(new ConsoleStream(std::move(session), std::move(stream), std::move(line)));
  }
  ~ConsoleStream() override {
    virStreamEventRemoveCallback(stream_.get());
    virStreamAbort(stream_.get());
  }

  Result<std::size_t> read(std::span<char> buffer, const Call& call) override { return line_->read(buffer, call); }

  Status write(std::string_view bytes, const Call& call) override {
    while (!bytes.empty()) {
      constexpr int kWouldBlock = -2;
      const int sent = virStreamSend(stream_.get(), bytes.data(), std::min(bytes.size(), kStreamChunk));
      if (sent == kWouldBlock) {
        TRY(line_->wait_writable(stream_.get(), call));
        continue;
      }
      TRY(done(sent, "write to the console"));
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
  }

  void close() override { line_->end(); }

 private:
  ConsoleStream(Session session, Stream stream, Kept line)
      : session_(std::move(session)), stream_(std::move(stream)), line_(std::move(line)) {}

  const Session session_;  // outlives the stream
  const Stream stream_;
  const Kept line_;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> LibvirtConsole::open_serial(const provider::MachineRef& ref, const Call& call) {
  Session session = TRY(connection_.lasting_session(call));
  const Found found = TRY(find_ours(session.get(), ref));
  if (!TRY(state_of(found.domain.get())).active()) {
    return Error(Code::kNotFound, "console of '" + found.facts.name + "': the machine is off");
  }
  return ConsoleStream::open(std::move(session), found.domain.get());
}

}  // namespace rig::libvirt
