// apiserver/registry.cc — one object at a time: reading, and the last step of writing.
#include "apiserver/registry.h"

#include "apiserver/access/default_policy.h"
#include "apiserver/collector.h"
#include "apiserver/definitions.h"
#include "apiserver/registry_impl.h"
#include "apiserver/scale.h"
#include "base/text.h"

namespace rig::apiserver {

Registry::Registry(Store& store, std::span<const api::KindInfo> kinds, const Clock& clock)
    : impl_(std::make_unique<Impl>(store, kinds, clock)) {}
Registry::~Registry() = default;

Registry::Impl::Impl(Store& store_used, std::span<const api::KindInfo> kinds_served, const Clock& clock_read)
    : store(store_used), kinds(kinds_served), clock(clock_read), collector(std::make_unique<Collector>(*this)) {}
Registry::Impl::~Impl() = default;

Store& Registry::store() { return impl_->store; }
std::span<const api::KindInfo> Registry::kinds() const { return impl_->kinds; }

Revision revision_of(const json::Value& object) {
  return parse_int(object.text({"metadata", "resourceVersion"})).ok()
             ? *parse_int(object.text({"metadata", "resourceVersion"}))
             : 0;
}

Result<Revision> parse_version(std::string_view text) {
  if (text.empty()) return Revision{0};
  const Result<Revision> parsed = parse_int(text);
  if (parsed.ok() && *parsed >= 0 && text.front() != '+') return *parsed;
  const bool is_number = text.find_first_not_of("0123456789") == std::string_view::npos;
  return bad_value("strconv.ParseUint: parsing " + json::to_text(json::Value(text)) + ": " +
                   (is_number ? "value out of range" : "invalid syntax"));
}

Error bad_value(std::string text) { return status_error(500, {}, std::move(text)); }

Status refused(const api::KindInfo& kind, const json::Value& object, const std::vector<schema::Problem>& problems) {
  if (problems.empty()) return {};
  api::Resource titled = kind.resource;
  if (!manners_of(kind).stored_under.empty()) titled.group = {};  // judged as the kind that it is stored as
  return invalid(titled, object.text({"metadata", "name"}), problems);
}

Result<json::Value> Registry::Impl::read(const api::KindInfo& kind, const ObjectKey& key) const {
  const Result<Record> record = store.get(storage_key(kind, key));
  if (record.ok()) return object_of(kind, record->value, record->revision);
  if (record.error().is(Code::kNotFound)) return not_found(kind.resource, key.name);
  return record.error();
}

Result<json::Value> Registry::Impl::write(const api::KindInfo& kind, const ObjectKey& key, json::Value object,
                                          Revision revision) {
  (void)take_version(object);  // then the object is written as it is
  std::string value = TRY(value_of(kind, object));
  set_version(object, TRY(store.update(storage_key(kind, key), std::move(value), revision)));
  return object;
}

// The object is shown with its last version, as the real server does; the watch sees that of the removal.
Result<json::Value> Registry::Impl::erase(const api::KindInfo& kind, const ObjectKey& key, json::Value object,
                                          Revision revision) {
  TRY(store.remove(storage_key(kind, key), revision));
  return object;
}

Result<std::string> Registry::bootstrap() {
  const api::KindInfo* const namespaces = api::find_kind("", "namespaces");
  const WriteContext context{.field_manager = "virtrigaud"};
  std::string cluster_id;
  for (const char* name : {"default", "kube-public", "kube-system"}) {
    Result<json::Value> there = impl_->read(*namespaces, {"", name});
    if (!there.ok() && there.error().is(Code::kNotFound)) {
      there = create(*namespaces, {}, json::Object{{"metadata", json::Object{{"name", name}}}}, context);
    }
    cluster_id = TRY(std::move(there)).text({"metadata", "uid"});
  }
  TRY(lay_default_policy(*this));
  TRY(lay_definitions(*this));
  return cluster_id;
}

Result<json::Value> Registry::get(const api::KindInfo& kind, const ObjectKey& key, Part part) const {
  json::Value object = TRY(impl_->read(kind, key));
  return part == Part::kScale ? scale_of(kind, object) : object;
}

}  // namespace rig::apiserver
