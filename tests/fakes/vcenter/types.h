// fakes/vcenter/types.h — what vim25 knows: which elements a type has, in which order; which properties an object. Read
// from types.txt, which cut_types.py makes from govmomi's Go types, and so not from the client that is tested.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fakes/vcenter/fault.h"

namespace rig::fakes::vcenter {

struct Element {
  std::string name, kind;
  bool is_required = false, is_list = false;
};

class Types {
 public:
  static Result<Types> parse(std::string_view text);

  bool is_object(std::string_view type) const;  // a managed one
  bool is_a(std::string_view type, std::string_view base) const;
  bool has_method(std::string_view name) const { return methods_.contains(std::string(name)); }
  // All elements of a type or object, those of its base first. Null: no such type.
  const std::vector<Element>* elements(std::string_view type) const;

  // InvalidRequest where the call is not as the schema has it: names, order, what is required, numbers, words, types.
  Status check_call(const Tree& call) const;
  // The same of one value. For tests of what the fake itself says.
  Status check(const Tree& value, const std::string& kind, const std::string& path) const;
  // The elements in the schema's order.
  Tree sorted(const Tree& value, std::string_view type) const;

  struct Found {
    std::string kind;  // of each value
    bool is_list = false;
    Trees values;
  };
  // A property of an object: "config.hardware.device", "config.extraConfig[\"key\"]". InvalidProperty: no such path.
  Result<Found> property(const Tree& object, const std::string& path) const;
  // As it stands in <val>; null when it is not set.
  static Tree value_of(const Found& found);

 private:
  Status check_members(const Tree& value, const std::vector<Element>& elements, const std::string& path) const;

  std::map<std::string, std::vector<Element>> types_, methods_;
  std::map<std::string, std::vector<std::string>> enums_;
  std::map<std::string, std::string> bases_;
  std::map<std::string, bool> objects_;
};

}  // namespace rig::fakes::vcenter
