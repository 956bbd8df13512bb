// apiserver/routes/documents.h — /openapi: documents that change only with the program, answered as a file server does.
#pragma once

#include "apiserver/routes/ask.h"
#include "apiserver/routes/openapi.h"

namespace rig::apiserver {

// Thread-safe.
class Documents {
 public:
  Documents(std::span<const ServedGroup> groups, WallTime made);  // `groups` must outlive it

  ApiAnswer swagger(const Ask& ask) const;  // /openapi/v2
  ApiAnswer index(const Ask& ask) const;    // /openapi/v3
  ApiAnswer group(const Ask& ask) const;    // /openapi/v3/apis/GROUP/VERSION

 private:
  ApiAnswer file(const ApiRequest& request, std::string_view hash, std::string_view vary) const;

  const OpenApi openapi_;
  const std::string last_modified_, expires_;
};

}  // namespace rig::apiserver
