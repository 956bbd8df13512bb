// cmd/vrtg/table.cc — laying out columns.
#include "cmd/vrtg/table.h"

#include <algorithm>

namespace rig::vrtg {

std::string table(const Row& head, const std::vector<Row>& rows) {
  constexpr std::size_t kGap = 3;
  std::vector<std::size_t> widths;
  for (const std::string& cell : head) widths.push_back(cell.size());
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  const auto line = [&](const Row& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - row[i].size() + kGap, ' ');
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  line(head);
  for (const Row& row : rows) line(row);
  return out;
}

}  // namespace rig::vrtg
