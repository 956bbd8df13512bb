// api/core/event.h — what happened to an object: the same Event as core/v1 and as events.k8s.io/v1 write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/meta/meta.h"

namespace rig::api::core {

struct ObjectReference {
  std::string api_version, kind, namespace_, name, uid, resource_version, field_path;
};

struct EventSource {
  std::string component, host;
};

struct EventSeries {
  std::optional<std::int32_t> count;
  std::optional<schema::MicroTime> last_observed_time;
};

struct Event {
  ObjectMeta meta;
  ObjectReference involved_object;
  std::string type, reason, message, action;  // type: Normal, Warning
  EventSource source;
  std::optional<WallTime> first_timestamp, last_timestamp;
  std::optional<std::int32_t> count;
  std::optional<schema::MicroTime> event_time;
  std::optional<EventSeries> series;
  std::optional<ObjectReference> related;
  std::string reporting_component, reporting_instance;
  static constexpr Resource kResource{"", "v1", "Event", "events"};
};

struct EventsV1Event {
  ObjectMeta meta;
  ObjectReference regarding;
  std::string type, reason, note, action;
  std::optional<schema::MicroTime> event_time;
  std::optional<EventSeries> series;
  std::optional<ObjectReference> related;
  std::string reporting_controller, reporting_instance;
  EventSource deprecated_source;
  std::optional<WallTime> deprecated_first_timestamp, deprecated_last_timestamp;
  std::optional<std::int32_t> deprecated_count;
  static constexpr Resource kResource{"events.k8s.io", "v1", "Event", "events"};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::ObjectReference> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::EventSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::EventSeries> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::Event> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::EventsV1Event> { static const TypeInfo& info(); };
// clang-format on
