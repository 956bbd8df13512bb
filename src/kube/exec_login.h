// kube/exec_login.h — a token from a program that the kubeconfig names (client-go credential plugins,
// client.authentication.k8s.io/v1 and v1beta1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/run.h"
#include "base/wall_time.h"
#include "kube/token_source.h"

namespace rig::kube {

struct ExecLogin {
  std::string api_version, install_hint;  // the hint is the kubeconfig's own, for people who lack the program
  Program program;                        // KUBERNETES_EXEC_INFO is in its environment
};
struct ExecCredential {
  std::string token;
  std::optional<WallTime> expires;
};

// What the program wrote. kInvalidArgument: it is no ExecCredential of that version, or holds no token.
// kUnimplemented: it holds a client certificate instead.
Result<ExecCredential> parse_exec_credential(std::string_view text, std::string_view api_version);

// Runs the program when it has no token, when the last one ends within a minute, and when the server refused the last
// one. kUnauthenticated: the program is missing or failed, with what it said. Thread-safe; runs one at a time.
TokenSource exec_tokens(ExecLogin login);

}  // namespace rig::kube
