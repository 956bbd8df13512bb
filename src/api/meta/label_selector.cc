// api/meta/label_selector.cc — the rows of label_selector.h.
#include "api/meta/label_selector.h"

namespace rig::schema {

using namespace api;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<LabelSelectorRequirement>::info() {
  static const TypeInfo t = object("LabelSelectorRequirement", "A condition on one label.", {
      field<&LabelSelectorRequirement::key>("key").required().doc("Name of the label."),
      field<&LabelSelectorRequirement::operator_>("operator").required()
          .doc("How it is compared: In, NotIn, Exists or DoesNotExist."),
      field<&LabelSelectorRequirement::values>("values").doc("Values to compare with (In, NotIn)."),
  });
  return t;
}

const TypeInfo& Describe<LabelSelector>::info() {
  static const TypeInfo t = object("LabelSelector", "Objects whose labels meet all conditions, or all objects.", {
      field<&LabelSelector::match_labels>("matchLabels").doc("Labels with exactly these values."),
      field<&LabelSelector::match_expressions>("matchExpressions").doc("Further conditions."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
