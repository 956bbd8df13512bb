// apiserver/creation.cc — POST.
#include "apiserver/apply/managed_fields.h"
#include "apiserver/document.h"
#include "apiserver/registry_impl.h"
#include "base/uuid.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

constexpr std::size_t kGeneratedPrefixMax = 58;
constexpr int kGeneratedLength = 5;
constexpr int kGenerateAttempts = 8;

void generate_name(json::Value& object) {
  const std::string prefix(object.text({"metadata", "generateName"}));
  object["metadata"]["name"] = prefix.substr(0, kGeneratedPrefixMax) + random_suffix(kGeneratedLength);
}

// What the server decides, whatever the client says.
void set_system_fields(const api::KindInfo& kind, json::Value& object, WallTime now) {
  json::Object& metadata = *object["metadata"].as<json::Object>();
  for (const std::string_view name : {"selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields"}) {
    metadata.erase(name);
  }
  metadata["uid"] = random_uuid();
  metadata["creationTimestamp"] = format_time(now);
  if (kind.is_custom) metadata["generation"] = 1;
  if (kind.has_status) object.as<json::Object>()->erase("status");
}

Status check_new(const api::KindInfo& kind, json::Value& object) {
  TRY(Registry::Impl::check_kind(kind, object));
  std::vector<schema::Problem> problems;
  const Manners& manners = manners_of(kind);
  check_metadata(manners.name, object, problems);
  if (kind.is_custom) {
    for (schema::Problem& problem : check_schema(kind, object, nullptr)) problems.push_back(std::move(problem));
  }
  if (manners.check != nullptr) manners.check(object, nullptr, problems);
  return refused(kind, object, problems);
}

}  // namespace

// What namespaces allow: the kind's namespace is there and stays.
Status Registry::Impl::check_namespace(const api::KindInfo& kind, std::string_view name_space,
                                       std::string_view name) const {
  if (!kind.resource.namespaced) return {};
  const api::KindInfo* const namespaces = api::find_kind("", "namespaces");
  const Result<json::Value> found = read(*namespaces, {"", std::string(name_space)});
  if (!found.ok()) return found.error();
  if (!is_deleting(*found)) return {};
  const std::string ending = "namespace " + std::string(name_space);
  return forbidden(kind.resource, name, "unable to create new content in " + ending + " because it is being terminated",
                   {json::Object{{"reason", "NamespaceTerminating"},
                                 {"message", ending + " is being terminated"},
                                 {"field", "metadata.namespace"}}});
}

Result<Revision> Registry::Impl::insert(const api::KindInfo& kind, const json::Value& object, bool dry_run) {
  const std::string key = storage_key(kind, key_of(object));
  std::string value = TRY(value_of(kind, object));
  Result<Revision> made = dry_run ? Revision{0} : store.create(key, std::move(value));
  const bool is_there = dry_run ? store.get(key).ok() : !made.ok() && made.error().is(Code::kAlreadyExists);
  if (!is_there) return made;
  const Result<json::Value> old = read(kind, key_of(object));
  return already_exists(kind.resource, object.text({"metadata", "name"}),
                        old.ok() && is_deleting(*old) ? "object is being deleted: " : "");
}

Result<json::Value> Registry::Impl::create(const api::KindInfo& kind, std::string_view name_space, json::Value object,
                                           const WriteContext& context, bool is_apply) {
  const bool is_generated =
      object.text({"metadata", "name"}).empty() && !object.text({"metadata", "generateName"}).empty();
  if (context.permit) TRY(context.permit(object, nullptr));
  TRY(check_namespace(kind, name_space, object.text({"metadata", "name"})));
  const json::Value* applied = is_apply ? object.at({"metadata", "managedFields"}) : nullptr;
  const json::Value managers = applied == nullptr ? json::Value() : *applied;
  const std::string version = take_version(object);
  set_system_fields(kind, object, clock.wall());
  if (is_generated) generate_name(object);
  if (const auto prepare = manners_of(kind).prepare) prepare(object, nullptr);
  if (const auto allow = manners_of(kind).allow) TRY(allow(&object, nullptr));
  if (!managers.is_null()) object["metadata"]["managedFields"] = managers;
  if (!is_apply) {
    track_write(kind, {context.field_manager, Part::kWhole, clock.wall()}, json::Value(), object);
  }
  if (const auto settle = manners_of(kind).settle) settle(object, nullptr);
  TRY(check_new(kind, object));
  if (!version.empty() && version != "0" && !is_apply) {
    return bad_value("resourceVersion should not be set on objects to be created");
  }
  if (context.warnings != nullptr) {
    for (std::string& text : finalizer_warnings(object, nullptr)) context.warnings->push_back(std::move(text));
  }
  Result<Revision> made = insert(kind, object, context.dry_run);
  for (int attempt = 1; is_generated && !made.ok() && attempt < kGenerateAttempts; ++attempt) {
    if (!made.error().is(Code::kAlreadyExists)) break;
    generate_name(object);
    made = insert(kind, object, context.dry_run);
  }
  const Revision revision = TRY(std::move(made));
  if (!context.dry_run) set_version(object, revision);
  return object;
}

Result<json::Value> Registry::create(const api::KindInfo& kind, std::string_view name_space, json::Value object,
                                     const WriteContext& context) {
  TRY(impl_->read_body(kind, object, context));
  TRY(Impl::check_address(kind, {std::string(name_space), {}}, object));
  return impl_->create(kind, name_space, std::move(object), context);
}

}  // namespace rig::apiserver
