// apiserver/access/attributes.cc — see attributes.h.
#include "apiserver/access/attributes.h"

#include <algorithm>
#include <array>
#include <span>

#include "apiserver/metadata.h"
#include "apiserver/selector.h"

namespace rig::apiserver {
namespace {

std::string verb_of(std::string_view method) {
  if (method == "POST") return "create";
  if (method == "GET" || method == "HEAD") return "get";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return "delete";
  return {};
}

// "/api/v1/x" and "/apis/g/v1/x" are resources; says where the part behind the version begins.
std::size_t resource_begin(const std::vector<std::string>& path) {
  if (path.size() >= 3 && path[0] == "api") return 2;
  if (path.size() >= 4 && path[0] == "apis" && !path[1].empty()) return 3;
  return 0;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "" unless it could be a name in a path.
std::string name_in_selector(const Target& target) {
  const std::string name = selected_name(target.get("fieldSelector")).value_or("");
  return check_name(NameRule::kPath, name).empty() ? name : std::string();
}

}  // namespace

Attributes attributes_of(std::string_view method, const Target& target) {
  Attributes out;
  out.verb = verb_of(method);
  const std::vector<std::string>& path = target.path;
  std::size_t at = resource_begin(path);
  if (at == 0) {
    out.path = target.path_text();
    return out;
  }
  out.is_resource = true;
  out.group = at == 3 ? path[1] : "";
  out.version = path[at - 1];
  bool is_watch = target.is_set("watch");
  if (path[at] == "watch" && path.size() > at + 1) {  // the old form: /api/v1/watch/...
    is_watch = true;
    ++at;
  }
  if (path[at] == "namespaces" && path.size() > at + 1) {
    out.name_space = path[at + 1];
    static constexpr std::array<std::string_view, 2> kOfNamespace = {"status", "finalize"};
    if (path.size() > at + 2 && !is_one_of(path[at + 2], kOfNamespace)) at += 2;
  }
  out.resource = path[at];
  if (path.size() > at + 1) out.name = path[at + 1];
  if (path.size() > at + 2) out.subresource = path[at + 2];
  if (!out.name.empty()) return out;
  if (out.verb == "get") {
    out.verb = is_watch ? "watch" : "list";
    out.name = name_in_selector(target);
  }
  if (out.verb == "delete") out.verb = "deletecollection";
  return out;
}

}  // namespace rig::apiserver
