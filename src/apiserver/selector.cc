// apiserver/selector.cc — selectors; the grammar and its error texts are those of apimachinery's labels and fields.
#include "apiserver/selector.h"

#include <algorithm>
#include <optional>

#include "apiserver/failure.h"
#include "apiserver/manners.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

using LabelRule = Selector::LabelRule;
using Op = Selector::LabelRule::Op;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_special(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }

Error wrong_rule(const std::string& why) { return bad_request("unable to parse requirement: " + why); }

// One pass over the text, one token of look-ahead.
class LabelParser {
 public:
  explicit LabelParser(std::string_view text) : text_(text) { next(); }

  Result<std::vector<LabelRule>> parse() {
    std::vector<LabelRule> rules;
    if (is_end()) return rules;
    for (;;) {
      if (!is_word() && token_ != "!") {
        return bad_request("found '" + token_ + "', expected: !, identifier, or 'end of string'");
      }
      rules.push_back(TRY(rule()));
      if (is_end()) return rules;
      if (token_ != ",") return bad_request("found '" + token_ + "', expected: ',' or 'end of string'");
      next();
      if (!is_word() && token_ != "!") return bad_request("found '" + token_ + "', expected: identifier after ','");
    }
  }

 private:
  bool is_end() const { return token_.empty(); }
  bool is_word() const { return !token_.empty() && !is_special(token_.front()); }

  void next() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    const std::size_t start = at_;
    if (at_ < text_.size() && is_special(text_[at_])) {
      const std::string_view two = text_.substr(at_, 2);
      at_ += two == "==" || two == "!=" ? 2 : 1;
    } else {
      while (at_ < text_.size() && !is_special(text_[at_]) && !is_blank(text_[at_])) ++at_;
    }
    token_ = text_.substr(start, at_ - start);
  }

  Result<LabelRule> rule() {
    LabelRule rule;
    const bool is_negated = token_ == "!";
    if (is_negated) next();
    if (!is_word()) return wrong_rule("found '" + token_ + "', expected: identifier");
    rule.key = token_;
    next();
    for (const std::string& why : check_label_key(rule.key)) {
      return wrong_rule("<nil>: Invalid value: " + json::to_text(rule.key) + ": " + why);
    }
    if (is_negated || is_end() || token_ == ",") {
      rule.op = is_negated ? Op::kAbsent : Op::kExists;
      return rule;
    }
    TRY(comparison(rule));
    TRY(check_values(rule));
    return rule;
  }

  Status comparison(LabelRule& rule) {
    const std::string op = token_;
    if (op == "in" || op == "notin") {
      rule.op = op == "in" ? Op::kIn : Op::kNotIn;
      next();
      return value_list(rule);
    }
    if (op == "=" || op == "==") {
      rule.op = Op::kIn;
    } else if (op == "!=") {
      rule.op = Op::kNotIn;
    } else if (op == ">" || op == "<") {
      rule.op = op == ">" ? Op::kGreater : Op::kLess;
    } else {
      return wrong_rule("found '" + op + "', expected: in, notin, =, ==, !=, gt, lt");
    }
    next();
    if (is_end() || token_ == ",") {  // "app=" asks for the empty value
      rule.values = {""};
      return {};
    }
    if (!is_word()) return wrong_rule("found '" + token_ + "', expected: identifier");
    rule.values = {token_};
    next();
    return {};
  }

  Status value_list(LabelRule& rule) {
    if (token_ != "(") return wrong_rule("found '" + token_ + "' expected: '('");
    next();
    bool is_value_due = true;  // a comma without a value before it stands for the empty one
    while (token_ != ")") {
      if (token_ == ",") {
        if (is_value_due) rule.values.emplace_back();
        is_value_due = true;
      } else if (is_word()) {
        rule.values.push_back(token_);
        is_value_due = false;
      } else {
        return wrong_rule("found '" + token_ + "', expected: ',' or ')'");
      }
      next();
      if (is_word() && !is_value_due) return wrong_rule("found '" + token_ + "', expected: ',' or ')'");
    }
    if (is_value_due) rule.values.emplace_back();
    next();
    return {};
  }

  static Status check_values(LabelRule& rule) {
    if (rule.op == Op::kGreater || rule.op == Op::kLess) {
      const Result<std::int64_t> bound = parse_int(rule.values.front());
      if (!bound.ok()) {
        return wrong_rule("values[0]: Invalid value: " + json::to_text(rule.values.front()) +
                          ": for 'Gt', 'Lt' operators, the value must be an integer");
      }
      rule.bound = *bound;
    }
    for (std::size_t i = 0; i < rule.values.size(); ++i) {
      for (const std::string& why : check_label_value(rule.values[i])) {
        return wrong_rule("values[" + std::to_string(i) + "][" + rule.key +
                          "]: Invalid value: " + json::to_text(rule.values[i]) + ": " + why);
      }
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string token_;  // "" at the end
};

// "a=1,b!=2" in parts; a backslash keeps the comma or sign behind it.
std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> terms(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      terms.emplace_back();
      continue;
    }
    terms.back() += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) terms.back() += text[++i];
  }
  return terms;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

