#include "fakes/vcenter/types.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/wall_time.h"

namespace rig::fakes::vcenter {
namespace {

struct Whole {
  std::string_view kind;
  std::int64_t min, max;
};
constexpr Whole kWholes[] = {
    {"byte", -128, 127},
    {"short", -32768, 32767},
    {"int", std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()},
    {"long", std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()},
};

bool is_plain(const std::string& kind) { return kind.front() >= 'a' && kind.front() <= 'z'; }

// A value of a type that XML Schema has.
bool is_word_of(const std::string& kind, std::string_view text) {
  if (kind == "boolean") return text == "true" || text == "false" || text == "1" || text == "0";
  if (kind == "dateTime") return parse_time(text).ok();
  for (const Whole& whole : kWholes) {
    if (whole.kind != kind) continue;
    const auto number = parse_int(text);
    return number.ok() && *number >= whole.min && *number <= whole.max;
  }
  return true;
}

Element element(std::string_view text) {  // "unitNumber int?"
  text = trim(text);
  const char mark = text.back();
  const std::size_t blank = text.find(' ');
  Element out;
  out.name = blank == std::string_view::npos ? "returnval" : text.substr(0, blank);
  out.kind = text.substr(blank == std::string_view::npos ? 0 : blank + 1);
  out.kind.pop_back();
  out.is_required = mark == '!' || mark == '+';
  out.is_list = mark == '*' || mark == '+';
  return out;
}

// What stands between brackets after a name: "extraConfig[\"key\"]" -> extraConfig, key.
struct Part {
  std::string name;
  std::optional<std::string> key;
};
std::optional<Part> next_part(std::string_view& path) {
  Part part;
  std::size_t end = path.find_first_of(".[");
  part.name = path.substr(0, end);
  if (end != std::string_view::npos && path[end] == '[') {
    const bool is_quoted = path.substr(end + 1).starts_with('"');
    const std::size_t close = path.find(is_quoted ? "\"]" : "]", end + 2);
    if (close == std::string_view::npos) return std::nullopt;
    const std::size_t from = end + (is_quoted ? 2 : 1);
    part.key = path.substr(from, close - from);
    end = close + (is_quoted ? 2 : 1);
    if (end < path.size() && path[end] != '.') return std::nullopt;
  }
  path = end < path.size() ? path.substr(end + 1) : std::string_view();
  return part;
}

Error no_property(const std::string& path) {
  return refuse("InvalidProperty", "The property path is not known: " + path, {leaf("name", path)});
}

}  // namespace

Result<Types> Types::parse(std::string_view text) {
  Types out;
  std::map<std::string, std::vector<Element>> own;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) return Error(Code::kDataLoss, "types.txt: " + line);
    const auto head = split(line.substr(0, colon), ' ');
    const std::string rest(trim(line.substr(colon + 1)));
    if (head[0] == "enum") {
      out.enums_[head[1]] = split(rest, ' ');
      continue;
    }
    auto& elements = head[0] == "method" ? out.methods_[head[1]] : own[head[1]];
    if (!rest.empty())
      for (const std::string& part : split(rest, ',')) elements.push_back(element(part));
    if (head[0] == "method") continue;
    out.bases_[head[1]] = head[3] == "-" ? "" : head[3];
    out.objects_[head[1]] = head[0] == "object";
  }
  for (const auto& [name, elements] : own) {
    std::vector<Element>& flat = out.types_[name];
    for (std::string at = name; !at.empty(); at = out.bases_[at])
      flat.insert(flat.begin(), own[at].begin(), own[at].end());
  }
  return out;
}

bool Types::is_object(std::string_view type) const {
  const auto found = objects_.find(std::string(type));
  return found != objects_.end() && found->second;
}

bool Types::is_a(std::string_view type, std::string_view base) const {
  for (std::string at(type); !at.empty();) {
    if (at == base) return true;
    const auto next = bases_.find(at);
    at = next == bases_.end() ? "" : next->second;
  }
  return false;
}

const std::vector<Element>* Types::elements(std::string_view type) const {
  const auto found = types_.find(std::string(type));
  return found == types_.end() ? nullptr : &found->second;
}

Status Types::check_call(const Tree& call) const {
  const auto found = methods_.find(call->name);
  if (found == methods_.end()) return not_vim25("Unable to resolve WSDL method name " + call->name);
  return check_members(call, found->second, call->name);
}

