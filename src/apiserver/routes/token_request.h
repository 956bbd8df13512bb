// apiserver/routes/token_request.h — POST .../serviceaccounts/NAME/token. Nothing is stored.
#pragma once

#include "apiserver/access/tokens.h"

namespace rig::apiserver {

// The TokenRequest `request` with its token. 400: it cannot be read, or is bound to an object; 422: it shall live too
// short or too long.
Result<json::Value> answer_token_request(const Tokens& tokens, const json::Value& account, json::Value request,
                                         const WriteContext& context);

}  // namespace rig::apiserver
