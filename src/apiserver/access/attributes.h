// apiserver/access/attributes.h — what a request is about, as far as rights go.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/routes/target.h"

namespace rig::apiserver {

struct Attributes {
  std::string verb;  // get, list, watch, create, update, patch, delete, deletecollection; "": an unknown method
  bool is_resource = false;
  std::string group, version, resource, subresource, name_space, name;  // of a resource
  std::string path;                                                     // of anything else
};

// By the target alone, known or not (k8s.io/apiserver's RequestInfo). A list or watch of one name, by a field selector,
// is about that name.
Attributes attributes_of(std::string_view method, const Target& target);

}  // namespace rig::apiserver
