// cmd/vrtg/table.h — rows of text in columns as wide as they need to be.
#pragma once

#include <string>
#include <vector>

namespace rig::vrtg {

using Row = std::vector<std::string>;
std::string table(const Row& head, const std::vector<Row>& rows);

}  // namespace rig::vrtg
