// apiserver/apply/field_set_fuzz.cc — libFuzzer: a set of fields reads back from what it is written as, and sets of
// fields are sets.
#include "apiserver/apply/field_set.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "apiserver/bytes_fuzz.h"
#include "base/check.h"

namespace {

using namespace rig;
using namespace rig::apiserver;
using Path = std::vector<std::string>;
using Paths = std::set<Path>;

constexpr std::array<std::string_view, 8> kElements = {".",  "f:a", "f:b", "f:", "v:1", "v:\"a\"", R"(k:{"name":"a"})",
                                                       "i:0"};

void collect(const FieldSet& set, Path& path, Paths& out) {
  CHECK(std::is_sorted(set.below.begin(), set.below.end(),
                       [](const FieldSet& a, const FieldSet& b) { return a.element < b.element; }));
  for (const FieldSet& child : set.below) {
    path.push_back(child.element);
    if (child.is_member) out.insert(path);
    collect(child, path, out);
    path.pop_back();
  }
}

// Its members, once it was written and read.
Paths members(const FieldSet& set) {
  const json::Value text = fields_v1_of(set);
  CHECK(*parse_field_set(text) == set);
  std::size_t visited = 0;
  for_each_member(set, [&](const std::string&) { ++visited; });
  Path path;
  Paths out;
  collect(set, path, out);
  CHECK(visited == out.size() && set.is_empty() == out.empty());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Bytes bytes(data, size);
  bytes.strange_names = kElements;
  const auto read = [&] { return parse_field_set(bytes.document(anything())).value_or(FieldSet()); };
  const FieldSet a = read(), b = read();
  const Paths in_a = members(a), in_b = members(b);
  Paths both, difference, shared;
  std::set_union(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(), std::inserter(both, both.end()));
  std::set_difference(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(), std::inserter(difference, difference.end()));
  std::set_intersection(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(), std::inserter(shared, shared.end()));
  CHECK(members(united(a, b)) == both && members(without(a, b)) == difference && members(common(a, b)) == shared);
  return 0;
}
