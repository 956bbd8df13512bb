// fakes/vcenter/call.h — one call on its way through the fake: what is asked, by whom, what is answered; and the tables
// of them.
#pragma once

#include <span>
#include <string>

#include "fakes/vcenter/center.h"

namespace rig::fakes::vcenter {

struct Asked {
  Tree call;  // the method's element; checked against the schema
  Ref self;
  Session* session = nullptr;  // null: nobody is logged in
  std::string client;          // User-Agent
  bool is_first = true;        // false: it waits, and is looked at again
  int number = 0;              // of this waiting call
  std::int64_t waited_s = 0;

  Tree part(std::string_view path) const { return find(call, path); }
  const std::string& text(std::string_view path) const { return text_of(call, path); }
  Ref ref(std::string_view path) const { return ref_of(call, path); }
  const std::string& user() const { return session->user; }
};

struct Answer {
  Trees values;        // returnval, as often as there are
  std::string cookie;  // of a login
  bool waits = false;  // nothing to say yet
};
inline Answer answer(Tree value) { return {value == nullptr ? Trees() : Trees{named("returnval", value)}, "", false}; }
inline Answer answer(const Ref& ref) { return answer(leaf("returnval", ref)); }

using Act = Result<Answer> (*)(Center&, Asked&);
struct Row {
  std::string_view method, on, privilege;  // on: the type of the object that has it; "" : nobody needs it
  Act act;
};

std::span<const Row> service_calls();
std::span<const Row> property_calls();
std::span<const Row> search_calls();
std::span<const Row> clone_calls();
std::span<const Row> machine_calls();
std::span<const Row> power_calls();
std::span<const Row> snapshot_calls();
std::span<const Row> import_calls();
std::span<const Row> placement_calls();

// The machine that is asked.
inline Object& machine_of(Center& center, const Asked& asked) { return *center.object(asked.self.id); }
// A task on it, that nothing else may work on meanwhile. `act` gets the machine as it is at the end.
Answer machine_task(Center& center, const Asked& asked, std::string description_id, Duration takes,
                    std::function<Result<Tree>(Center&, Object&)> act);

Result<std::string> checked_name(const std::string& name);  // as vCenter keeps it; InvalidName
Error duplicate(const std::string& name, const Ref& other);
Error wrong_power(std::string_view wanted, std::string_view is);

// Clones `source`; answers the new machine. For CloneVM_Task and what Storage DRS recommended.
Result<Ref> begin_clone(Center& center, const Ref& source, const Ref& folder, const std::string& name, const Tree& spec,
                        const std::string& user, std::function<Tree(const Ref&)> result);

// Makes one from nothing, at once. DuplicateName, InvalidVmConfig, InvalidDatastorePath, and what reconfigure() says.
Result<Ref> create_machine(Center& center, const Ref& folder, const Ref& pool, const Ref& host, const Tree& config);

}  // namespace rig::fakes::vcenter
