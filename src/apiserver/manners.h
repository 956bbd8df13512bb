// apiserver/manners.h — how each core kind differs from the others: rows instead of special cases.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/kinds.h"
#include "apiserver/metadata.h"
#include "base/result.h"

namespace rig::apiserver {

struct Manners {
  NameRule name = NameRule::kSubdomain;
  bool unversioned_update = false;     // a PUT without resourceVersion overwrites
  bool create_on_update = false;       // a PUT of what is not there makes it
  bool deletion_shows_object = false;  // a DELETE answers with the object, not with a Status
  bool is_uncached = false;            // the real server's watches of it read the log, and say so when they cannot
  bool deletes_one_by_one = false;     // DELETE of the collection is not allowed
  // What the types alone do not tell: base64, times. Says why it cannot be read, or brings it to its plain form.
  std::optional<std::string> (*read)(json::Value& object) = nullptr;
  // Whether this may be, whoever asks; the refusal is the answer. `object` is null when it is removed, `old` when it is
  // new.
  Status (*allow)(const json::Value* object, const json::Value* old) = nullptr;
  // Fills in what the server decides. `old` is null on create.
  void (*prepare)(json::Value& object, const json::Value* old) = nullptr;
  // What becomes of it after it was noted who wrote what.
  void (*settle)(json::Value& object, const json::Value* old) = nullptr;
  void (*check)(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems) = nullptr;
  // What of a new object nobody wrote: it is there with any object, or the server's own.
  json::Value (*blank)(const json::Value& object) = nullptr;
  // Between the kind and the one that it is stored as; null: it is stored as it is.
  json::Value (*to_stored)(json::Value object) = nullptr;
  json::Value (*from_stored)(json::Value object) = nullptr;
  std::string_view stored_under = {};  // key prefix when it is not the kind's own
  // Field selector labels besides metadata.name and metadata.namespace; the path is that of the label when empty.
  struct Label {
    std::string_view name, path;
  };
  std::vector<Label> labels = {};
  bool explains_labels = false;  // refuses others by listing those it knows
};

const Manners& manners_of(const api::KindInfo& kind);

// ---- rows that need a file of their own ----
std::optional<std::string> read_secret(json::Value& object);
void prepare_secret(json::Value& object, const json::Value* old);
void check_secret(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems);
std::optional<std::string> read_config_map(json::Value& object);
void check_config_map(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems);

void prepare_role(json::Value& object, const json::Value* old);
void check_role(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems);
void check_cluster_role(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems);
void prepare_binding(json::Value& object, const json::Value* old);
void check_role_binding(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems);
void check_cluster_role_binding(const json::Value& object, const json::Value* old,
                                std::vector<schema::Problem>& problems);

// Definitions of the kinds that this program was built with: see definitions.h.
Status allow_definition(const json::Value* object, const json::Value* old);
void prepare_definition(json::Value& object, const json::Value* old);
json::Value blank_definition(const json::Value& object);
json::Value stored_definition(json::Value definition);
json::Value whole_definition(json::Value stored);

// Events have two groups and one storage, which is the core one.
void prepare_core_event(json::Value& object, const json::Value* old);
void check_core_event(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems);
void prepare_new_event(json::Value& object, const json::Value* old);
void check_new_event(const json::Value& object, const json::Value* old, std::vector<schema::Problem>& problems);
json::Value blank_core_event(const json::Value& object);
json::Value blank_new_event(const json::Value& object);
json::Value core_event_of(json::Value new_event);
json::Value new_event_of(json::Value core_event);

}  // namespace rig::apiserver
