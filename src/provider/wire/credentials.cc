// provider/wire/credentials.cc — how the two ends prove who they are.
#include "provider/wire/internal/credentials.h"

#include <grpc/support/log.h>

#include <cstdlib>
#include <mutex>

#include "base/log.h"
#include "provider/wire/limits.h"

namespace rig::provider::wire {
namespace {

// gRPC 1.51 has no word for the lowest TLS version, and takes 1.2. The one cipher that this leaves to TLS 1.2 needs a
// pre-shared key that nobody has; the ciphers of TLS 1.3 are not touched by it. Read by gRPC when it is first used.
void allow_tls_1_3_only() { ::setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", /*overwrite=*/1); }

void log_of_grpc(gpr_log_func_args* line) {
  if (line->severity == GPR_LOG_SEVERITY_ERROR)
    log::warn("grpc", {{"text", line->message}});
  else
    log::debug("grpc", {{"text", line->message}});
}

}  // namespace

void set_up_grpc() {
  static std::once_flag once;
  std::call_once(once, [] {
    allow_tls_1_3_only();
    gpr_set_log_function(log_of_grpc);
  });
}

bool is_unix(const std::string& address) { return address.starts_with("unix:"); }

Status check_address(const std::string& address, const Tls& tls) {
  if (is_unix(address) && address.size() - std::string_view("unix:").size() > kUnixPathMax)
    return Error(Code::kInvalidArgument, "address " + address + ": found a path of more than " +
                                             std::to_string(kUnixPathMax) + " bytes, which no unix socket has");
  if (tls.empty() && (is_unix(address) || tls.is_plaintext)) return {};
  if (tls.empty())
    return Error(Code::kInvalidArgument, "address " + address + ": plaintext is for unix sockets only")
        .with_hint("Give certificate, key and authority.");
  if (tls.certificate_pem.empty() || tls.key_pem.empty() || tls.authority_pem.empty())
    return Error(Code::kInvalidArgument,
                 "address " + address + ": TLS needs certificate, key and authority, all three");
  return {};
}

std::shared_ptr<grpc::ServerCredentials> server_credentials(const Tls& tls) {
  if (tls.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls.authority_pem;
  options.pem_key_cert_pairs.push_back({tls.key_pem, tls.certificate_pem});
  return grpc::SslServerCredentials(options);
}

// We still show who we are.
std::shared_ptr<grpc::ChannelCredentials> unchecked_credentials(const Tls& tls) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      tls.authority_pem, std::vector<grpc::experimental::IdentityKeyCertPair>{{tls.key_pem, tls.certificate_pem}}));
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  return grpc::experimental::TlsCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> client_credentials(const Tls& tls) {
  if (tls.empty()) return grpc::InsecureChannelCredentials();
  if (tls.skip_server_check) return unchecked_credentials(tls);
  return grpc::SslCredentials({tls.authority_pem, tls.key_pem, tls.certificate_pem});
}

}  // namespace rig::provider::wire
