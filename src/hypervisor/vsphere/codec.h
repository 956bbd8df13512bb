// vsphere/codec.h — SOAP texts of the methods that we call: requests written, answers and faults read. Pure.
//
// Both prefixes of xsi:type are read (vCenter's `xsi:`, and whatever its simulator declares); it is written as
// `xsi:type`. Elements that no row names are skipped. kDataLoss: the text is no XML, no answer to that method, or says
// something else where a number or a truth value has to stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hypervisor/vsphere/methods.h"
#include "hypervisor/vsphere/types.h"

namespace rig::vsphere {

// The whole envelope.
template <class Method>
std::string request_text(const Method& method);

// Of an answer with status 200.
template <class Method>
Result<typename Method::Answer> read_answer(std::string_view body);

// What request_text() wrote; for tests.
template <class Method>
Result<Method> read_request(std::string_view body);

// The fault in the body of an answer with status 500; none: the body has none, so it is not vSphere's word.
std::optional<LocalizedFault> read_fault(std::string_view body);

// A struct of properties (properties.h) and what was answered about one object: what is in `found` is set, what has no
// value is unset, the rest stays.
template <class Props>
Status take_properties(const std::vector<Property>& found, Props& props);
template <class Props>
std::vector<std::string> property_paths();  // those that it has

// An import spec of vSphere's whose machine has one more entry in its extraConfig, at the place of the schema.
// kDataLoss: it is not of a machine.
Result<Kept> with_option(const Kept& import_spec, const OptionValue& option);

// The versions of the API that GET /sdk/vimServiceVersions.xml lists, newest first; kDataLoss: it lists none.
Result<std::vector<std::string>> read_versions(std::string_view body);

}  // namespace rig::vsphere
