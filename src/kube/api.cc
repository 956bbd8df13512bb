// kube/api.cc — whole lists, page by page.
#include "kube/api.h"

#include "kube/limits.h"

namespace rig::kube {

Result<RawList> list_all(Transport& transport, const api::Resource& resource, std::string_view name_space,
                         const ListOptions& options, const Call& call) {
  RawList out;
  ListOptions page_options = options;
  if (page_options.limit == 0) page_options.limit = limits::kListPageItems;
  do {
    json::Value page = TRY(transport.send(list_request(resource, name_space, page_options), call));
    json::Value* items = page.find("items");
    if (items != nullptr && items->is_array()) {
      for (json::Value& item : *items->as<json::Array>()) out.items.push_back(std::move(item));
    }
    out.resource_version = page.text({"metadata", "resourceVersion"});
    page_options.continue_token = page.text({"metadata", "continue"});
    page_options.resource_version.clear();  // the token carries it; both together are refused
    page_options.resource_version_match.clear();
  } while (!page_options.continue_token.empty());
  return out;
}

}  // namespace rig::kube
