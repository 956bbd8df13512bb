// api/core/namespace.cc — the rows of namespace.h.
#include "api/core/namespace.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<NamespaceSpec>::info() {
  static const TypeInfo t = object("NamespaceSpec", "What holds a namespace.", {
      field<&NamespaceSpec::finalizers>("finalizers").doc("Who has to tidy up before the namespace may go."),
  });
  return t;
}

const TypeInfo& Describe<NamespaceCondition>::info() {
  static const TypeInfo t = object("NamespaceCondition", "Something that is or is not true of a namespace.", {
      field<&NamespaceCondition::type>("type").required().doc("What it is about."),
      field<&NamespaceCondition::status>("status").required().doc("Whether it holds: True, False or Unknown."),
      field<&NamespaceCondition::last_transition_time>("lastTransitionTime").doc("When `status` last changed."),
      field<&NamespaceCondition::reason>("reason").doc("Why, in one word for programs."),
      field<&NamespaceCondition::message>("message").doc("Why, in a sentence for people."),
  });
  return t;
}

const TypeInfo& Describe<NamespaceStatus>::info() {
  static const TypeInfo t = object("NamespaceStatus", "How a namespace does.", {
      field<&NamespaceStatus::phase>("phase").doc("Active, or Terminating when it has been deleted."),
      field<&NamespaceStatus::conditions>("conditions").map_list({"type"}).doc("What still holds a deleted namespace."),
  });
  return t;
}

const TypeInfo& Describe<Namespace>::info() {
  static const TypeInfo t = object("Namespace", "A space of names for objects.", {
      field<&Namespace::meta>("metadata").doc("Name, labels, annotations."),
      field<&Namespace::spec>("spec").doc("What holds it."),
      field<&Namespace::status>("status").doc("How it does."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
