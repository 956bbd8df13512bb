// vsphere/recorded_test.h — what a vCenter (govmomi's simulator, 0.56) was recorded to say and to be asked:
// tests/golden/vsphere.
#pragma once

#include <string>

namespace rig::vsphere {

// The text of one file; a test that gets none has failed already.
std::string recorded(const std::string& name);

// The same as a real vCenter would have written it: xsi:type under the envelope's own prefix.
std::string with_xsi(std::string text);

}  // namespace rig::vsphere
