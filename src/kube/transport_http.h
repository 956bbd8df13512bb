// kube/transport_http.h — an API server over HTTP.
#pragma once

#include <memory>

#include "http/client.h"
#include "kube/token_source.h"
#include "kube/transport.h"

namespace rig::kube {

std::unique_ptr<Transport> http_transport(std::unique_ptr<http::Client> client, TokenSource token);

}  // namespace rig::kube
