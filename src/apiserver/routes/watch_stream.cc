// apiserver/routes/watch_stream.cc — see watch_stream.h.
#include "apiserver/routes/watch_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "apiserver/failure.h"

namespace rig::apiserver {
namespace {

using Type = Watch::Event::Type;

std::string_view type_name(Type type) {
  constexpr std::array<std::string_view, 4> kNames = {"ADDED", "MODIFIED", "DELETED", "BOOKMARK"};
  return kNames[static_cast<std::size_t>(type)];
}

json::Value line(std::string_view type, json::Value object) {
  return json::Object{{"type", type}, {"object", std::move(object)}};
}

// Dresses one event after another. Column definitions come with the first one only.
class Dresser {
 public:
  Dresser(const WatchForm& form, const Clock& clock) : form_(form), clock_(clock) {}

  json::Value dress(Type type, json::Value object) {
    switch (form_.media.form) {
      case Form::kTable: return line(type_name(type), table(std::move(object)));
      case Form::kPartial:
      case Form::kPartialList: return line(type_name(type), partial_of(std::move(object), form_.media.version));
      default: return line(type_name(type), std::move(object));
    }
  }

 private:
  json::Value table(json::Value object) {
    json::Value metadata = json::Object{{"resourceVersion", object.text({"metadata", "resourceVersion"})}};
    const TableForm form{
        .version = form_.media.version, .include = form_.include, .with_definitions = std::exchange(is_first_, false)};
    return table_of(form_.kind, {std::move(object)}, std::move(metadata), form, clock_.wall());
  }

  const WatchForm form_;
  const Clock& clock_;
  bool is_first_ = true;
};

class LiveStream final : public EventStream {
 public:
  LiveStream(std::unique_ptr<Watch> watch, const WatchForm& form, Time end, const Clock& clock)
      : watch_(std::move(watch)), dresser_(form, clock), end_(end), clock_(clock), has_no_time_(clock.now() >= end) {}

  Batch next(Time deadline, std::stop_token stop) override {
    if (has_no_time_) return {.events = {}, .lines = {}, .ended = true};
    Result<std::vector<Watch::Event>> events = watch_->next(std::min(deadline, end_), std::move(stop));
    Batch out;
    if (!events.ok()) {
      out.events.push_back(line("ERROR", status_of(events.error())));
      out.ended = true;
      return out;
    }
    for (Watch::Event& event : *events) {
      if (event.text.empty())
        out.events.push_back(dresser_.dress(event.type, std::move(event.object)));
      else
        out.lines += "{\"object\":" + event.text + ",\"type\":\"" + std::string(type_name(event.type)) + "\"}\n";
    }
    out.ended = events->empty() && clock_.now() >= end_;
    return out;
  }

 private:
  std::unique_ptr<Watch> watch_;
  Dresser dresser_;
  const Time end_;
  const Clock& clock_;
  const bool has_no_time_;  // a negative timeout: not even what is there already
};

}  // namespace

std::unique_ptr<EventStream> watch_stream(std::unique_ptr<Watch> watch, const WatchForm& form, Time end,
                                          const Clock& clock) {
  return std::make_unique<LiveStream>(std::move(watch), form, end, clock);
}

}  // namespace rig::apiserver
