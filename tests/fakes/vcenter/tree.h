// fakes/vcenter/tree.h — data objects as trees that never change: what is alike is shared, so that ten thousand
// machines of one template are small, and two states are compared by looking where their trees differ.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig::fakes::vcenter {

struct Ref {             // a managed object
  std::string type, id;  // both empty: none
  bool empty() const { return id.empty(); }
  auto operator<=>(const Ref&) const = default;
};

struct Node;
using Tree = std::shared_ptr<const Node>;
using Trees = std::vector<Tree>;

// An element. Of its attributes only two say something: of which type it is, and that of a Ref.
struct Node {
  std::string name;      // without a prefix
  std::string type;      // xsi:type, without a prefix; "" : as the schema says
  std::string ref_type;  // attribute `type`: of a managed object
  std::string text;
  Trees children;
};

Tree leaf(std::string name, std::string text);
Tree leaf(std::string name, std::int64_t number);
Tree leaf(std::string name, bool flag);
Tree leaf(std::string name, const Ref& ref);
Tree node(std::string name, Trees children, std::string type = "");  // null children are left out
Tree named(std::string name, const Tree& like);                      // the same under another name
Tree typed(std::string type, const Tree& like);

// Paths are names with dots between. Null and "" where there is nothing; the first of several.
Tree find(const Tree& from, std::string_view path);
const std::string& text_of(const Tree& from, std::string_view path = "");
std::int64_t number_of(const Tree& from, std::string_view path = "");  // 0: none
bool is_true(const Tree& from, std::string_view path = "");
Ref ref_of(const Tree& from, std::string_view path = "");
Trees all(const Tree& from, std::string_view name);  // children of that name

// A tree that differs in one place: the child of the last name becomes `value` (null: goes), or is added at the end.
// What lies between is made where it lacks.
Tree with(const Tree& from, std::string_view path, const Tree& value);
Tree with_all(const Tree& from, std::string_view name, const Trees& values);  // all children of that name become these
bool same(const Tree& a, const Tree& b);

// XML. kInvalidArgument: why it is none.
Result<Tree> parse(std::string_view xml);
// Of `xsi` and `xsd` the envelope tells; texts are escaped.
std::string to_xml(const Tree& tree);
void append_xml(const Tree& tree, std::string& out);

}  // namespace rig::fakes::vcenter
