// api/field_list_test.h — what is true of every list of fields that a provider does not act on.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "api/kinds.h"
#include "schema/walk.h"

namespace rig::api {

// Row paths, "VMClass.spec.cpu".
inline std::set<std::string> row_paths() {
  std::set<std::string> all;
  for (const KindInfo& kind : kinds()) {
    schema::for_each_row(kind.type(), [&](const std::string& path, const schema::Field&) {
      all.insert(std::string(kind.resource.kind) + "." + path);
    });
  }
  return all;
}

inline void expect_rows_in_order(std::span<const std::string_view> list) {
  const auto all = row_paths();
  for (const std::string_view field : list) EXPECT_TRUE(all.contains(std::string(field))) << field;
  EXPECT_TRUE(std::ranges::is_sorted(list));
}

// None of `acted_on`, which are rows, is in the list, or below one that is.
inline void expect_not_listed(std::span<const std::string_view> acted_on, std::span<const std::string_view> list) {
  const auto all = row_paths();
  for (const std::string_view field : acted_on) {
    EXPECT_TRUE(all.contains(std::string(field))) << field;
    for (const std::string_view listed : list) EXPECT_FALSE(field.starts_with(listed)) << listed;
  }
}

}  // namespace rig::api
