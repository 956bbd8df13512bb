// api/crd_test.cc — deploy/crds is what the rows say; UPDATE=1 writes it.
#include "api/crd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/yaml/yaml.h"

namespace rig::api {
namespace {

const std::string kFolder = std::string(RIG_SOURCE_DIR) + "/deploy/crds";

std::string file_of(const KindInfo& kind) {
  return std::string(kind.resource.group) + "_" + std::string(kind.resource.plural) + ".yaml";
}

TEST(Crd, IsTheCheckedInFile) {
  std::set<std::string> wanted, there;
  for (const KindInfo& kind : kinds()) {
    if (!kind.is_custom) continue;
    wanted.insert(file_of(kind));
    const std::string path = kFolder + "/" + file_of(kind);
    const std::string text = yaml::to_text(custom_resource_definition(kind));
    if (std::getenv("UPDATE") != nullptr) {
      EXPECT_TRUE(write_file(path, text).ok()) << path;
    }
    const Result<std::string> file = read_file(path);
    ASSERT_TRUE(file.ok()) << path << ": run with UPDATE=1";
    EXPECT_TRUE(*file == text) << path << " is not what the rows say; run with UPDATE=1 and look at the difference";
  }
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) there.insert(entry.path().filename().string());
  EXPECT_EQ(there, wanted);
}

TEST(Crd, ReadsBackFromItsYaml) {
  for (const KindInfo& kind : kinds()) {
    if (!kind.is_custom) continue;
    const json::Value crd = custom_resource_definition(kind);
    const Result<json::Value> back = yaml::parse(yaml::to_text(crd));
    ASSERT_TRUE(back.ok()) << back.error().to_string();
    EXPECT_TRUE(*back == crd) << kind.singular;
  }
}

TEST(Crd, DescribesEveryColumnByAPathThatExists) {
  for (const KindInfo& kind : kinds()) {
    if (!kind.is_custom) continue;
    const json::Value crd = custom_resource_definition(kind);
    const json::Value& version = crd.at({"spec", "versions"})->as<json::Array>()->front();
    for (const Column& column : kind.columns) {
      std::string path(column.path.substr(1));
      if (path.starts_with("metadata.")) continue;
      if (path.ends_with("[*]")) path.resize(path.size() - 3);
      const json::Value* node = version.at({"schema", "openAPIV3Schema"});
      for (std::size_t at = 0; node != nullptr && at < path.size();) {
        const std::size_t end = std::min(path.find('.', at), path.size());
        node = node->at({"properties", path.substr(at, end - at)});
        at = end + 1;
      }
      EXPECT_NE(node, nullptr) << kind.singular << " " << column.path;
    }
  }
}

}  // namespace
}  // namespace rig::api
