// apiserver/store/backup.h — a database copied away, and put back.
#pragma once

#include <string>

#include "base/result.h"

namespace rig::apiserver {

// Copies the database at `path`, whether or not a process works with it: all of one revision, readable by nobody else,
// synced. Neither writes nor stops anything. kAlreadyExists: `copy` is there; kFailedPrecondition, kDataLoss: as
// sqlite_store(); kNotFound: there is no database.
Status back_up(const std::string& path, const std::string& copy);

// Puts a checked copy of `copy` where there is no database yet. Its revisions go on far above those of the copy: a
// client that knew a later one is told to list anew (kOutOfRange) and never takes other changes for those it missed.
Status restore(const std::string& copy, const std::string& path);

}  // namespace rig::apiserver
