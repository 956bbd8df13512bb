// apiserver/selector_fuzz.cc — libFuzzer: a label selector reads back from its rules, which are asked one by one, and
// opposite operators never agree; a field selector that names an object finds no other.
#include "apiserver/selector.h"

#include "apiserver/bytes_fuzz.h"
#include "apiserver/failure.h"
#include "base/check.h"
#include "base/text.h"

namespace {

using namespace rig;
using namespace rig::apiserver;
using Rule = Selector::LabelRule;
using Op = Rule::Op;

std::string written(const Rule& rule, Op op) {
  if (op == Op::kExists) return rule.key;
  if (op == Op::kAbsent) return "!" + rule.key;
  if (op == Op::kGreater || op == Op::kLess) return rule.key + (op == Op::kGreater ? ">" : "<") + rule.values.front();
  return rule.key + (op == Op::kIn ? " in (" : " notin (") + join(rule.values, ",") + ")";
}

void check_labels(const api::KindInfo& kind, const std::string& text, const json::Value& object) {
  constexpr std::array kOpposite = {Op::kNotIn, Op::kIn, Op::kAbsent, Op::kExists, Op::kLess, Op::kGreater};
  const auto finds = [&](std::string_view labels) { return Selector::parse(kind, labels, {})->matches(object); };
  std::string again;
  bool is_found = true;
  const std::vector<Rule> rules = parse_label_selector(text).take();
  for (const Rule& rule : rules) {
    const bool is_met = finds(written(rule, rule.op));
    const bool is_opposite_met = finds(written(rule, kOpposite[static_cast<std::size_t>(rule.op)]));
    const bool is_order = rule.op == Op::kGreater || rule.op == Op::kLess;  // of numbers that may be equal or none
    CHECK(is_order ? !is_met || !is_opposite_met : is_met != is_opposite_met);
    is_found = is_found && is_met;
    again += (again.empty() ? "" : " ,") + written(rule, rule.op);
  }
  CHECK(finds(text) == is_found && finds(again) == is_found);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Bytes bytes(data, size);
  const api::KindInfo& kind = *api::find_kind("", std::array{"secrets", "configmaps", "events"}[bytes.below(3)]);
  const std::string labels(bytes.line()), fields(bytes.line());
  json::Value object = json::Object{{"metadata", json::Object{{"name", bytes.line()}}}};
  object["metadata"]["labels"] = json::Object{{std::string(bytes.line()), bytes.line()}, {"a", "1"}};
  const Result<Selector> by_label = Selector::parse(kind, labels, {}), by_field = Selector::parse(kind, {}, fields);
  for (const auto* selector : {&by_label, &by_field}) CHECK(selector->ok() || http_code(selector->error()) == 400);
  if (by_label.ok()) check_labels(kind, labels, object);
  const std::optional<std::string> name = selected_name(fields);
  if (by_field.ok() && by_field->matches(object)) CHECK(!name || object.text({"metadata", "name"}) == *name);
  return 0;
}
