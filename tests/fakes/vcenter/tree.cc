#include "fakes/vcenter/tree.h"

#include <algorithm>
#include <pugixml.hpp>

#include "base/text.h"

namespace rig::fakes::vcenter {
namespace {

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// "a.b.c" -> "a", and "b.c" stays
std::string_view next_part(std::string_view& path) {
  const std::size_t dot = path.find('.');
  const std::string_view part = path.substr(0, dot);
  path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  return part;
}

Tree read(const pugi::xml_node& from) {
  auto out = std::make_shared<Node>();
  out->name = local_name(from.name());
  for (const pugi::xml_attribute& attribute : from.attributes()) {
    const std::string_view name = attribute.name();
    if (name == "type") out->ref_type = attribute.value();
    if (name.ends_with(":type")) out->type = local_name(attribute.value());
  }
  for (const pugi::xml_node& child : from.children()) {
    if (child.type() == pugi::node_element)
      out->children.push_back(read(child));
    else
      out->text += child.value();
  }
  if (!out->children.empty()) out->text.clear();  // blanks between elements
  return out;
}

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
}

bool is_plain(std::string_view type) { return !type.empty() && type.front() >= 'a' && type.front() <= 'z'; }

const std::string kNoText;

}  // namespace

Tree leaf(std::string name, std::string text) {
  return std::make_shared<Node>(Node{std::move(name), "", "", std::move(text), {}});
}
Tree leaf(std::string name, std::int64_t number) { return leaf(std::move(name), std::to_string(number)); }
Tree leaf(std::string name, bool flag) { return leaf(std::move(name), std::string(flag ? "true" : "false")); }
Tree leaf(std::string name, const Ref& ref) {
  return ref.empty() ? nullptr : std::make_shared<Node>(Node{std::move(name), "", ref.type, ref.id, {}});
}
Tree node(std::string name, Trees children, std::string type) {
  std::erase(children, nullptr);
  return std::make_shared<Node>(Node{std::move(name), std::move(type), "", "", std::move(children)});
}
Tree named(std::string name, const Tree& like) {
  if (like == nullptr || like->name == name) return like;
  Node out = *like;
  out.name = std::move(name);
  return std::make_shared<Node>(std::move(out));
}
Tree typed(std::string type, const Tree& like) {
  if (like == nullptr || like->type == type) return like;
  Node out = *like;
  out.type = std::move(type);
  return std::make_shared<Node>(std::move(out));
}

Tree find(const Tree& from, std::string_view path) {
  Tree at = from;
  while (at != nullptr && !path.empty()) {
    const std::string_view name = next_part(path);
    const auto child = std::ranges::find_if(at->children, [&](const Tree& each) { return each->name == name; });
    at = child == at->children.end() ? nullptr : *child;
  }
  return at;
}
const std::string& text_of(const Tree& from, std::string_view path) {
  const Tree at = find(from, path);
  return at == nullptr ? kNoText : at->text;  // owned by `from`
}
std::int64_t number_of(const Tree& from, std::string_view path) {
  const auto number = parse_int(trim(text_of(from, path)));
  return number.ok() ? *number : 0;
}
bool is_true(const Tree& from, std::string_view path) {
  const std::string_view word = trim(text_of(from, path));
  return word == "true" || word == "1";
}
Ref ref_of(const Tree& from, std::string_view path) {
  const Tree at = find(from, path);
  return at == nullptr || at->text.empty() ? Ref() : Ref{at->ref_type, std::string(trim(at->text))};
}
Trees all(const Tree& from, std::string_view name) {
  Trees out;
  if (from == nullptr) return out;
  std::ranges::copy_if(from->children, std::back_inserter(out), [&](const Tree& each) { return each->name == name; });
  return out;
}

Tree with(const Tree& from, std::string_view path, const Tree& value) {
  const std::string name(next_part(path));
  Node out = from == nullptr ? Node() : *from;
  const auto child = std::ranges::find_if(out.children, [&](const Tree& each) { return each->name == name; });
  const bool is_there = child != out.children.end();
  Tree changed = value;
  if (!path.empty()) changed = with(is_there ? *child : node(name, {}), path, value);
  if (changed == nullptr && is_there)
    out.children.erase(child);
  else if (changed != nullptr && is_there)
    *child = named(name, changed);
  else if (changed != nullptr)
    out.children.push_back(named(name, changed));
  return std::make_shared<Node>(std::move(out));
}

Tree with_all(const Tree& from, std::string_view name, const Trees& values) {
  Node out = *from;
  auto at = std::ranges::find_if(out.children, [&](const Tree& each) { return each->name == name; });
  const auto index = at - out.children.begin();
  std::erase_if(out.children, [&](const Tree& each) { return each->name == name; });
  out.children.insert(out.children.begin() + std::min<std::ptrdiff_t>(index, std::ssize(out.children)), values.begin(),
                      values.end());
  return std::make_shared<Node>(std::move(out));
}

bool same(const Tree& a, const Tree& b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr) return false;
  return a->name == b->name && a->type == b->type && a->ref_type == b->ref_type && a->text == b->text &&
         std::ranges::equal(a->children, b->children, same);
}

Result<Tree> parse(std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  if (!parsed) return Error(Code::kInvalidArgument, parsed.description());
  return read(document.document_element());
}

void append_xml(const Tree& tree, std::string& out) {
  out += "<" + tree->name;
  if (!tree->ref_type.empty()) out += " type=\"" + tree->ref_type + "\"";
  if (!tree->type.empty()) out += " xsi:type=\"" + std::string(is_plain(tree->type) ? "xsd:" : "") + tree->type + "\"";
  out += ">";
  append_escaped(tree->text, out);
  for (const Tree& child : tree->children) append_xml(child, out);
  out += "</" + tree->name + ">";
}

std::string to_xml(const Tree& tree) {
  std::string out;
  append_xml(tree, out);
  return out;
}

}  // namespace rig::fakes::vcenter
