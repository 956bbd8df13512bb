// apiserver/routes/openapi.h — OpenAPI of everything served: v3, a document per group and version, for kubectl explain
// and for the question whether the server validates fields; v2 with the same schemas, for older clients.
#pragma once

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "apiserver/routes/served.h"

namespace rig::apiserver {

// Thread-safe. Documents are written when the first one is asked for, because most processes never are.
class OpenApi {
 public:
  explicit OpenApi(std::span<const ServedGroup> groups) : groups_(groups) {}  // must outlive it

  struct Document {
    std::string text, hash;  // hash: upper-case hex, also the ETag
  };
  const Document& index() const;
  const Document* find(std::string_view path) const;  // "apis/infra.virtrigaud.io/v1beta1", "api/v1"; null: none
  const Document& swagger() const;
  const std::string& swagger_as_protobuf() const;  // the same document

 private:
  struct All {
    Document index, swagger;
    std::string swagger_protobuf;
    std::map<std::string, Document, std::less<>> by_path;
  };
  const All& all() const;

  std::span<const ServedGroup> groups_;
  mutable std::once_flag once_;
  mutable All all_;
};

}  // namespace rig::apiserver
