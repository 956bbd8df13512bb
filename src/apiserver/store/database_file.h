// apiserver/store/database_file.h — the file of a database: who may use it, who may read it.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace rig::apiserver {

// Held as long as the descriptor lives. kAlreadyExists: another process holds it.
Result<Fd> lock_database(const std::string& path);

// Makes it, empty, when it is not there. It holds Secrets: nobody else may read it. SQLite gives its other files the
// same mode.
Status make_private_file(const std::string& path);

}  // namespace rig::apiserver
