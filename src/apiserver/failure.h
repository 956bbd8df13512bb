// apiserver/failure.h — errors as metav1.Status: code, reason, message and details as kube-apiserver has them.
//
// Sources: the recordings under tests/kube. An Error made here carries its Status with it (ErrorDetail); any other
// Error gets one from its code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/resource.h"
#include "base/json/json.h"
#include "base/result.h"
#include "schema/walk.h"

namespace rig::apiserver {

Error not_found(const api::Resource& resource, std::string_view name);
Error already_exists(const api::Resource& resource, std::string_view name, std::string_view prefix = {});
Error conflict(const api::Resource& resource, std::string_view name, std::string_view why = {});
Error invalid(const api::Resource& resource, std::string_view name, const std::vector<schema::Problem>& problems);
Error bad_request(std::string message);
Error forbidden(const api::Resource& resource, std::string_view name, std::string_view why, json::Array causes = {});
Error unauthorized();
Error expired(std::string message, std::string_view continue_token = {});  // 410; the token goes on inconsistently
Error method_not_supported(const api::Resource& resource, std::string_view verb);
Error unsupported_media_type(std::string message);  // 415
Error not_acceptable(std::string message);          // 406
Error status_error(int code, std::string_view reason, std::string message, json::Value details = {});

std::string quoted(std::string_view text);  // as Go's %q: a name in a message may hold anything
int http_code(const Error& error);
json::Value status_of(const Error& error);  // the Status object
json::Value success(const api::Resource& resource, std::string_view name, std::string_view uid);

}  // namespace rig::apiserver
