// vsphere/tar_test.h — archives as tar writes them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace rig::vsphere {

// The header of a file; its sum is right.
inline std::string tar_header(const std::string& name, std::int64_t bytes, char type = '0') {
  std::string header(512, '\0');
  name.copy(header.data(), 100);
  char size[12];
  std::snprintf(size, sizeof size, "%011llo", static_cast<unsigned long long>(bytes));
  header.replace(124, 12, size, 12);
  header.replace(148, 8, 8, ' ');
  header[156] = type;
  header.replace(257, 8,
                 "ustar\0"
                 "00",
                 8);
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  header.replace(148, 7, digits, 7);
  return header;
}

inline std::string tar_file(const std::string& name, const std::string& bytes, char type = '0') {
  std::string file = tar_header(name, static_cast<std::int64_t>(bytes.size()), type) + bytes;
  file.resize((file.size() + 511) / 512 * 512);
  return file;
}

inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace rig::vsphere
