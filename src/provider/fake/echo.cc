// provider/fake/echo.cc — a console that greets and repeats what is typed.
#include "provider/fake/internal/echo.h"

#include <algorithm>
#include <condition_variable>

#include "base/mutex.h"

namespace rig::provider::fake {
namespace {

class Echo final : public ByteStream {
 public:
  explicit Echo(std::string greeting) : waiting_(std::move(greeting)) {}

  Result<std::size_t> read(std::span<char> buffer, const Call& call) override {
    Lock lock(mutex_);
    changed_.wait(lock, call.stop, [this]() REQUIRES(mutex_) { return is_closed_ || !waiting_.empty(); });
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "console: stopped");
    const std::size_t count = std::min(buffer.size(), waiting_.size());
    std::copy_n(waiting_.begin(), count, buffer.begin());
    waiting_.erase(0, count);
    return count;
  }

  Status write(std::string_view bytes, const Call&) override {
    const Lock lock(mutex_);
    if (is_closed_) return Error(Code::kUnavailable, "console: closed");
    waiting_ += bytes;
    changed_.notify_all();
    return {};
  }

  void close() override {
    const Lock lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::string waiting_ GUARDED_BY(mutex_);
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<ByteStream> echo(std::string greeting) { return std::make_unique<Echo>(std::move(greeting)); }

}  // namespace rig::provider::fake
