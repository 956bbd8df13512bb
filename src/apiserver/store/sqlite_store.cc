// apiserver/store/sqlite_store.cc — Store in one SQLite file.
#include "apiserver/store/store.h"

namespace rig::apiserver {

Result<std::unique_ptr<Store>> sqlite_store(const std::string&) { return Error(Code::kUnimplemented, "soon"); }

}  // namespace rig::apiserver
