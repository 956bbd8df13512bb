// apiserver/collector.cc — what goes by itself.
#include "apiserver/registry_impl.h"

namespace rig::apiserver {

Result<bool> Registry::collect() { return false; }

}  // namespace rig::apiserver
