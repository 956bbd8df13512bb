// apiserver/registry.h — what a write means: API semantics over Store, the same for every kind.
//
// Thread-safe; no thread, socket or file of its own. Objects are JSON with apiVersion, kind and
// metadata.resourceVersion. Failures are those of apiserver/failure.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/kinds.h"
#include "apiserver/failure.h"
#include "apiserver/store/store.h"
#include "base/clock.h"
#include "base/object_key.h"

namespace rig::apiserver {

enum class Validation : std::uint8_t { kIgnore, kWarn, kStrict };
enum class PatchType : std::uint8_t { kJson, kMerge, kStrategic, kApply };
// Subresource; kFinalize: of a Namespace, kToken: of a ServiceAccount.
enum class Part : std::uint8_t { kWhole, kStatus, kScale, kFinalize, kToken };

struct WriteContext {
  std::string field_manager = {};  // never empty: the manager named, else what the user agent says
  Validation validation = Validation::kWarn;
  bool dry_run = false, force = false;
  std::vector<std::string>* warnings = nullptr;  // one text per Warning header
  // What reading the body brought up: duplicate field "spec.tags". Warned of as unknown fields are, refused by kStrict.
  std::vector<std::string> body_warnings = {};
  std::string_view sent = {};  // the body, when it is JSON: core kinds warn in its order
  // Asked with the object as it would be and the one whose place it takes (null: it is new); its refusal is the answer.
  std::function<Status(const json::Value& object, const json::Value* old)> permit = {};
};
struct DeleteContext {
  bool dry_run = false;
  std::string propagation = {};                 // "", "Background", "Foreground", "Orphan"
  std::string uid = {}, resource_version = {};  // preconditions
};
struct ListQuery {
  std::string name_space = {};  // "" : all
  std::string label_selector = {}, field_selector = {}, continue_token = {};
  std::string resource_version = {}, resource_version_match = {};
  std::int64_t limit = 0;
  bool as_text = false;  // objects that are shown as they are stored may be given as text: the caller only passes it on
  const json::Members* only = nullptr;  // of custom kinds: what the caller looks at, the rest may be missing; null: all
  std::function<std::string(json::Value)> write = {};  // what each object becomes, at once; empty: it is kept
};
struct ListResult {
  std::vector<json::Value> items;
  std::vector<std::string> texts;  // instead of items: as_text, write
  Revision at = 0;
  std::string continue_token;
  std::optional<std::int64_t> remaining;
};
struct Written {
  json::Value object;
  bool created = false;
};

// A position in the log plus filters. Never blocks writers.
class Watch {
 public:
  virtual ~Watch() = default;
  struct Event {
    enum class Type : std::uint8_t { kAdded, kModified, kDeleted, kBookmark } type = Type::kAdded;
    json::Value object;  // kBookmark: only apiVersion, kind, metadata.resourceVersion (and the initial-events-end mark)
    std::string text = {};  // instead of object
  };
  // At least one event, or none at the deadline or when stop is requested. kOutOfRange (410): list again.
  virtual Result<std::vector<Event>> next(Time deadline, std::stop_token stop) = 0;
};
struct WatchQuery {
  ListQuery list = {};
  bool bookmarks = false;
  std::optional<bool> send_initial_events = {};  // as the client said
  std::optional<Time> end = {};                  // when the caller will end it; a bookmark is given just before
};

class Registry {
 public:
  Registry(Store& store, std::span<const api::KindInfo> kinds, const Clock& clock);
  ~Registry();

  // Makes namespaces default, kube-system, kube-public and the definitions of our kinds when they are not there, and
  // completes the default roles.
  // Returns the uid of kube-system: the cluster id.
  Result<std::string> bootstrap();

  Result<json::Value> create(const api::KindInfo&, std::string_view name_space, json::Value object,
                             const WriteContext&);
  Result<json::Value> get(const api::KindInfo&, const ObjectKey&, Part part = Part::kWhole) const;
  Result<ListResult> list(const api::KindInfo&, const ListQuery&) const;
  Result<std::unique_ptr<Watch>> watch(const api::KindInfo&, const WatchQuery&) const;
  Result<Written> replace(const api::KindInfo&, const ObjectKey&, json::Value object, Part part, const WriteContext&);
  Result<Written> patch(const api::KindInfo&, const ObjectKey&, PatchType, const json::Value& patch, Part part,
                        const WriteContext&);
  // The object as it stands when something holds it (finalizers), else a Status Success.
  Result<json::Value> remove(const api::KindInfo&, const ObjectKey&, const DeleteContext&);
  Result<ListResult> remove_collection(const api::KindInfo&, const ListQuery&, const DeleteContext&);

  // One round of the collector: dependents of absent owners, foreground and orphan deletion, ending namespaces,
  // Events older than an hour, compaction. Says whether it changed anything. Called by apiserver/janitor's thread
  // after changes, by tests and the simulator directly.
  Result<bool> collect();

  Store& store();
  std::span<const api::KindInfo> kinds() const;

  struct Impl;  // for the files of this room

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::apiserver
