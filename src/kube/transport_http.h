// kube/transport_http.h — an API server over HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/client.h"
#include "kube/transport.h"

namespace rig::kube {

// Asked before each request; "" sends none. `refused` is the last token that the server answered with 401, or "".
using TokenSource = std::function<Result<std::string>(std::string_view refused)>;
std::unique_ptr<Transport> http_transport(std::unique_ptr<http::Client> client, TokenSource token);

}  // namespace rig::kube
