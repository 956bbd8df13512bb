// apiserver/bytes_fuzz.h — for the fuzz programs of this room: choices and documents made of the bytes.
//
// Few names and words, so that what is made separately meets.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "apiserver/apply/shape.h"

namespace rig::apiserver {

class Bytes {
 public:
  Bytes(const unsigned char* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool is_used_up() const { return rest_.empty(); }
  // 0 when they are used up.
  std::size_t below(std::size_t count) {
    if (rest_.empty() || count == 0) return 0;
    const std::size_t chosen = static_cast<unsigned char>(rest_.front()) % count;
    rest_.remove_prefix(1);
    return chosen;
  }
  std::string_view line() {
    const std::string_view found = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(found.size() + 1, rest_.size()));
    return found;
  }
  std::string_view word() { return std::array{"a", "b", "c", "delete", "replace"}[below(5)]; }

  // JSON text when the next byte begins an object, else a document of the shape, with few things that do not fit.
  json::Value document(const Shape& shape) {
    if (!rest_.starts_with('{')) return value(shape, 5);
    Result<json::Value> parsed = json::parse(line());
    return parsed.ok() ? parsed.take() : json::Value();
  }

  std::span<const std::string_view> strange_names;  // that objects may have besides those of their shape

 private:
  json::Value value(const Shape& shape, int depth) {
    if (below(16) == 15) return below(2) == 0 || depth == 0 ? json::Value() : value(anything(), depth - 1);
    switch (shape.kind) {
      case Shape::Kind::kScalar: return scalar(shape.scalar);
      case Shape::Kind::kList: return list(*shape.element, depth);
      case Shape::Kind::kAnything: break;
      default: return object(shape, depth);
    }
    const std::size_t kind = depth == 0 ? 0 : below(4);
    return kind == 3 ? list(shape, depth) : kind == 2 ? object(shape, depth) : scalar({});
  }
  json::Value scalar(std::string_view type) {
    if (type == "boolean") return below(2) == 1;
    if (type == "integer" || type == "number" || (type.empty() && below(2) == 1)) return static_cast<int>(below(3));
    return word();
  }
  json::Value list(const Shape& element, int depth) {
    json::Array items;
    for (std::size_t left = below(4); left > 0 && depth > 0; --left) items.push_back(value(element, depth - 1));
    return items;
  }
  json::Value object(const Shape& shape, int depth) {
    json::Object members;
    for (std::size_t left = below(6); left > 0 && depth > 0; --left) {
      const std::size_t chosen = below(shape.fields.size() + strange_names.size() + (shape.fields.empty() ? 3 : 0));
      const std::size_t strange = chosen - shape.fields.size();
      const std::string name(chosen < shape.fields.size()     ? shape.fields[chosen].first
                             : strange < strange_names.size() ? strange_names[strange]
                                                              : word());
      const Shape* described = shape.member(name);
      members[name] = value(described == nullptr ? anything() : *described, depth - 1);
    }
    return members;
  }

  std::string_view rest_;
};

}  // namespace rig::apiserver
