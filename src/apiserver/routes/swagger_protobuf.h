// apiserver/routes/swagger_protobuf.h — OpenAPI v2 in the form that kubectl asks for before each client-side apply.
#pragma once

#include <string>

#include "base/json/json.h"

namespace rig::apiserver {

// An openapi.v2.Document as github.com/google/gnostic's OpenAPIv2.proto numbers it. Of the document: what it is and its
// definitions; what a schema has besides (anyOf) is not known to version 2.
std::string swagger_protobuf(const json::Value& document);

}  // namespace rig::apiserver
