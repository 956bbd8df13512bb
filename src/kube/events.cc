// kube/events.cc — Events of the core group, as client-go's recorder writes them (tools/record/event.go).
#include "kube/events.h"

#include "base/digest.h"
#include "base/log.h"
#include "base/wall_time.h"
#include "kube/api.h"
#include "kube/limits.h"

namespace rig::kube {
namespace {

std::string cut(std::string_view message) {
  if (message.size() <= limits::kEventMessageBytes) return std::string(message);
  std::size_t end = limits::kEventMessageBytes - 3;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U) --end;  // not inside a character
  return std::string(message.substr(0, end)) + "...";
}

// The same event has the same name, so that a repeat after a lost reply is found and not made twice.
std::string name_of_event(std::string_view object, std::string_view equal, WallTime first) {
  return std::string(object) + "." + sha256_hex(std::string(equal) + format_micro_time(first)).substr(0, 16);
}

}  // namespace

EventRecorder::EventRecorder(Transport& transport, std::string component, const Clock& clock)
    : transport_(transport), component_(std::move(component)), clock_(clock) {}

void EventRecorder::normal(const Involved& about, std::string_view reason, std::string_view message) {
  record(about, "Normal", reason, message);
}

void EventRecorder::warning(const Involved& about, std::string_view reason, std::string_view message) {
  record(about, "Warning", reason, message);
}

EventRecorder::Seen EventRecorder::count(const Involved& about, const std::string& equal) {
  const WallTime now = clock_.wall();
  const Lock lock(mutex_);
  const auto found = seen_.try_emplace(equal).first;
  Seen& seen = found->second;
  if (seen.count == 0 || now - seen.first > limits::kEventWindow) {
    by_age_.erase({seen.first, found->first});
    by_age_.emplace(now, found->first);
    const std::string name_space = about.key.namespace_.empty() ? "default" : about.key.namespace_;
    seen = {.event = {name_space, name_of_event(about.key.name, equal, now)}, .count = 0, .first = now};
  }
  ++seen.count;
  Seen counted = seen;
  if (seen_.size() > limits::kEventsRemembered) forget_oldest();
  return counted;
}

void EventRecorder::forget_oldest() {
  const auto oldest = by_age_.begin();
  const auto seen = seen_.find(std::string(oldest->second));
  by_age_.erase(oldest);  // its text is the other's
  seen_.erase(seen);
}

void EventRecorder::record(const Involved& about, std::string_view type, std::string_view reason,
                           std::string_view message) {
  const api::Resource& resource = about.resource;
  api::core::Event event;
  event.involved_object = {.api_version = resource.api_version(),
                           .kind = std::string(resource.kind),
                           .namespace_ = about.key.namespace_,
                           .name = about.key.name,
                           .uid = about.uid,
                           .resource_version = {},
                           .field_path = {}};
  event.type = type;
  event.reason = reason;
  event.message = cut(message);
  event.source.component = event.reporting_component = event.reporting_instance = component_;
  const std::string equal = about.uid + "\n" + resource.group_resource() + "\n" + about.key.to_string() + "\n" +
                            event.type + "\n" + event.reason + "\n" + event.message;
  const Seen seen = count(about, equal);
  event.meta.namespace_ = seen.event.namespace_;
  event.meta.name = seen.event.name;
  event.count = static_cast<std::int32_t>(seen.count);
  event.first_timestamp = seen.first;
  event.last_timestamp = clock_.wall();
  const Status written = write(event);
  if (written.ok()) return;
  log::warn("event not recorded",
            {{"kind", resource.kind}, {"key", about.key.to_string()}, {"reason", reason}, {"error", written.error()}});
}

// A repeat raises the count of the first; when the server forgot that one, it is made again.
Status EventRecorder::write(const api::core::Event& event) {
  const Api<api::core::Event> api(transport_, component_);
  const Call call{clock_.now() + limits::kEventTimeout, {}, {}};
  if (*event.count > 1) {
    const json::Value patch =
        json::Object{{"count", *event.count}, {"lastTimestamp", format_time(*event.last_timestamp)}};
    const auto raised = transport_.send(merge_patch_request(event.kResource, event.meta.key(), patch), call);
    if (raised.ok()) return {};
    if (!raised.error().is(Code::kNotFound)) return raised.error();
  }
  TRY(api.create(event, call));
  return {};
}

}  // namespace rig::kube
