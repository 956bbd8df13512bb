// apiserver/routes/ask.h — a request taken apart once, and the few shapes an answer takes.
#pragma once

#include "apiserver/access/attributes.h"
#include "apiserver/api_server.h"
#include "apiserver/routes/media.h"
#include "apiserver/routes/target.h"

namespace rig::apiserver {

struct Ask {
  const ApiRequest& http;
  Target target;
  Attributes attributes;
};

ApiAnswer answer_json(const Media& media, json::Value body, int status = 200);
ApiAnswer answer_text(int status, std::string text);  // text/plain
ApiAnswer answer_nothing(int status);                 // no body
ApiAnswer answer_page_not_found();                    // what is not even a known resource
ApiAnswer answer_not_served();                        // the same in a group of Kubernetes' own kinds
Error not_served();
ApiAnswer answer_error(const Error& error);
ApiAnswer answer_denied(const Error& error);  // by authorization
// A document that changes only with the server: with its ETag, or 304 when the client has it.
ApiAnswer answer_document(const ApiRequest& request, std::string content_type, std::string text,
                          const std::string& hash);

}  // namespace rig::apiserver