Status Types::check_members(const Tree& value, const std::vector<Element>& elements, const std::string& path) const {
  auto next = elements.begin();  // of a list, more may come
  for (const Tree& child : value->children) {
    const auto at = std::find_if(next, elements.end(), [&](const Element& each) { return each.name == child->name; });
    if (at == elements.end()) {
      const bool is_known = std::ranges::find(elements, child->name, &Element::name) != elements.end();
      return not_vim25(path + ": Unexpected element tag \"" + child->name + "\" seen" +
                       (is_known ? ", which is out of order" : ""));
    }
    TRY(check(child, at->kind, path + "." + child->name));
    next = at->is_list ? at : at + 1;
  }
  for (const Element& each : elements)
    if (each.is_required && find(value, each.name) == nullptr)
      return not_vim25("Required property " + each.name + " is missing from data object " + path);
  return {};
}

Status Types::check(const Tree& value, const std::string& kind, const std::string& path) const {
  const std::string_view text = trim(value->text);
  if (kind == "anyType") {
    if (value->type.empty()) return not_vim25(path + ": there is no xsi:type");
    const bool is_list = value->type.starts_with("ArrayOf");
    return is_list ? Status() : check(value, value->type, path);
  }
  if (kind == "ManagedObjectReference") {
    if (value->ref_type.empty() || text.empty()) return not_vim25(path + ": no reference to a managed object");
    return {};
  }
  if (is_plain(kind)) {
    if (!value->children.empty() || !is_word_of(kind, text))
      return not_vim25(path + ": '" + std::string(text) + "' is no " + kind);
    return {};
  }
  if (const auto words = enums_.find(kind); words != enums_.end()) {
    if (std::ranges::find(words->second, text) == words->second.end())
      return not_vim25(path + ": '" + std::string(text) + "' is no " + kind);
    return {};
  }
  if (!types_.contains(kind)) return {};
  const std::string& type = value->type.empty() ? kind : value->type;
  if (!types_.contains(type) || !is_a(type, kind)) return not_vim25(path + ": type " + type + " is no " + kind);
  if (!text.empty()) return not_vim25(path + ": '" + std::string(text) + "' is no " + kind);
  return check_members(value, types_.at(type), path);
}

Tree Types::sorted(const Tree& value, std::string_view type) const {
  const std::vector<Element>& order = types_.at(std::string(type));
  Node out = *value;
  std::ranges::stable_sort(out.children, {}, [&](const Tree& child) {
    return std::ranges::find(order, child->name, &Element::name) - order.begin();
  });
  return std::make_shared<Node>(std::move(out));
}

Result<Types::Found> Types::property(const Tree& object, const std::string& path) const {
  Found at{object->type, false, {object}};
  std::string_view left = path;
  while (!left.empty()) {
    const auto part = next_part(left);
    if (!part || at.is_list) return no_property(path);
    const auto known = types_.find(at.kind);
    Found next;
    if (known != types_.end()) {
      const auto found = std::ranges::find(known->second, part->name, &Element::name);
      if (found == known->second.end()) return no_property(path);
      next.kind = found->kind;
      next.is_list = found->is_list;
    } else if (is_plain(at.kind) || enums_.contains(at.kind) || at.kind == "ManagedObjectReference") {
      return no_property(path);
    }
    for (const Tree& each : at.values)
      for (const Tree& child : all(each, part->name)) next.values.push_back(child);
    if (part->key) {
      if (!next.is_list) return no_property(path);
      next.is_list = false;
      std::erase_if(next.values, [&](const Tree& each) { return text_of(each, "key") != *part->key; });
    }
    if (known == types_.end() && !next.values.empty()) next.kind = next.values.front()->type;
    at = std::move(next);
  }
  return at;
}

Tree Types::value_of(const Found& found) {
  if (!found.is_list) {
    if (found.values.empty()) return nullptr;
    const Tree& value = found.values.front();
    return named("val", value->type.empty() ? typed(found.kind, value) : value);
  }
  std::string of = found.kind;
  if (is_plain(of)) of.front() = static_cast<char>(of.front() - 'a' + 'A');
  Node out{"val", "ArrayOf" + of, "", "", {}};
  for (const Tree& value : found.values) {
    Tree item = named(found.kind, value);
    if (item->type == found.kind) item = typed("", item);
    out.children.push_back(std::move(item));
  }
  return std::make_shared<Node>(std::move(out));
}

}  // namespace rig::fakes::vcenter
