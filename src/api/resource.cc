// api/resource.cc — names put together from a Resource.
#include "api/resource.h"

namespace rig::api {

std::string Resource::api_version() const {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string Resource::group_resource() const {
  return group.empty() ? std::string(plural) : std::string(plural) + "." + std::string(group);
}

}  // namespace rig::api
