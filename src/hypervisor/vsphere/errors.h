// vsphere/errors.h — what vSphere says went wrong, as our errors: one table of faults. Pure.
//
// A fault stands in one of three places: a SOAP fault (status 500), the error of a task, or the missingSet of an answer
// that is otherwise a success. Each is the same type, and is judged by the same row. "Nothing found" is no fault; that
// something is gone says only ManagedObjectNotFound that names it.
//
// Sources: recorded exchanges (tests/golden/vsphere); rows marked [k] are known and not recorded.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "hypervisor/vsphere/types.h"

namespace rig::vsphere {

struct FaultRow {
  std::string_view type;  // of the fault, without prefix
  Code code;
  std::string_view hint;
};
std::span<const FaultRow> fault_rows();

// `doing` says to what. The message has all names in the fault: objects, privileges, fields, files, states. A fault
// without a row is kUnknown and says its type.
Error fault_error(const LocalizedFault& fault, std::string_view doing);

// Of an answer that is not vSphere's: a status, a page of a proxy. kUnavailable where asking again may help,
// kFailedPrecondition where the endpoint is another product.
Error foreign_answer(int status, std::string_view body, std::string_view doing);

// Fine when nothing is missing. Of several the one that counts most: who asks, what he may, the rest.
Status check_missing(const std::vector<MissingProperty>& missing, std::string_view doing);

// The fault that the error was made of; null: it was none.
const Fault* fault_of(const Error& error);
bool is_fault(const Error& error, std::string_view type);
// Whether it is vSphere's own word that this very object is not there.
bool says_gone(const Error& error, const MoRef& object);

}  // namespace rig::vsphere
