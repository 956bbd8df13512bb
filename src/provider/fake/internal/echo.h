// provider/fake/internal/echo.h — a console that greets and repeats what is typed.
#pragma once

#include <memory>
#include <string>

#include "base/byte_stream.h"

namespace rig::provider::fake {

std::unique_ptr<ByteStream> echo(std::string greeting);

}  // namespace rig::provider::fake
