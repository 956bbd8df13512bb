// apiserver/collector.h — what goes by itself: dependents whose owners are gone, objects deleted in the foreground or
// leaving orphans, the contents of ending namespaces, old Events, old history; and what comes by itself: default
// ServiceAccounts, the rules of aggregated ClusterRoles.
//
// Follows the log like a watch, so that a round costs what has changed, not what there is. All it remembers can be
// read again; a crash loses nothing. Not thread-safe: Registry::collect() lets one round run at a time.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "apiserver/registry_impl.h"

namespace rig::apiserver {

class Collector {
 public:
  explicit Collector(Registry::Impl& registry) : registry_(registry) {}

  Result<bool> round();

 private:
  struct Place {  // where an object is
    const api::KindInfo* kind = nullptr;
    ObjectKey key;
  };
  std::optional<Place> place_of(std::string_view storage_key) const;
  // Where the owner that a reference names would be; nothing for a kind we do not serve.
  std::optional<Place> owner_place(const json::Value& reference, std::string_view name_space) const;

  // ---- collector.cc: following the log ----
  Status catch_up();
  Status begin_again();
  void note_put(const Record& record);
  void note_removal(const Record& record);
  void set_owners(const std::string& storage_key, const json::Value& object);
  Status expire_events();
  Status forget_history();

  // ---- dependents.cc ----
  Status examine(const std::string& storage_key);
  Status leave_orphans(const Place& place, const json::Value& owner);
  Status delete_dependents(const Place& place, const json::Value& owner);
  Status follow_owners(const Place& place, const json::Value& object);
  Status drop_references(const Place& place, const std::set<std::string>& owner_uids);
  Status drop_finalizer(const Place& place, std::string_view finalizer);
  Status remove(const Place& place, const json::Value& object, std::string_view policy);
  Status change(const Place& place, const std::function<void(json::Value&)>& edit);
  bool has_dependents(const json::Value& object) const;

  // ---- namespace_end.cc ----
  struct Remaining {
    std::map<std::string, int> objects, finalizers;  // by group resource; by finalizer
  };
  Status end_namespace(const std::string& name);
  Result<Remaining> empty_namespace(const std::string& name);
  Status report(const std::string& name, const Remaining& remaining);

  // ---- furnishing.cc ----
  void note_furniture(const std::string& storage_key, bool is_removal);
  Status furnish_namespaces();
  Status aggregate_roles();

  Registry::Impl& registry_;
  bool has_begun_ = false;
  Revision seen_ = 0;                                        // of the log
  bool has_changed_ = false;                                 // in this round
  std::map<std::string, std::set<std::string>> dependents_;  // owner's uid -> storage keys
  std::map<std::string, std::vector<std::string>> owners_;   // storage key -> uids of its owners
  std::set<std::string> to_examine_;                         // storage keys
  std::set<std::string> ending_;                             // names of namespaces
  std::set<std::string> to_furnish_;                         // names of namespaces
  bool roles_changed_ = false;                               // some ClusterRole, since they were last put together
  struct OldEvent {
    WallTime written;
    std::string storage_key;
    Revision revision = 0;
  };
  std::deque<OldEvent> events_;  // oldest first
  struct Mark {
    WallTime time;
    Revision revision = 0;
  };
  std::deque<Mark> history_;  // what the newest revision was, once a minute
};

}  // namespace rig::apiserver
