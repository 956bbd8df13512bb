// api/deviations_test.cc — our definitions against the reference's: every difference is listed and has a reason.
#include "api/deviations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "api/crd.h"
#include "api/kinds.h"
#include "base/file.h"
#include "base/text.h"
#include "schema/walk.h"

namespace rig::api {
namespace {

struct Difference {
  std::string kind, path, attribute, reference, ours;
};

// '*' stands for any text.
bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() != '*') {
    return !text.empty() && pattern.front() == text.front() && fits(pattern.substr(1), text.substr(1));
  }
  return fits(pattern.substr(1), text) || (!text.empty() && fits(pattern, text.substr(1)));
}

std::string text_of(const json::Value& value) {
  return value.is_string() ? std::string(value.text({})) : json::to_text(value);
}

json::Value sorted(const json::Value& list) {
  json::Array items = *list.as<json::Array>();
  std::sort(items.begin(), items.end(),
            [](const json::Value& a, const json::Value& b) { return text_of(a) < text_of(b); });
  return items;
}

using Attributes = std::map<std::string, std::string>;

std::string messages(const json::Value& validations) {
  std::string all;
  for (const json::Value& v : *validations.as<json::Array>())
    all += (all.empty() ? "" : "; ") + text_of(*v.find("message"));
  return all;
}

// What a schema node says by itself. An atomic list is what a list is anyway; the same enum twice is one enum.
Attributes attributes_of(const json::Value& node) {
  Attributes out;
  for (const auto& [name, value] : *node.as<json::Object>()) {
    if (name == "properties" || name == "items" || name == "additionalProperties" || name == "description") continue;
    if (name == "x-kubernetes-list-type" && value == json::Value("atomic")) continue;
    if (name == "allOf") {
      out["enum"] = json::to_text(sorted(*value.as<json::Array>()->front().find("enum")));
    } else if (name == "x-kubernetes-validations") {
      out[name] = messages(value);
    } else {
      out[name] = name == "enum" || name == "required" ? json::to_text(sorted(value)) : text_of(value);
    }
  }
  return out;
}

class Comparison {
 public:
  explicit Comparison(std::string kind) : kind_(std::move(kind)) {}

  void attributes(const std::string& path, const Attributes& reference, const Attributes& ours) {
    Attributes names = reference;
    names.insert(ours.begin(), ours.end());
    const auto in = [](const Attributes& a, const std::string& name) {
      return a.contains(name) ? a.at(name) : std::string();
    };
    for (const auto& [name, unused] : names) {
      if (in(reference, name) != in(ours, name)) add(path, name, in(reference, name), in(ours, name));
    }
  }

  void schema(const std::string& path, const json::Value& reference, const json::Value& ours) {
    attributes(path, attributes_of(reference), attributes_of(ours));
    child(path + "[]", reference.find("items"), ours.find("items"));
    child(path + "{}", reference.find("additionalProperties"), ours.find("additionalProperties"));
    const json::Value none = json::Object();
    const json::Value* theirs = reference.find("properties");
    const json::Value* mine = ours.find("properties");
    std::map<std::string, int> names;
    for (const auto& [name, value] : *(theirs ? theirs : &none)->as<json::Object>()) names[name];
    for (const auto& [name, value] : *(mine ? mine : &none)->as<json::Object>()) names[name];
    for (const auto& [name, unused] : names) {
      child(path.empty() ? name : path + "." + name, theirs ? theirs->find(name) : nullptr,
            mine ? mine->find(name) : nullptr);
    }
  }

  std::vector<Difference> take() { return std::move(differences_); }

 private:
  void child(const std::string& path, const json::Value* reference, const json::Value* ours) {
    if (reference != nullptr && ours != nullptr) return schema(path, *reference, *ours);
    if (reference != nullptr) add(path, "member", text_of(*reference->find("type")), "");
    if (ours != nullptr) add(path, "member", "", text_of(*ours->find("type")));
  }

  void add(std::string path, std::string attribute, std::string reference, std::string ours) {
    differences_.push_back({kind_, std::move(path), std::move(attribute), std::move(reference), std::move(ours)});
  }

  std::string kind_;
  std::vector<Difference> differences_;
};

json::Value reference_of(const KindInfo& kind) {
  const std::string path =
      std::string(RIG_SOURCE_DIR) + "/tests/golden/crds/reference/" + std::string(kind.resource.plural) + ".json";
  Result<std::string> text = read_file(path);
  EXPECT_TRUE(text.ok()) << path;
  return json::parse(*text).take();
}

