// kube/exec_login.cc — see exec_login.h.
#include "kube/exec_login.h"

#include <memory>

#include "base/json/json.h"
#include "base/mutex.h"
#include "base/text.h"
#include "kube/limits.h"

namespace rig::kube {
namespace {

class ExecTokens {
 public:
  explicit ExecTokens(ExecLogin login) : login_(std::move(login)) {}

  Result<std::string> token(std::string_view refused) {
    const Lock lock(mutex_);
    const WallTime soon = std::chrono::system_clock::now() + limits::kTokenRenewEarly;
    const bool is_over = last_ && last_->expires && *last_->expires < soon;
    if (!last_ || is_over || last_->token == refused) {
      last_.reset();
      last_ = TRY(ask());
    }
    return last_->token;
  }

 private:
  Result<ExecCredential> ask() const {
    const std::string& name = login_.program.arguments.front();
    const auto ran = run(login_.program, std::chrono::steady_clock::now() + limits::kExecLoginTimeout);
    if (!ran.ok()) return Error(Code::kUnauthenticated, ran.error().message()).with_hint(login_.install_hint);
    if (ran->status != 0)
      return Error(Code::kUnauthenticated, name + " ended with status " + std::to_string(ran->status) + ": " +
                                               std::string(trim(ran->errors)).substr(0, limits::kExecErrorBytes));
    return parse_exec_credential(ran->output, login_.api_version).context(name);
  }

  const ExecLogin login_;
  Mutex mutex_;
  std::optional<ExecCredential> last_ GUARDED_BY(mutex_);
};

}  // namespace

// What the program wrote is not repeated in errors: it may hold a secret.
Result<ExecCredential> parse_exec_credential(std::string_view text, std::string_view api_version) {
  const auto wrong = [&](const std::string& what) {
    return Error(Code::kInvalidArgument, "its output " + what)
        .with_hint("Wanted: an ExecCredential of " + std::string(api_version) + ".");
  };
  const auto root = json::parse(text);
  if (!root.ok() || root->text({"kind"}) != "ExecCredential") return wrong("is no ExecCredential");
  if (root->text({"apiVersion"}) != api_version)
    return wrong("is of version \"" + std::string(root->text({"apiVersion"})) + "\"");
  ExecCredential out;
  out.token = root->text({"status", "token"});
  if (out.token.empty()) {
    if (!root->text({"status", "clientCertificateData"}).empty())
      return Error(Code::kUnimplemented, "it gives a client certificate; only tokens are supported");
    return wrong("holds no status.token");
  }
  if (const auto expires = root->text({"status", "expirationTimestamp"}); !expires.empty()) {
    const auto time = parse_time(expires);
    if (!time.ok()) return wrong("has a status.expirationTimestamp that is no time");
    out.expires = *time;
  }
  return out;
}

TokenSource exec_tokens(ExecLogin login) {
  return [tokens = std::make_shared<ExecTokens>(std::move(login))](std::string_view refused) {
    return tokens->token(refused);
  };
}

}  // namespace rig::kube
