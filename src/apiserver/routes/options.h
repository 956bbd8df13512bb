// apiserver/routes/options.h — the options of a request: query parameters, and the body of a DELETE.
#pragma once

#include <string_view>

#include "apiserver/registry.h"
#include "apiserver/routes/target.h"

namespace rig::apiserver {

// Every wrong option is named in one 422 ("CreateOptions.meta.k8s.io "" is invalid: ...").
// `kind`: CreateOptions, UpdateOptions, PatchOptions. The manager is the one named, else the user agent up to '/'.
Result<WriteContext> write_options(std::string_view kind, const Target& target, std::string_view user_agent);
// For a PATCH besides: an apply needs a manager, and nothing else may force.
Result<WriteContext> patch_options(bool is_apply, const Target& target, std::string_view user_agent);

// A DELETE whose body holds options has no others: the query is not looked at (kube-apiserver). `body` null: no body.
Result<DeleteContext> delete_options(const json::Value& body, const Target& target);

Result<ListQuery> list_options(const Target& target, std::string_view name_space);
// `timeout_max` also stands for 0 and for none; a negative timeout ends the watch at once.
Result<Duration> watch_timeout(const Target& target, Duration timeout_max);

}  // namespace rig::apiserver
