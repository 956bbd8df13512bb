// kube/transport_http.h — an API server over HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/client.h"
#include "kube/transport.h"

namespace rig::kube {

// `token` is asked before each request; "" sends none.
using TokenSource = std::function<Result<std::string>()>;
std::unique_ptr<Transport> http_transport(std::unique_ptr<http::Client> client, TokenSource token);

}  // namespace rig::kube
