// fakes/pve/access.h — who is asking: API tokens, tickets with their CSRF tokens, and the one 403 switch.
#pragma once

#include <set>

#include "fakes/pve/message.h"

namespace rig::fakes::pve {

class Access {
 public:
  static constexpr Duration kTicketLife = std::chrono::hours(2);
  static constexpr Duration kRefusalTakes = std::chrono::seconds(3);  // of every 401

  std::string password = "root-password";  // of root@pam, the only user
  int key = 1;                             // of the cluster: a new one ends all tickets
  std::map<std::string, std::string> tokens = {{"root@pam!test", "00000000-0000-0000-0000-000000000000"}};

  // Nullopt with `refusal`: what the client gets.
  std::optional<Caller> identify(const Message& message, WallTime now, Outcome& refusal) const;
  Result<Answer> log_in(const Asked& asked, WallTime now) const;  // POST /access/ticket
  std::string ticket(const std::string& user, WallTime now) const;
  std::string csrf_token(WallTime now) const;
  bool is_valid_ticket(std::string_view ticket, WallTime now, std::string& user) const;

  // "Permission check failed (/vms/100, VM.Audit)" where the schema asks for a right that is denied.
  static Status check_rights(const Method& method, const Asked& asked, const std::set<std::string>& denied);
};

json::Value all_capabilities();  // of root, as a login tells them
json::Value all_permissions();   // of root, by path

}  // namespace rig::fakes::pve
