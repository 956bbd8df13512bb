// api/meta/label_selector.h — metav1.LabelSelector: which objects, by their labels.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schema/type_info.h"

namespace rig::api {

struct LabelSelectorRequirement {
  std::string key, operator_;  // In, NotIn, Exists, DoesNotExist
  std::vector<std::string> values;
};

struct LabelSelector {
  std::map<std::string, std::string> match_labels;
  std::vector<LabelSelectorRequirement> match_expressions;
};

}  // namespace rig::api

// clang-format off
template <> struct rig::schema::Describe<rig::api::LabelSelectorRequirement> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::LabelSelector> { static const TypeInfo& info(); };
// clang-format on
