// apiserver/selector.h — label and field selectors: read once, asked for every object.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/kinds.h"
#include "base/json/json.h"
#include "base/result.h"

namespace rig::apiserver {

class Selector {
 public:
  // 400 in the words of k8s.io/apimachinery, which scripts match on.
  static Result<Selector> parse(const api::KindInfo& kind, std::string_view labels, std::string_view fields);

  bool matches(const json::Value& object) const;
  bool is_everything() const { return labels_.empty() && fields_.empty(); }

  struct LabelRule {
    enum class Op : std::uint8_t { kIn, kNotIn, kExists, kAbsent, kGreater, kLess } op = Op::kExists;
    std::string key;
    std::vector<std::string> values;
    std::int64_t bound = 0;
  };
  struct FieldRule {
    std::vector<std::string> path;
    std::string value;
    bool is_equal = true;
  };

 private:
  std::vector<LabelRule> labels_;
  std::vector<FieldRule> fields_;
};

// The one name to which a field selector limits, "a" of "metadata.name=a,type=Opaque"; nothing: any name may be meant.
std::optional<std::string> selected_name(std::string_view fields);

// The rules of a label selector: "app in (web, db), tier != 2, !old, size > 3".
Result<std::vector<Selector::LabelRule>> parse_label_selector(std::string_view text);

}  // namespace rig::apiserver
