// api/sample_test.cc — a full sample of each kind: every row is touched, nothing is lost between JSON and C++.
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <set>

#include "api/kinds.h"
#include "api/v1beta1/provider.h"
#include "api/v1beta1/virtual_machine.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_clone.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_migration.h"
#include "api/v1beta1/vm_network_attachment.h"
#include "api/v1beta1/vm_placement_policy.h"
#include "api/v1beta1/vm_set.h"
#include "api/v1beta1/vm_snapshot.h"
#include "base/file.h"
#include "base/yaml/yaml.h"
#include "schema/walk.h"

namespace rig::api {
namespace {

template <class Object>
Result<json::Value> through_the_struct(const json::Value& document) {
  return schema::encode(TRY(schema::decode<Object>(document)));
}

struct Sample {
  const KindInfo& kind;
  Result<json::Value> (*through_the_struct)(const json::Value& document);
  std::vector<json::Value> documents;  // without apiVersion and kind
};

template <class Object>
Sample sample_of() {
  const KindInfo& kind = *find_kind(Object::kResource.group, Object::kResource.plural);
  const std::string path = std::string(RIG_SOURCE_DIR) + "/tests/golden/api/" + std::string(kind.singular) + ".yaml";
  const Result<std::string> text = read_file(path);
  EXPECT_TRUE(text.ok()) << path;
  Result<std::vector<json::Value>> documents = yaml::parse_all(text.ok() ? *text : "");
  EXPECT_TRUE(documents.ok()) << path << ": " << (documents.ok() ? "" : documents.error().to_string());
  Sample sample{kind, &through_the_struct<Object>, documents.ok() ? documents.take() : std::vector<json::Value>()};
  for (json::Value& document : sample.documents) {
    EXPECT_EQ(document.text({"apiVersion"}), kind.resource.api_version());
    EXPECT_EQ(document.text({"kind"}), kind.resource.kind);
    document.as<json::Object>()->erase("apiVersion");
    document.as<json::Object>()->erase("kind");
  }
  return sample;
}

std::vector<Sample> samples() {
  using namespace v1beta1;
  return {sample_of<VirtualMachine>(),
          sample_of<Provider>(),
          sample_of<VmClass>(),
          sample_of<VmImage>(),
          sample_of<VmNetworkAttachment>(),
          sample_of<VmSnapshot>(),
          sample_of<VmClone>(),
          sample_of<VmMigration>(),
          sample_of<VmSet>(),
          sample_of<VmPlacementPolicy>()};
}

TEST(Sample, ExistsForEachKind) {
  std::set<std::string_view> seen;
  for (const Sample& sample : samples()) seen.insert(sample.kind.resource.kind);
  for (const KindInfo& kind : kinds()) EXPECT_EQ(seen.contains(kind.resource.kind), kind.is_custom) << kind.singular;
}

TEST(Sample, IsValidAndHasNoUnknownFields) {
  for (const Sample& sample : samples()) {
    for (const json::Value& document : sample.documents) {
      for (const schema::Unknown& unknown : schema::unknown_fields(sample.kind.type(), document)) {
        ADD_FAILURE() << sample.kind.singular << ": unknown " << unknown.path;
      }
      for (const schema::Problem& problem : schema::validate(sample.kind.type(), document, nullptr)) {
        ADD_FAILURE() << sample.kind.singular << " " << problem.path << ": " << problem.what;
      }
    }
  }
}

// What we ship must at least pass our own schemas.
TEST(Sample, OfTheQuickStartIsValid) {
  int seen = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(RIG_SOURCE_DIR) + "/deploy/samples")) {
    if (entry.path().extension() != ".yaml") continue;
    const Result<std::vector<json::Value>> documents = yaml::parse_all(read_file(entry.path()).take());
    ASSERT_TRUE(documents.ok()) << entry.path() << ": " << documents.error().to_string();
    for (json::Value document : *documents) {
      const std::string api_version(document.text({"apiVersion"}));
      const std::size_t slash = api_version.find('/');
      const KindInfo* kind =
          find_kind_by_name(slash == std::string::npos ? "" : api_version.substr(0, slash), document.text({"kind"}));
      ASSERT_NE(kind, nullptr) << entry.path() << ": " << api_version << " " << document.text({"kind"});
      document.as<json::Object>()->erase("apiVersion");
      document.as<json::Object>()->erase("kind");
      for (const schema::Unknown& unknown : schema::unknown_fields(kind->type(), document)) {
        ADD_FAILURE() << entry.path() << ": unknown " << unknown.path;
      }
      for (const schema::Problem& problem : schema::validate(kind->type(), document, nullptr)) {
        ADD_FAILURE() << entry.path() << " " << problem.path << ": " << problem.what;
      }
      ++seen;
    }
  }
  EXPECT_GT(seen, 0);
}

