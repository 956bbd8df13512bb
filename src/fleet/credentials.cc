// fleet/credentials.cc — filling a folder and swapping it in.
#include "fleet/credentials.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/uuid.h"

namespace rig::fleet {
namespace {

namespace fs = std::filesystem;
constexpr const char* kData = "..data";

Error failure(const std::string& what, const std::error_code& error) {
  return Error(Code::kUnavailable, what + ": " + error.message());
}

// Symbolic links KEY -> ..data/KEY, and none for keys that are gone.
Status link_keys(const std::string& folder, const std::map<std::string, std::string>& credentials) {
  std::error_code error;
  std::vector<std::string> stale;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("..") && !credentials.contains(name)) stale.push_back(name);
  }
  for (const std::string& name : stale) fs::remove(folder + "/" + name, error);
  for (const auto& [name, value] : credentials) {
    const std::string link = folder + "/" + name;
    if (fs::is_symlink(link, error)) continue;
    fs::create_symlink(std::string(kData) + "/" + name, link, error);
    if (error) return failure(link, error);
  }
  return {};
}

}  // namespace

Status project_credentials(const std::string& folder, const std::map<std::string, std::string>& credentials) {
  for (const auto& [name, value] : credentials)
    if (name.empty() || name.starts_with("..") || name == "." || name.find('/') != std::string::npos)
      return Error(Code::kInvalidArgument, "the Secret's key \"" + name + "\" is not a file name");
  TRY(make_folder(folder, 0700));
  const std::string version = "..v-" + random_suffix(8);
  TRY(make_folder(folder + "/" + version, 0700));
  for (const auto& [name, value] : credentials) TRY(write_file(folder + "/" + version + "/" + name, value, 0600));

  std::error_code error;
  const fs::path old = fs::read_symlink(folder + "/" + kData, error);
  const std::string temporary = folder + "/..new";
  fs::remove(temporary, error);
  fs::create_symlink(version, temporary, error);
  if (error) return failure(temporary, error);
  fs::rename(temporary, folder + "/" + kData, error);
  if (error) return failure(folder + "/" + kData, error);
  if (!old.empty()) fs::remove_all(folder + "/" + old.string(), error);
  return link_keys(folder, credentials);
}

}  // namespace rig::fleet
