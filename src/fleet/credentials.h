// fleet/credentials.h — a Secret as a folder of files, replaced at once.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace rig::fleet {

// Afterwards `folder`/KEY reads as the value for each key, and nothing else is there: a new folder is filled and a
// symbolic link swapped, as a kubelet projects a Secret, so that a reader sees the old set or the new one. Folders are
// 0700, files 0600. kInvalidArgument: a key that is not a file name.
Status project_credentials(const std::string& folder, const std::map<std::string, std::string>& credentials);

}  // namespace rig::fleet
