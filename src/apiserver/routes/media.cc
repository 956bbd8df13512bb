// apiserver/routes/media.cc — see media.h.
#include "apiserver/routes/media.h"

#include <array>

#include "apiserver/failure.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

struct Clause {
  std::string type, as, group, version;
  bool is_pretty = false;
};

Clause parse_clause(std::string_view text) {
  Clause out;
  bool is_first = true;
  for (const std::string& part : split(text, ';')) {
    const std::string_view word = trim(part);
    if (std::exchange(is_first, false)) {
      out.type = to_lower(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? "" : word.substr(equals + 1);
    if (name == "as") out.as = value;
    if (name == "g") out.group = value;
    if (name == "v") out.version = value;
    if (name == "pretty") out.is_pretty = value == "1" || value == "true";
  }
  return out;
}

std::optional<Form> form_of(const Clause& clause, Offer offer) {
  if (clause.as.empty()) return Form::kPlain;
  if (offer == Offer::kDiscovery && clause.as == "APIGroupDiscoveryList" && clause.group == "apidiscovery.k8s.io" &&
      clause.version == "v2") {
    return Form::kDiscovery;
  }
  const bool is_known = clause.group == "meta.k8s.io" && (clause.version == "v1" || clause.version == "v1beta1");
  if ((offer != Offer::kObjects && offer != Offer::kCoreObjects) || !is_known) return std::nullopt;
  if (clause.as == "Table") return Form::kTable;
  if (clause.as == "PartialObjectMetadata") return Form::kPartial;
  if (clause.as == "PartialObjectMetadataList") return Form::kPartialList;
  return std::nullopt;
}

struct TypeRow {
  std::string_view text;
  BodyType type;
};
constexpr std::array kTypes = {
    TypeRow{"application/json", BodyType::kJson},
    TypeRow{"application/yaml", BodyType::kYaml},
    TypeRow{"application/vnd.kubernetes.protobuf", BodyType::kProtobuf},
    TypeRow{"application/json-patch+json", BodyType::kJsonPatch},
    TypeRow{"application/merge-patch+json", BodyType::kMergePatch},
    TypeRow{"application/strategic-merge-patch+json", BodyType::kStrategicPatch},
    TypeRow{"application/apply-patch+yaml", BodyType::kApplyYaml},
};

}  // namespace

Result<Media> negotiate(std::string_view accept, Offer offer) {
  if (trim(accept).empty()) return Media{};
  bool knows_a_type = false;
  for (const std::string& text : split(accept, ',')) {
    const Clause clause = parse_clause(text);
    const bool is_yaml = clause.type == "application/yaml";
    const bool is_any = clause.type == "*/*" || (clause.type == "application/*" && offer != Offer::kCoreObjects);
    if (!is_yaml && !is_any && clause.type != "application/json") continue;
    knows_a_type = true;
    const std::optional<Form> form = form_of(clause, offer);
    if (!form) continue;
    return Media{.is_yaml = is_yaml, .is_pretty = clause.is_pretty, .form = *form, .version = clause.version};
  }
  if (!knows_a_type && offer == Offer::kCoreObjects) {
    return status_error(406, "NotAcceptable",
                        "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
                        "application/vnd.kubernetes.protobuf",
                        json::Object());
  }
  return not_acceptable(
      "only the following media types are accepted: application/json, application/yaml, "
      "application/vnd.kubernetes.protobuf");
}

std::optional<BodyType> body_type(std::string_view content_type) {
  const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type.empty()) return BodyType::kJson;
  for (const TypeRow& row : kTypes) {
    if (row.text == type) return row.type;
  }
  return std::nullopt;
}

}  // namespace rig::apiserver
