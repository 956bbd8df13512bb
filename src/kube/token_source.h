// kube/token_source.h — where a bearer token comes from.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig::kube {

// Asked before each request; "" sends none. `refused` is the last token that the server answered with 401, or "".
using TokenSource = std::function<Result<std::string>(std::string_view refused)>;

}  // namespace rig::kube