// Columns as the reference's recording has them: all four members, in order.
json::Value columns_of(const json::Value& version) {
  json::Array columns;
  for (const json::Value& c : *version.find("additionalPrinterColumns")->as<json::Array>()) {
    json::Value column = c;
    column["priority"] = c.integer({"priority"});
    columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<Difference> differences_of(const KindInfo& kind) {
  const json::Value reference = reference_of(kind);
  const json::Value crd = custom_resource_definition(kind);
  const json::Value& spec = *crd.find("spec");
  const json::Value& version = spec.find("versions")->as<json::Array>()->front();

  Comparison comparison{std::string(kind.resource.kind)};
  const json::Value& names = *spec.find("names");
  const auto of_reference = [&](std::string_view name) { return text_of(*reference.find(name)); };
  comparison.attributes("",
                        {{"group", of_reference("group")},
                         {"kind", of_reference("kind")},
                         {"listKind", of_reference("listKind")},
                         {"plural", of_reference("plural")},
                         {"singular", of_reference("singular")},
                         {"shortNames", of_reference("shortNames")},
                         {"scope", of_reference("scope")},
                         {"name", of_reference("crdName")},
                         {"version", text_of(*reference.at({"version", "name"}))},
                         {"subresources", of_reference("subresources")},
                         {"columns", of_reference("additionalPrinterColumns")}},
                        {{"group", text_of(*spec.find("group"))},
                         {"kind", text_of(*names.find("kind"))},
                         {"listKind", text_of(*names.find("listKind"))},
                         {"plural", text_of(*names.find("plural"))},
                         {"singular", text_of(*names.find("singular"))},
                         {"shortNames", text_of(*names.find("shortNames"))},
                         {"scope", text_of(*spec.find("scope"))},
                         {"name", text_of(*crd.at({"metadata", "name"}))},
                         {"version", text_of(*version.find("name"))},
                         {"subresources", text_of(*version.find("subresources"))},
                         {"columns", text_of(columns_of(version))}});
  comparison.schema("", *reference.find("openAPIV3Schema"), *version.at({"schema", "openAPIV3Schema"}));
  return comparison.take();
}

bool is_addition(const KindInfo& kind, const Difference& difference) {
  bool found = false;
  schema::for_each_row(kind.type(), [&](const std::string& path, const schema::Field& row) {
    found |= row.is_addition && path == difference.path;
  });
  return found && difference.attribute == "member" && difference.reference.empty();
}

bool stands_for(const Deviation& deviation, const Difference& difference) {
  return fits(deviation.kind, difference.kind) && fits(deviation.path, difference.path) &&
         deviation.attribute == difference.attribute && deviation.reference == difference.reference &&
         deviation.ours == difference.ours;
}

TEST(Definitions, DifferFromTheReferenceOnlyWhereADeviationOrAnAdditionSaysSo) {
  std::vector<bool> used(deviations().size());
  std::size_t additions_seen = 0;
  for (const KindInfo& kind : kinds()) {
    if (!kind.is_custom) continue;
    for (const Difference& d : differences_of(kind)) {
      if (is_addition(kind, d)) {
        ++additions_seen;
        continue;
      }
      bool is_listed = false;
      for (std::size_t i = 0; i < used.size(); ++i) {
        if (!stands_for(deviations()[i], d)) continue;
        used[i] = is_listed = true;
      }
      EXPECT_TRUE(is_listed) << d.kind << " " << d.path << " " << d.attribute << "\n  reference: " << d.reference
                             << "\n  ours:      " << d.ours;
    }
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    const Deviation& d = deviations()[i];
    EXPECT_TRUE(used[i]) << "no longer differs: " << d.kind << " " << d.path << " " << d.attribute;
    EXPECT_FALSE(d.reason.empty());
  }
  EXPECT_GT(additions_seen, 0U);
}

TEST(Definitions, HaveNoAdditionThatTheReferenceHasToo) {
  for (const KindInfo& kind : kinds()) {
    if (!kind.is_custom) continue;
    const std::vector<Difference> differences = differences_of(kind);
    schema::for_each_row(kind.type(), [&](const std::string& path, const schema::Field& row) {
      if (!row.is_addition) return;
      // Below an addition nothing is compared any more, and no row says so again.
      const bool is_ours = std::any_of(differences.begin(), differences.end(), [&](const Difference& d) {
        return d.attribute == "member" && (path == d.path || path.starts_with(d.path + "."));
      });
      EXPECT_TRUE(is_ours) << kind.resource.kind << " " << path;
    });
  }
}

}  // namespace
}  // namespace rig::api
