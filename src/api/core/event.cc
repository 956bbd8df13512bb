// api/core/event.cc — the rows of event.h.
#include "api/core/event.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<ObjectReference>::info() {
  static const TypeInfo t = object("ObjectReference", "An object, and perhaps a part of it.", {
      field<&ObjectReference::api_version>("apiVersion").doc("API version of the object."),
      field<&ObjectReference::kind>("kind").doc("Kind of the object."),
      field<&ObjectReference::namespace_>("namespace").doc("Namespace of the object."),
      field<&ObjectReference::name>("name").doc("Name of the object."),
      field<&ObjectReference::uid>("uid").doc("UID of the object."),
      field<&ObjectReference::resource_version>("resourceVersion").doc("The version that was looked at."),
      field<&ObjectReference::field_path>("fieldPath").doc("The part of it."),
  });
  return t;
}

const TypeInfo& Describe<EventSource>::info() {
  static const TypeInfo t = object("EventSource", "Who reported an event.", {
      field<&EventSource::component>("component").doc("The program."),
      field<&EventSource::host>("host").doc("The computer that it runs on."),
  });
  return t;
}

const TypeInfo& Describe<EventSeries>::info() {
  static const TypeInfo t = object("EventSeries", "An event that happened again and again.", {
      field<&EventSeries::count>("count").doc("How often."),
      field<&EventSeries::last_observed_time>("lastObservedTime").doc("When it last happened."),
  });
  return t;
}

const TypeInfo& Describe<Event>::info() {
  static const TypeInfo t = object("Event", "Something that happened to an object.", {
      field<&Event::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&Event::involved_object>("involvedObject").required().doc("What it happened to."),
      field<&Event::type>("type").doc("Normal or Warning."),
      field<&Event::reason>("reason").doc("Why, in one word for programs."),
      field<&Event::message>("message").doc("What happened, in a sentence for people."),
      field<&Event::action>("action").doc("What was done about it."),
      field<&Event::source>("source").doc("Who reported it."),
      field<&Event::first_timestamp>("firstTimestamp").doc("When it first happened."),
      field<&Event::last_timestamp>("lastTimestamp").doc("When it last happened."),
      field<&Event::count>("count").doc("How often it happened."),
      field<&Event::event_time>("eventTime").doc("When it happened, to the microsecond."),
      field<&Event::series>("series").doc("How often and when last, if it goes on happening."),
      field<&Event::related>("related").doc("Another object that had to do with it."),
      field<&Event::reporting_component>("reportingComponent").doc("The controller that reported it."),
      field<&Event::reporting_instance>("reportingInstance").doc("Which of its processes."),
  });
  return t;
}

const TypeInfo& Describe<EventsV1Event>::info() {
  static const TypeInfo t = object("Event", "Something that happened to an object.", {
      field<&EventsV1Event::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&EventsV1Event::regarding>("regarding").doc("What it happened to."),
      field<&EventsV1Event::type>("type").doc("Normal or Warning."),
      field<&EventsV1Event::reason>("reason").doc("Why, in one word for programs."),
      field<&EventsV1Event::note>("note").doc("What happened, in a sentence for people."),
      field<&EventsV1Event::action>("action").doc("What was done about it."),
      field<&EventsV1Event::event_time>("eventTime").doc("When it happened, to the microsecond."),
      field<&EventsV1Event::series>("series").doc("How often and when last, if it goes on happening."),
      field<&EventsV1Event::related>("related").doc("Another object that had to do with it."),
      field<&EventsV1Event::reporting_controller>("reportingController").doc("The controller that reported it."),
      field<&EventsV1Event::reporting_instance>("reportingInstance").doc("Which of its processes."),
      field<&EventsV1Event::deprecated_source>("deprecatedSource").doc("`source` of core/v1."),
      field<&EventsV1Event::deprecated_first_timestamp>("deprecatedFirstTimestamp").doc("`firstTimestamp` of core/v1."),
      field<&EventsV1Event::deprecated_last_timestamp>("deprecatedLastTimestamp").doc("`lastTimestamp` of core/v1."),
      field<&EventsV1Event::deprecated_count>("deprecatedCount").doc("`count` of core/v1."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
