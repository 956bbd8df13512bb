// apiserver/applying.cc — PATCH with an apply configuration.
#include "apiserver/registry_impl.h"

namespace rig::apiserver {

Result<Written> Registry::Impl::apply(const api::KindInfo&, const ObjectKey&, const json::Value&, Part, const WriteContext&) {
  return Error(Code::kUnimplemented, "server-side apply");
}

}  // namespace rig::apiserver
