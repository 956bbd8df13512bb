// vsphere/login.cc — see login.h.
#include "hypervisor/vsphere/login.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::string_view kEndpointHint = "Write it like https://vcenter.example.org/sdk.";

struct KeyRow {
  const char* file;
  std::string Credentials::*member;
};
constexpr std::array kKeys = {
    KeyRow{"username", &Credentials::username},
    KeyRow{"password", &Credentials::password},
    KeyRow{"ca_bundle", &Credentials::ca_bundle},
    KeyRow{"fingerprint", &Credentials::fingerprint},
};

// What people copy from: the API's own address, and a browser's.
constexpr std::string_view kPaths[] = {"", "/", "/sdk", "/sdk/", "/ui", "/ui/"};

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c != 0x7f; });
}

Result<std::string> base_url_of(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return Error(Code::kInvalidArgument, "endpoint '" + std::string(text) + "': " + why)
        .with_hint(std::string(kEndpointHint));
  };
  // First, so that no message below quotes a password.
  if (text.find('@') != std::string_view::npos)
    return Error(Code::kInvalidArgument, "endpoint: found a user in it, wanted host and port")
        .with_hint("Credentials belong in the Provider's Secret.");
  std::string_view host = text;
  if (host.starts_with(kScheme)) {
    host.remove_prefix(kScheme.size());
  } else if (host.find("://") != std::string_view::npos) {
    return wrong("wanted https://, because whoever asks shows a secret");
  }
  const std::size_t end = host.find_first_of("/?#");
  const std::string_view path = end == std::string_view::npos ? "" : host.substr(end);
  if (std::ranges::find(kPaths, path) == std::end(kPaths))
    return wrong("found '" + std::string(path) + "' behind the host, wanted /sdk or nothing");
  host = host.substr(0, end);
  if (host.empty() || !is_printable(host)) return wrong("it names no host");
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return std::string(kScheme) + std::string(host);
  const auto port = parse_int(host.substr(colon + 1));
  if (colon == 0 || !port.ok() || *port < 1 || *port > 65535) return wrong("wanted host:port, the port 1 to 65535");
  return std::string(kScheme) + std::string(host);
}

Result<std::string> fingerprint_of(std::string_view text) {
  std::string digits = to_lower(text);
  std::erase(digits, ':');
  if (digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos) return digits;
  const bool is_sha1 = digits.size() == 40;
  return Error(Code::kInvalidArgument, "fingerprint '" + std::string(text) +
                                           "': wanted the SHA-256 of a certificate, 64 hexadecimal digits with or " +
                                           "without ':'" + (is_sha1 ? ", found what looks like a SHA-1" : ""))
      .with_hint("openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -fingerprint -sha256 shows it.");
}

}  // namespace

Result<Credentials> read_credentials(const std::string& folder, const Credentials& otherwise) {
  Credentials found = otherwise;
  if (folder.empty()) return found;
  for (const KeyRow& row : kKeys) {
    const auto bytes = read_file(folder + "/" + row.file, kCredentialBytesMax);
    if (!bytes.ok() && !bytes.error().is(Code::kNotFound)) return bytes.error();
    if (bytes.ok() && !trim(*bytes).empty()) found.*row.member = trim(*bytes);
  }
  return found;
}

Result<Login> login_for(std::string_view endpoint, const Credentials& credentials, bool insecure) {
  if (trim(endpoint).empty())
    return Error(Code::kInvalidArgument, "spec.endpoint: found none, wanted the address of a vCenter")
        .with_hint(std::string(kEndpointHint));
  Login login;
  login.base_url = TRY(base_url_of(trim(endpoint)));
  if (!credentials.fingerprint.empty()) login.fingerprint = TRY(fingerprint_of(credentials.fingerprint));
  if (credentials.username.empty() || credentials.password.empty()) {
    return Error(Code::kUnauthenticated, std::string("the Provider's Secret: it has no ") +
                                             (credentials.username.empty() ? "username" : "password"))
        .with_hint("Put username (user@domain) and password into it.");
  }
  login.username = credentials.username;
  login.password = credentials.password;
  login.ca_bundle = credentials.ca_bundle;
  login.insecure = insecure;
  return login;
}

}  // namespace rig::vsphere
