// api/kinds.h — every kind we serve, one row each: what discovery, tables, CRDs and the registry need to know.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/resource.h"
#include "schema/type_info.h"

namespace rig::api {

struct Column {  // additionalPrinterColumns; paths as in a CRD (".status.phase")
  std::string_view name, type, path, description;
  int priority = 0;  // above 0: only with -o wide
  std::string_view format = {};
};

struct KindInfo {
  Resource resource;
  std::string_view singular, list_kind;
  std::vector<std::string_view> short_names, categories;
  const schema::TypeInfo& (*type)();  // the whole object: metadata, spec, status (apiVersion and kind implied)
  std::vector<Column> columns;        // after Name
  bool is_custom = true;              // ours, served as a custom resource; else a core kind with its own manners
  bool has_status = false;            // status subresource
  std::string_view scale_spec_path = {}, scale_status_path = {}, scale_selector_path = {};  // "" = no scale subresource
};

std::span<const KindInfo> kinds();  // ours first, then the core kinds
// Of which nothing is stored: they are posted and answered. Without columns and list.
std::span<const KindInfo> review_kinds();
const KindInfo& token_request_kind();
const KindInfo* find_kind(std::string_view group, std::string_view plural);
const KindInfo* find_kind_by_name(std::string_view group, std::string_view kind);
// What a person types: plural, singular, short name, Kind, each in any case, or with ".group". Null: none.
const KindInfo* find_kind_typed(std::string_view word);

}  // namespace rig::api
