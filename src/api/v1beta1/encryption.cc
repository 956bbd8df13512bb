// api/v1beta1/encryption.cc — the rows of encryption.h.
#include "api/v1beta1/encryption.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<KeyProvider>::info() {
  using enum KeyProvider;
  static const TypeInfo t = enumeration<KeyProvider>("KeyProvider", "Who keeps the encryption key.", {
      {kStandard, "standard", "The hypervisor's own key management."},
      {kHardware, "hardware", "A hardware security module of the hypervisor."},
      {kExternal, "external", "A key management server outside the hypervisor."},
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
