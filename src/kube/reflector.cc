// kube/reflector.cc — list, then watch for ever.
#include "kube/reflector.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "base/uuid.h"
#include "kube/limits.h"

namespace rig::kube {

ReflectorCore::Want ReflectorCore::next(Time now) const {
  if (now < not_before_) return Wait{not_before_};
  if (listed_) return Watch{version_};
  return ListPage{continue_, whole_list_ ? 0 : limits::kListPageItems};
}

std::vector<Event> ReflectorCore::on_page(const json::Value& page, Time now) {
  const json::Value* items = page.find("items");
  const std::string version(page.text({"metadata", "resourceVersion"}));
  if (version.empty() || (items != nullptr && !items->is_array() && !items->is_null())) {
    on_error(Error(Code::kInternal, "the answer to a list is not a list"), now);
    return {};
  }
  std::vector<Event> events;
  if (continue_.empty()) events.emplace_back(Init{});
  if (items != nullptr && items->is_array()) {
    for (const json::Value& item : *items->as<json::Array>()) events.emplace_back(InitApply{item});
  }
  version_ = version;
  continue_ = page.text({"metadata", "continue"});
  if (!continue_.empty()) return events;
  listed_ = true;
  whole_list_ = false;
  events.emplace_back(InitDone{version_});
  return events;
}

void ReflectorCore::on_watch_start(Time now) {
  watch_started_ = now;
  event_seen_ = false;
}

std::optional<Event> ReflectorCore::on_watch_event(json::Value event) {
  json::Value* object = event.find("object");
  if (object == nullptr || !object->is_object()) return std::nullopt;
  event_seen_ = true;
  const std::string_view version = object->text({"metadata", "resourceVersion"});
  if (!version.empty()) version_ = version;
  const std::string_view type = event.text({"type"});
  if (type == "ADDED" || type == "MODIFIED") return Apply{std::move(*object)};
  if (type == "DELETED") return Delete{std::move(*object)};
  return std::nullopt;
}

void ReflectorCore::on_watch_end(Time now) {
  if (!event_seen_ && now - watch_started_ < limits::kWatchTooShort) wait(now, {});
}

void ReflectorCore::on_error(const Error& error, Time now) {
  if (!listed_ && !continue_.empty() && error.is(Code::kOutOfRange)) whole_list_ = true;
  if (error.is(Code::kOutOfRange)) listed_ = false;
  continue_.clear();
  wait(now, error.retry_after().value_or(Duration{}));
}

void ReflectorCore::wait(Time now, Duration at_least) {
  if (now - not_before_ > limits::kHealthyAfter) failures_ = 0;
  const Duration base = std::min<Duration>(limits::kBackoffMax, limits::kBackoffMin * (1LL << std::min(failures_, 10)));
  ++failures_;
  not_before_ = now + std::max(at_least, base + jitter(base));
}

Duration ReflectorCore::jitter(Duration at_most) {  // xorshift64*
  jitter_ ^= jitter_ >> 12;
  jitter_ ^= jitter_ << 25;
  jitter_ ^= jitter_ >> 27;
  const std::uint64_t draw = (jitter_ * 0x2545f4914f6cdd1dU) >> 11;
  return Duration(static_cast<std::int64_t>(draw % static_cast<std::uint64_t>(at_most.count())));
}

// Owns what the thread needs, so that the thread ends before any of it does.
struct Reflector::Impl {
  Transport& transport;
  const api::Resource resource;
  const std::string name_space;
  const Clock& clock;
  const std::function<void(const Event&)> on_event;
  // Reflectors that began together should not come back together.
  const std::uint64_t seed = std::hash<std::string>{}(random_suffix(12)) | 1U;  // xorshift must not start at 0
  const Duration spread = Duration(static_cast<std::int64_t>(seed >> 1) % limits::kWatchTimeoutMin.count());
  ReflectorCore core{seed};
  std::jthread thread{};

  void run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      const ReflectorCore::Want want = core.next(clock.now());
      if (const auto* page = std::get_if<ReflectorCore::ListPage>(&want)) list(*page, stop);
      if (const auto* watch = std::get_if<ReflectorCore::Watch>(&want)) follow(*watch, stop);
      if (const auto* pause = std::get_if<ReflectorCore::Wait>(&want)) wait(pause->until - clock.now(), stop);
    }
  }

  void list(const ReflectorCore::ListPage& page, std::stop_token stop) {
    const Request request =
        list_request(resource, name_space, {.continue_token = page.continue_token, .limit = page.limit});
    const auto answer = transport.send(request, {clock.now() + limits::kListTimeout, stop, {}});
    if (!answer.ok()) return failed("list", answer.error(), stop);
    for (const Event& event : core.on_page(*answer, clock.now())) on_event(event);
  }

  void follow(const ReflectorCore::Watch& watch, std::stop_token stop) {
    const Duration timeout = limits::kWatchTimeoutMin + spread;
    const Request request = watch_request(resource, name_space, {.resource_version = watch.resource_version}, timeout);
    core.on_watch_start(clock.now());
    const Status ended =
        transport.stream(request, {clock.now() + timeout + limits::kWatchGrace, stop, {}}, [&](json::Value value) {
          if (const auto event = core.on_watch_event(std::move(value))) {
            on_event(*event);
          }
          return !stop.stop_requested();
        });
    if (ended.ok()) return core.on_watch_end(clock.now());
    failed("watch", ended.error(), stop);
  }

  void failed(std::string_view doing, const Error& error, const std::stop_token& stop) {
    if (stop.stop_requested()) return;
    log::warn("lost touch with the API server", {{"doing", doing}, {"kind", resource.kind}, {"error", error}});
    core.on_error(error, clock.now());
  }

  static void wait(Duration delay, std::stop_token stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, delay, [] { return false; });
  }
};

Reflector::Reflector(Transport& transport, const api::Resource& resource, std::string name_space, const Clock& clock,
                     std::function<void(const Event&)> on_event)
    : impl_(new Impl{.transport = transport,
                     .resource = resource,
                     .name_space = std::move(name_space),
                     .clock = clock,
                     .on_event = std::move(on_event)}) {
  impl_->thread = std::jthread([impl = impl_.get()](std::stop_token stop) { impl->run(std::move(stop)); });
}

Reflector::~Reflector() = default;

}  // namespace rig::kube