TEST(Sample, ComesBackFromTheStructsAsItWent) {
  for (Sample& sample : samples()) {
    for (json::Value& document : sample.documents) {
      schema::set_defaults(sample.kind.type(), document);
      const Result<json::Value> back = sample.through_the_struct(document);
      ASSERT_TRUE(back.ok()) << sample.kind.singular << ": " << back.error().to_string();
      EXPECT_EQ(json::to_pretty(*back), json::to_pretty(document)) << sample.kind.singular;
    }
  }
}

// A row that a document touches, and the rows around it.
void add_rows(const std::string& row, std::set<std::string>& touched) {
  for (std::size_t i = 0; i <= row.size(); ++i) {
    const bool is_end = i == row.size() || row[i] == '.' || row[i] == '[' || row[i] == '{';
    if (is_end) touched.insert(row.substr(0, i));
  }
}

TEST(Sample, TouchesEveryRow) {
  for (const Sample& sample : samples()) {
    std::set<std::string> touched;
    for (const json::Value& document : sample.documents) {
      schema::for_each_leaf(sample.kind.type(), document,
                            [&](const std::string& leaf, const schema::Field&, const json::Value&) {
                              add_rows(schema::row_path(leaf), touched);
                            });
    }
    const bool is_machine = sample.kind.resource == v1beta1::VirtualMachine::kResource;
    schema::for_each_row(sample.kind.type(), [&](const std::string& row, const schema::Field&) {
      // What all kinds share is touched by the VirtualMachine's sample.
      if (!is_machine && (row.starts_with("metadata.") || row.starts_with("spec.template.spec."))) return;
      EXPECT_TRUE(touched.contains(row)) << sample.kind.singular << " " << row;
    });
  }
}

// An explicit false must survive a controller that reads and writes the object.
TEST(Sample, SaysFalseWhereTheDefaultIsTrue) {
  int seen = 0;
  for (const Sample& sample : samples()) {
    for (const json::Value& document : sample.documents) {
      schema::for_each_leaf(sample.kind.type(), document,
                            [&](const std::string& leaf, const schema::Field& row, const json::Value& value) {
                              if (row.default_json != "true") return;
                              EXPECT_EQ(value, json::Value(false)) << sample.kind.singular << " " << leaf;
                              ++seen;
                            });
    }
  }
  EXPECT_GE(seen, 14);
}

TEST(Rows, HaveDefaultsThatAreValid) {
  for (const KindInfo& kind : kinds()) {
    schema::for_each_row(kind.type(), [&](const std::string& path, const schema::Field& row) {
      if (row.default_json.empty()) return;
      const Result<json::Value> value = json::parse(row.default_json);
      ASSERT_TRUE(value.ok()) << kind.singular << " " << path << ": " << row.default_json;
      // A document with this one member; its problems are those of the default.
      static std::deque<schema::TypeInfo> holders;  // types live as long as the process
      const schema::TypeInfo& holder = holders.emplace_back(schema::object("Holder", "", {row}));
      const json::Value document = json::Object{{std::string(row.json), *value}};
      for (const schema::Problem& p : schema::validate(holder, document, nullptr))
        ADD_FAILURE() << path << ": " << p.what;
    });
  }
}

TEST(Rows, HaveOneSentenceOfDocumentation) {
  for (const KindInfo& kind : kinds()) {
    schema::for_each_row(kind.type(), [&](const std::string& path, const schema::Field& row) {
      EXPECT_TRUE(!row.doc_text.empty() && row.doc_text.ends_with('.')) << kind.singular << " " << path;
    });
  }
}

// Takes away every member that has a default.
void strip(const schema::TypeInfo& type, json::Value& value) {
  if (type.kind == schema::Kind::kOptional) return strip(type.element(), value);
  if (auto* items = value.as<json::Array>(); items != nullptr && type.kind == schema::Kind::kList) {
    for (json::Value& item : *items) strip(type.element(), item);
  }
  auto* object = value.as<json::Object>();
  if (object == nullptr) return;
  if (type.kind == schema::Kind::kMap) {
    for (auto& [key, member] : *object) strip(type.element(), member);
  }
  for (const schema::Field& row : type.fields) {
    if (!row.default_json.empty()) {
      object->erase(row.json);
    } else if (json::Value* member = object->find(row.json)) {
      strip(row.type(), *member);
    }
  }
}

TEST(Rows, HaveTheSameDefaultsInCppAsOnTheWire) {
  for (const Sample& sample : samples()) {
    for (json::Value document : sample.documents) {
      strip(sample.kind.type(), document);
      const Result<json::Value> from_structs = sample.through_the_struct(document);
      ASSERT_TRUE(from_structs.ok()) << from_structs.error().to_string();
      schema::set_defaults(sample.kind.type(), document);
      EXPECT_EQ(json::to_pretty(*from_structs), json::to_pretty(*sample.through_the_struct(document)))
          << sample.kind.singular;
    }
  }
}

}  // namespace
}  // namespace rig::api
