// vsphere/look.h — reading: properties of objects, one machine wherever it is, what else stands in the inventory.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hypervisor/vsphere/catalogue.h"
#include "hypervisor/vsphere/machine.h"
#include "hypervisor/vsphere/session.h"

namespace rig::vsphere {

// All pages. An answer that is a success and says that nobody is logged in is asked for once more. kPermissionDenied:
// something is missing for want of a right; what an object just has not is left out.
Result<std::vector<ObjectContent>> retrieve(Session& session, const FilterSpec& spec, const Call& call);

// One object, one call. says_gone(): it is not there.
Result<Sight> read_sight(Session& session, const MoRef& self, const Call& call);

// One machine: by the object that ref.id names, else by its UUID. None: proven gone. kFailedPrecondition: several
// have its UUID, and nobody can say which it is. Errors say nothing about it.
Result<std::optional<Sight>> look(Session& session, const provider::MachineRef& ref, const Call& call);
// The object of that name in a folder, if it is a machine.
Result<std::optional<Sight>> look_in_folder(Session& session, const MoRef& folder, const std::string& name,
                                            const Call& call);

// describe() of the provider interface.
Result<provider::Machine> describe(Session& session, const provider::MachineRef& ref, const Clock& clock,
                                   const Call& call);

// The same of at most kDescribeManyMax machines, in their order: one call for all, and some more for each that is gone.
Result<std::vector<provider::Machine>> describe_many(Session& session, std::span<const provider::MachineRef> refs,
                                                     const Clock& clock, const Call& call);

// Everything but machines, or with them: of those there may be many.
Result<Catalogue> read_catalogue(Session& session, bool with_machines, const Call& call);

// A view of all objects of these types, which has to be destroyed: sessions keep them.
class View {
 public:
  static Result<View> open(Session& session, const std::vector<std::string>& types, const Call& call);
  View(View&& other) noexcept : session_(other.session_), self_(std::exchange(other.self_, {})) {}
  View& operator=(View&&) = delete;
  ~View();  // destroys it, with a deadline of its own

  // From the view to its objects.
  ObjectSpec objects() const;

 private:
  View(Session& session, MoRef self) : session_(&session), self_(std::move(self)) {}
  Session* session_;
  MoRef self_;
};

}  // namespace rig::vsphere
