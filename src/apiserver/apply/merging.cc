// apiserver/apply/merging.cc — merging and pruning along a shape.
#include <map>

#include "apiserver/apply/typed.h"

namespace rig::apiserver {
namespace {

using Kind = Shape::Kind;

bool is_emptied(const json::Value& value) {
  if (const auto* object = value.as<json::Object>()) return object->empty();
  const auto* array = value.as<json::Array>();
  return array != nullptr && array->empty();
}

bool merges(const Shape& shape, const json::Value& live, const json::Value& configuration) {
  if (shape.is_atomic || shape.kind == Kind::kScalar) return false;
  if (live.is_object() && configuration.is_object()) return true;
  return live.is_array() && configuration.is_array() && shape.kind == Kind::kList;
}

// Null takes nothing away from what has fields or items of its own.
bool outlasts_null(const Shape& shape, const json::Value& live) {
  if (shape.is_atomic || shape.kind == Kind::kScalar || is_emptied(live)) return false;
  return live.is_object() || (live.is_array() && shape.kind == Kind::kList);
}

// Items in the order of the configuration; those it does not speak of keep their place among the others.
class ListMerge {
 public:
  ListMerge(const Shape& shape, const json::Array& live, const json::Array& configuration)
      : shape_(shape), live_(index(live)), config_(index(configuration)) {}

  json::Array run() {
    for (const Item& item : config_) {
      if (find(live_, item.element) != nullptr) shared_.push_back(item.element);
    }
    for (std::size_t left = 0, right = 0; left < live_.size() || right < config_.size();) {
      if (left < live_.size() && right < config_.size()) {
        if (live_[left].element == config_[right].element) {
          take(config_[right]);
          ++left;
          ++right;
          continue;
        }
        const bool is_shared = find(config_, live_[left].element) != nullptr;
        if (is_shared && next_ < shared_.size() && shared_[next_] != live_[left].element) {
          ++left;  // it comes where the configuration has it
          continue;
        }
      }
      if (left < live_.size()) {
        if (find(config_, live_[left].element) == nullptr) {
          out_.push_back(*live_[left].value);
          ++left;
          continue;
        }
        if (taken_.contains(live_[left].element)) ++left;
      }
      if (right < config_.size()) take(config_[right++]);
    }
    return std::move(out_);
  }

 private:
  struct Item {
    std::string element;
    const json::Value* value;
  };

  std::vector<Item> index(const json::Array& items) const {
    std::vector<Item> out;
    for (const json::Value& item : items) out.push_back({item_element(shape_, item), &item});
    return out;
  }

  static const json::Value* find(const std::vector<Item>& items, const std::string& element) {
    for (const Item& item : items) {
      if (item.element == element) return item.value;
    }
    return nullptr;
  }

  void take(const Item& item) {
    const json::Value* live = find(live_, item.element);
    out_.push_back(live == nullptr ? *item.value : merged(*shape_.element, *live, *item.value));
    taken_.insert({item.element, true});
    if (next_ < shared_.size() && shared_[next_] == item.element) ++next_;
  }

  const Shape& shape_;
  const std::vector<Item> live_, config_;
  std::vector<std::string> shared_;  // in the order of the configuration
  std::size_t next_ = 0;             // of shared_
  std::map<std::string, bool> taken_;
  json::Array out_;
};

// A field of a struct is owned when something in it is.
bool contains(const FieldSet& set, const std::string& element, bool is_field) {
  const FieldSet* found = set.find(element);
  return found != nullptr && (found->is_member || is_field);
}

const FieldSet& below(const FieldSet& set, const std::string& element) {
  static const FieldSet kNone;
  const FieldSet* found = set.find(element);
  return found == nullptr ? kNone : *found;
}

// Says whether the value has become empty by it.
bool drop(const Shape& shape, json::Value& value, const FieldSet& last, const FieldSet& owned) {
  if (shape.is_atomic || last.below.empty() || is_emptied(value)) return false;
  const auto is_dropped = [&](const Shape& described, json::Value& child, const std::string& element, bool is_field) {
    // An empty list has no items that anybody might have owned.
    const bool is_bare_list = described.kind == Kind::kList && !described.is_atomic && is_emptied(child);
    if (contains(last, element, is_field) && !contains(owned, element, is_field)) return !(is_field && is_bare_list);
    return drop(described, child, below(last, element), below(owned, element)) && !below(owned, element).is_member;
  };
  if (auto* members = value.as<json::Object>()) {
    std::vector<json::Member> kept;
    for (auto& [name, member] : *members) {
      const Shape* described = shape.member(name);
      if (described != nullptr && is_dropped(*described, member, "f:" + name, shape.is_field(name))) continue;
      kept.emplace_back(name, std::move(member));
    }
    *members = json::Object(std::move(kept));
  } else if (auto* items = value.as<json::Array>(); items != nullptr && shape.kind == Kind::kList) {
    std::erase_if(
        *items, [&](json::Value& item) { return is_dropped(*shape.element, item, item_element(shape, item), false); });
  }
  return is_emptied(value);
}

}  // namespace

json::Value merged(const Shape& shape, const json::Value& live, const json::Value& configuration) {
  if (configuration.is_null() && outlasts_null(shape, live)) return live;
  if (!merges(shape, live, configuration)) return configuration;
  if (const auto* items = configuration.as<json::Array>()) {
    return ListMerge(shape, *live.as<json::Array>(), *items).run();
  }
  json::Value out = live;
  json::Object& members = *out.as<json::Object>();
  for (const auto& [name, member] : *configuration.as<json::Object>()) {
    const Shape* described = shape.member(name);
    const json::Value* there = members.find(name);
    members[name] = there == nullptr ? member : merged(described == nullptr ? anything() : *described, *there, member);
  }
  return out;
}

void drop_unowned(const Shape& shape, json::Value& document, const FieldSet& last, const FieldSet& owned) {
  (void)drop(shape, document, last, owned);  // a document that has become empty is still one
}

}  // namespace rig::apiserver
