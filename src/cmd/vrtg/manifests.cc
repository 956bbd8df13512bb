// cmd/vrtg/manifests.cc — reading documents and taking lists apart.
#include "cmd/vrtg/manifests.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/file.h"
#include "base/yaml/yaml.h"

namespace rig::vrtg {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kManifestBytesMax = 64U << 20;

Result<std::string> read_input() {
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n < 0) return Error(Code::kUnavailable, "standard input cannot be read");
    if (n == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
    if (text.size() > kManifestBytesMax) return Error(Code::kResourceExhausted, "standard input is longer than 64 MiB");
  }
}

Result<std::vector<std::string>> files_of(const std::string& path) {
  std::error_code failure;
  if (path == "-" || !fs::is_directory(path, failure)) return std::vector{path};
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(path, failure)) {
    const std::string extension = entry.path().extension();
    if (extension == ".yaml" || extension == ".yml" || extension == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (files.empty()) return Error(Code::kNotFound, path + " has no *.yaml, *.yml or *.json");
  return files;
}

Status add(const std::string& file, json::Value object, std::vector<Manifest>& out) {
  if (!object.is_object()) return Error(Code::kInvalidArgument, file + ": a document is not an object");
  if (object.text({"kind"}) == "List") {
    if (json::Value* items = object.find("items"); items != nullptr && items->is_array())
      for (json::Value& item : *items->as<json::Array>()) TRY(add(file, std::move(item), out));
    return {};
  }
  if (object.text({"kind"}).empty() || object.text({"apiVersion"}).empty())
    return Error(Code::kInvalidArgument, file + ": a document has no apiVersion or no kind");
  if (object.text({"metadata", "name"}).empty())
    return Error(Code::kInvalidArgument, file + ": a " + std::string(object.text({"kind"})) + " has no metadata.name");
  out.push_back({file, std::move(object)});
  return {};
}

}  // namespace

Result<std::vector<Manifest>> read_manifests(const std::vector<std::string>& paths) {
  std::vector<Manifest> out;
  for (const std::string& path : paths)
    for (const std::string& file : TRY(files_of(path))) {
      const std::string text = TRY((file == "-" ? read_input() : read_file(file, kManifestBytesMax)).context(file));
      for (json::Value& document : TRY(yaml::parse_all(text).context(file))) TRY(add(file, std::move(document), out));
    }
  return out;
}

}  // namespace rig::vrtg
