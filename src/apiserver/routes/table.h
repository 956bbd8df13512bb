// apiserver/routes/table.h — objects dressed for people and for metadata-only clients (meta.k8s.io/v1).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/kinds.h"
#include "base/json/json.h"
#include "base/result.h"

namespace rig::apiserver {

enum class Include : std::uint8_t { kNone, kMetadata, kObject };  // of each row's object
Result<Include> parse_include(std::string_view text);             // 400

// What a row's cells and the metadata of its object are made of; without a value: anything.
std::optional<json::Members> shown_members(const api::KindInfo& kind, Include include);

json::Value column_definitions(const api::KindInfo& kind);
json::Value cells_of(const api::KindInfo& kind, const json::Value& object, WallTime now);

struct TableForm {
  std::string_view version = "v1";  // of meta.k8s.io
  Include include = Include::kMetadata;
  bool with_definitions = true;  // a watch sends them once
};
// `metadata`: resourceVersion, continue, remainingItemCount.
json::Value table_of(const api::KindInfo& kind, json::Array objects, json::Value metadata, const TableForm& form,
                     WallTime now);

// One row as text, and a table of such rows.
std::string row_text(const api::KindInfo& kind, json::Value object, const TableForm& form, WallTime now);
std::string table_text(const api::KindInfo& kind, std::span<const std::string> rows, json::Value metadata,
                       const TableForm& form);

json::Value partial_of(json::Value object, std::string_view version = "v1");  // PartialObjectMetadata

}  // namespace rig::apiserver
