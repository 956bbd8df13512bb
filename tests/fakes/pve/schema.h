// fakes/pve/schema.h — which calls there are and which parameters each takes: schema.json, cut from PVE's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json.h"
#include "fakes/pve/refusal.h"

namespace rig::fakes::pve {

struct Method {
  std::string key;  // "GET /nodes/{node}/qemu/{vmid}/config"
  std::vector<std::string> segments;
  json::Value description;    // parameters, permissions
  bool is_protected = false;  // answered by pvedaemon
  bool is_of_node = false;    // answered by the node in the path
};
struct Route {
  const Method* method = nullptr;
  Texts parameters;  // those of the path
};

class Schema {
 public:
  // Of the text of schema.json. kInvalidArgument.
  static Result<Schema> parse(std::string_view text);

  // `path` without "/api2/json", percent-decoded. Nullopt: PVE says 501.
  std::optional<Route> find(std::string_view method, std::string_view path) const;
  bool has(std::string_view key) const;

  // The error of each parameter that is unknown, missing or of no use. Booleans become "1" and "0".
  static Texts check(const Method& method, Texts& parameters);
  // The schema of a parameter or null; "scsi[n]" of the schema stands for scsi0 to scsi30.
  static const json::Value* parameter(const Method& method, const std::string& name);

 private:
  std::vector<Method> methods_;
};

}  // namespace rig::fakes::pve
