// apiserver/registry_impl.h — what the files of Registry share; for them alone.
#pragma once

#include <functional>

#include "apiserver/manners.h"
#include "apiserver/registry.h"
#include "apiserver/storage.h"
#include "base/mutex.h"

namespace rig::apiserver {

class Collector;

struct Registry::Impl {
  Impl(Store& store_used, std::span<const api::KindInfo> kinds_served, const Clock& clock_read);
  ~Impl();

  Store& store;
  std::span<const api::KindInfo> kinds;
  const Clock& clock;
  Mutex collecting;
  std::unique_ptr<Collector> collector;  // guarded by collecting

  // ---- body.cc: what came over the wire ----
  // Refuses what cannot be read, warns of (or refuses) what nobody described, prunes, fills in defaults.
  static Status read_body(const api::KindInfo& kind, json::Value& object, const WriteContext& context);
  // The same for what a patch made: other words, no 400. `shown`: what an error quotes.
  Status read_patched(const api::KindInfo& kind, json::Value& object, const std::string& shown, bool is_strategic,
                      const WriteContext& context) const;
  // A custom kind's name is judged with the object, not when it is read.
  static Status check_kind(const api::KindInfo& kind, const json::Value& object);
  static Status check_address(const api::KindInfo& kind, const ObjectKey& key, json::Value& object);

  // ---- creation.cc ----
  Result<json::Value> create(const api::KindInfo& kind, std::string_view name_space, json::Value object,
                             const WriteContext& context, bool is_apply = false);
  Result<Revision> insert(const api::KindInfo& kind, const json::Value& object, bool dry_run);
  Status check_namespace(const api::KindInfo& kind, std::string_view name_space, std::string_view name) const;

  // ---- update.cc ----
  enum class Verb : std::uint8_t { kReplace, kPatch, kApply };
  struct Wish {
    Verb verb = Verb::kReplace;
    Part part = Part::kWhole;
    // Makes the wanted object from the one that is there (with resourceVersion). Called again after a lost race.
    std::function<Result<json::Value>(const json::Value& old)> make;
  };
  Result<Written> update(const api::KindInfo& kind, const ObjectKey& key, const Wish& wish,
                         const WriteContext& context);

  // ---- applying.cc ----
  Result<Written> apply(const api::KindInfo& kind, const ObjectKey& key, const json::Value& configuration, Part part,
                        const WriteContext& context);
  Result<json::Value> applied(const api::KindInfo& kind, const ObjectKey& key, const json::Value& live,
                              json::Value configuration, Part part, const WriteContext& context) const;

  // ---- removal.cc ----
  Result<json::Value> remove(const api::KindInfo& kind, const ObjectKey& key, const DeleteContext& context);

  // ---- registry.cc ----
  Result<json::Value> read(const api::KindInfo& kind, const ObjectKey& key) const;  // the whole object
  // Puts it in the place of `revision`; the object as it is now. kAborted: somebody was faster.
  Result<json::Value> write(const api::KindInfo& kind, const ObjectKey& key, json::Value object, Revision revision);
  Result<json::Value> erase(const api::KindInfo& kind, const ObjectKey& key, json::Value object, Revision revision);
};

inline ObjectKey key_of(const json::Value& object) {
  return {std::string(object.text({"metadata", "namespace"})), std::string(object.text({"metadata", "name"}))};
}
Revision revision_of(const json::Value& object);
// A resourceVersion as a client gives it: 0 when it is empty. The server's 500 for what is no number.
Result<Revision> parse_version(std::string_view text);
// 422 when there is a problem.
Status refused(const api::KindInfo& kind, const json::Value& object, const std::vector<schema::Problem>& problems);
Error bad_value(std::string text);  // 500 without a reason, the server's answer to some bad input

}  // namespace rig::apiserver
