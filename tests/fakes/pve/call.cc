#include "fakes/pve/call.h"

#include "base/text.h"

namespace rig::fakes::pve {

const std::string& Asked::text(const std::string& name) const {
  static const std::string nothing;
  const auto found = parameters.find(name);
  return found == parameters.end() ? nothing : found->second;
}

std::int64_t Asked::integer(const std::string& name, std::int64_t otherwise) const {
  const Result<std::int64_t> value = parse_int(text(name));
  return value.ok() ? *value : otherwise;
}

Task Asked::task(std::string type, std::string id) const {
  Task out;
  out.node = node();
  out.type = std::move(type);
  out.id = std::move(id);
  out.user = caller.user;
  out.token = caller.token;
  return out;
}

}  // namespace rig::fakes::pve
