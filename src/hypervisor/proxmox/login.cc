// proxmox/login.cc — see login.h.
#include "hypervisor/proxmox/login.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::string_view kPort = ":8006";
constexpr std::string_view kEndpointHint = "Write it like https://pve1.example.org:8006.";

struct KeyRow {
  const char* file;
  std::string Credentials::*member;
};
constexpr std::array kKeys = {
    KeyRow{"token_id", &Credentials::token_id},   KeyRow{"token_secret", &Credentials::token_secret},
    KeyRow{"username", &Credentials::username},   KeyRow{"password", &Credentials::password},
    KeyRow{"ca_bundle", &Credentials::ca_bundle}, KeyRow{"fingerprint", &Credentials::fingerprint},
    KeyRow{"endpoints", &Credentials::endpoints},
};

// What may stand in a header or cookie without ending it.
bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c != 0x7f; });
}

Result<std::string> base_url_of(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return Error(Code::kInvalidArgument, "endpoint '" + std::string(text) + "': " + why)
        .with_hint(std::string(kEndpointHint));
  };
  if (!text.starts_with(kScheme)) {
    return wrong("wanted https://, because whoever asks shows a secret");
  }
  std::string_view host = text.substr(kScheme.size());
  const std::size_t path = host.find_first_of("/?#");
  if (path != std::string_view::npos && host.substr(path) != "/" && host.substr(path) != "/api2/json")
    return wrong("found '" + std::string(host.substr(path)) + "' behind the host, wanted nothing");
  host = host.substr(0, path);
  if (host.find('@') != std::string_view::npos)
    return Error(Code::kInvalidArgument, "endpoint: found a user in it, wanted host and port")
        .with_hint("Credentials belong in the Provider's Secret.");
  if (host.empty() || !is_printable(host)) return wrong("it names no host");
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return std::string(kScheme) + std::string(host) + std::string(kPort);
  const auto port = parse_int(host.substr(colon + 1));
  if (colon == 0 || !port.ok() || *port < 1 || *port > 65535) return wrong("wanted host:port, the port 1 to 65535");
  return std::string(kScheme) + std::string(host);
}

Result<std::string> fingerprint_of(std::string_view text) {
  std::string digits = to_lower(text);
  std::erase(digits, ':');
  if (digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos) return digits;
  return Error(Code::kInvalidArgument, "fingerprint '" + std::string(text) +
                                           "': wanted the SHA-256 of a certificate, " +
                                           "64 hexadecimal digits with or without ':'")
      .with_hint("pvenode cert info shows it, on the node.");
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> parts;
  for (const std::string& part : split(text, ','))
    if (!trim(part).empty()) parts.emplace_back(trim(part));
  return parts;
}

Result<std::vector<Endpoint>> endpoints_of(std::string_view first, const Credentials& credentials) {
  std::vector<std::string> texts = listed(first);
  for (std::string& more : listed(credentials.endpoints)) texts.push_back(std::move(more));
  if (texts.empty())
    return Error(Code::kInvalidArgument, "spec.endpoint: found none, wanted the address of a cluster")
        .with_hint(std::string(kEndpointHint));
  if (texts.size() > kEndpointsMax) {
    return Error(Code::kInvalidArgument,
                 std::to_string(texts.size()) + " endpoints, at most " + std::to_string(kEndpointsMax) + " are taken");
  }
  const std::vector<std::string> pins = listed(credentials.fingerprint);
  if (pins.size() > 1 && pins.size() != texts.size()) {
    return Error(Code::kInvalidArgument, std::to_string(pins.size()) + " fingerprints for " +
                                             std::to_string(texts.size()) + " endpoints, wanted one each, or one");
  }
  std::vector<Endpoint> endpoints;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Endpoint endpoint;
    endpoint.base_url = TRY(base_url_of(texts[i]));
    if (!pins.empty()) endpoint.fingerprint = TRY(fingerprint_of(pins[pins.size() == 1 ? 0 : i]));
    if (std::ranges::find(endpoints, endpoint) == endpoints.end()) endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

Error not_said(const std::string& what) {
  return Error(Code::kUnauthenticated, "the Provider's Secret: " + what)
      .with_hint("Put token_id (user@realm!name) and token_secret into it, or username (user@realm) and password.");
}

// Sets who asks: a token, or somebody with a password.
Status set_identity(const Credentials& credentials, Login& login) {
  const std::string &id = credentials.token_id, &secret = credentials.token_secret;
  if (id.empty() != secret.empty())
    return not_said(id.empty() ? "token_secret without token_id" : "token_id without token_secret");
  if (!id.empty()) {
    const std::size_t at = id.find('@'), mark = id.find('!');
    if (at == 0 || mark == std::string::npos || at > mark || mark + 1 == id.size() || id.find('=') != std::string::npos)
      return not_said("token_id is '" + id.substr(0, id.find('=')) + "', wanted user@realm!name");
    if (!is_printable(id) || !is_printable(secret)) return not_said("the token has blanks or control characters in it");
    login.token = id + "=" + secret;
    return {};
  }
  if (credentials.username.empty() || credentials.password.empty())
    return not_said("it has neither a whole token nor username and password");
  const std::size_t at = credentials.username.find('@');
  if (at == std::string::npos || at == 0 || at + 1 == credentials.username.size())
    return not_said("username is '" + credentials.username + "', wanted user@realm, such as automation@pve");
  login.username = credentials.username;
  login.password = credentials.password;
  return {};
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
  Login login;
  login.endpoints = TRY(endpoints_of(endpoint, credentials));
  TRY(set_identity(credentials, login));
  login.ca_bundle = credentials.ca_bundle;
  login.insecure = insecure;
  return login;
}

}  // namespace rig::proxmox