struct Term {
  std::string_view label, value;
  bool is_equal = true;
};

std::optional<Term> split_term(std::string_view term) {
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (term[i] == '\\') {
      ++i;
    } else if (term.substr(i, 2) == "!=" || term.substr(i, 2) == "==") {
      return Term{term.substr(0, i), term.substr(i + 2), term[i] == '='};
    } else if (term[i] == '=') {
      return Term{term.substr(0, i), term.substr(i + 1), true};
    }
  }
  return std::nullopt;
}

// Where the value of a label is; nothing when the kind does not have it.
std::string_view path_of(const Manners& manners, std::string_view label) {
  if (label == "metadata.name" || label == "metadata.namespace") return label;
  for (const Manners::Label& known : manners.labels) {
    if (known.name == label) return known.path.empty() ? known.name : known.path;
  }
  return {};
}

Result<std::vector<Selector::FieldRule>> parse_field_selector(const api::KindInfo& kind, std::string_view text) {
  const Manners& manners = manners_of(kind);
  std::vector<Selector::FieldRule> rules;
  for (const std::string& term : terms_of(text)) {
    if (term.empty()) continue;
    const std::optional<Term> parts = split_term(term);
    if (!parts) {
      return bad_request("invalid selector: '" + std::string(text) + "'; can't understand '" + term + "'");
    }
    const std::string_view path = path_of(manners, parts->label);
    if (path.empty() && manners.explains_labels) {
      return bad_request(json::to_text(parts->label) +
                         " is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }
    if (path.empty()) return bad_request("field label not supported: " + std::string(parts->label));
    rules.push_back({split(path, '.'), unescaped(parts->value), parts->is_equal});
  }
  return rules;
}

bool matches_label(const LabelRule& rule, const json::Object* labels) {
  const json::Value* found = labels == nullptr ? nullptr : labels->find(rule.key);
  const std::string_view value = found == nullptr ? std::string_view() : found->text({});
  const auto is_listed = [&] { return std::find(rule.values.begin(), rule.values.end(), value) != rule.values.end(); };
  switch (rule.op) {
    case Op::kExists: return found != nullptr;
    case Op::kAbsent: return found == nullptr;
    case Op::kIn: return found != nullptr && is_listed();
    case Op::kNotIn: return found == nullptr || !is_listed();
    case Op::kGreater:
    case Op::kLess: break;
  }
  const Result<std::int64_t> number = parse_int(value);
  if (found == nullptr || !number.ok()) return false;
  return rule.op == Op::kGreater ? *number > rule.bound : *number < rule.bound;
}

std::string field_text(const json::Value& object, const std::vector<std::string>& path) {
  const json::Value* found = &object;
  for (const std::string& name : path) found = found == nullptr ? nullptr : found->find(name);
  if (found == nullptr || found->is_null()) return {};
  return found->is_string() ? std::string(found->text({})) : json::to_text(*found);
}

}  // namespace

Result<std::vector<LabelRule>> parse_label_selector(std::string_view text) { return LabelParser(text).parse(); }

std::optional<std::string> selected_name(std::string_view fields) {
  for (const std::string& term : terms_of(fields)) {
    const std::optional<Term> parts = split_term(term);
    if (parts && parts->is_equal && parts->label == "metadata.name") return unescaped(parts->value);
  }
  return std::nullopt;
}

Result<Selector> Selector::parse(const api::KindInfo& kind, std::string_view labels, std::string_view fields) {
  Selector selector;
  selector.labels_ = TRY(parse_label_selector(labels));
  selector.fields_ = TRY(parse_field_selector(kind, fields));
  return selector;
}

bool Selector::matches(const json::Value& object) const {
  if (!labels_.empty()) {
    const json::Value* found = object.at({"metadata", "labels"});
    const auto* labels = found == nullptr ? nullptr : found->as<json::Object>();
    if (!std::all_of(labels_.begin(), labels_.end(),
                     [&](const LabelRule& rule) { return matches_label(rule, labels); })) {
      return false;
    }
  }
  return std::all_of(fields_.begin(), fields_.end(), [&](const FieldRule& rule) {
    return (field_text(object, rule.path) == rule.value) == rule.is_equal;
  });
}

}  // namespace rig::apiserver
