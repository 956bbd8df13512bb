// apiserver/routes/cell_path.cc — see cell_path.h.
#include "apiserver/routes/cell_path.h"

#include <string>

#include "base/text.h"

namespace rig::apiserver {
namespace {

// Takes ".name" off the front of `path`; "\." is a dot of the name.
std::string take_name(std::string_view& path) {
  std::string name;
  std::size_t at = 1;
  for (; at < path.size() && path[at] != '.' && path[at] != '['; ++at) {
    if (path[at] == '\\' && at + 1 < path.size()) ++at;
    name += path[at];
  }
  path.remove_prefix(at);
  return name;
}

// Takes "[...]" off the front of `path`, says what is inside.
std::string_view take_brackets(std::string_view& path) {
  const std::size_t end = path.find(']');
  const std::string_view inside = path.substr(1, end == std::string_view::npos ? end : end - 1);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  return inside;
}

// `?(@.type=="Ready")`
bool passes(const json::Value& item, std::string_view filter) {
  constexpr std::string_view kBegin = "?(@";
  if (!filter.starts_with(kBegin) || !filter.ends_with(')')) return false;
  filter = filter.substr(kBegin.size(), filter.size() - kBegin.size() - 1);
  const std::size_t equals = filter.find("==");
  if (equals == std::string_view::npos) return false;
  const json::Value* found = first_match(item, trim(filter.substr(0, equals)));
  std::string_view wanted = trim(filter.substr(equals + 2));
  if (wanted.size() >= 2 && (wanted.front() == '"' || wanted.front() == '\''))
    wanted = wanted.substr(1, wanted.size() - 2);
  return found != nullptr && found->is_string() && *found->as<std::string>() == wanted;
}

const json::Value* match_items(const json::Array& items, std::string_view inside, std::string_view rest) {
  if (const Result<std::int64_t> index = parse_int(inside); index.ok()) {
    const auto at = static_cast<std::size_t>(*index);
    return *index >= 0 && at < items.size() ? first_match(items[at], rest) : nullptr;
  }
  for (const json::Value& item : items) {
    if (inside != "*" && !passes(item, inside)) continue;
    if (const json::Value* found = first_match(item, rest)) return found;
  }
  return nullptr;
}

}  // namespace

// What is below brackets is looked at by filters, too.
void add_path(json::Members& members, std::string_view path) {
  json::Members* at = &members;
  while (path.starts_with('.')) {
    const std::string name = take_name(path);
    if (name.empty()) continue;
    const auto [found, is_new] = at->below.try_emplace(name);
    if (!is_new && found->second.below.empty()) return;  // all of it, already
    at = &found->second;
  }
  if (at != &members) at->below.clear();
}

const json::Value* first_match(const json::Value& object, std::string_view path) {
  const json::Value* at = &object;
  while (at != nullptr && !path.empty()) {
    if (path.front() == '.') {
      const std::string name = take_name(path);
      if (!name.empty()) at = at->find(name);
    } else if (path.front() == '[') {
      const std::string_view inside = take_brackets(path);
      const auto* items = at->as<json::Array>();
      return items == nullptr ? nullptr : match_items(*items, inside, path);
    } else {
      return nullptr;
    }
  }
  return at;
}

}  // namespace rig::apiserver
