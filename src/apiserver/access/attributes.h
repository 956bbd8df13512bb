// apiserver/routes/authorization.h — what a request is about, and whether its user may ask for it.
//
// Until there is RBAC: system:masters may do everything, whoever is known may look at discovery and ask about
// himself, and everybody may read version and health (the default roles system:discovery, system:basic-user and
// system:public-info-viewer).
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api_server.h"
#include "apiserver/routes/target.h"

namespace rig::apiserver {

inline constexpr std::string_view kMasters = "system:masters";
inline constexpr std::string_view kAuthenticated = "system:authenticated";

struct Attributes {
  std::string verb;  // get, list, watch, create, update, patch, delete, deletecollection; "": an unknown method
  bool is_resource = false;
  std::string group, version, resource, subresource, name_space, name;  // of a resource
  std::string path;                                                     // of anything else
};

// By the path alone, known or not (k8s.io/apiserver's RequestInfo).
Attributes attributes_of(std::string_view method, const Target& target);

bool is_allowed(const User& user, const Attributes& attributes);
Error denied(const User& user, const Attributes& attributes);  // 403

}  // namespace rig::apiserver
