// libvirt/login.cc — the URI. Its parameters: libvirt.org/uri.html, "Remote URI parameters".
#include "hypervisor/libvirt/login.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"

namespace rig::libvirt {
namespace {

constexpr std::string_view kEndpointHint =
    "Write it like qemu:///system, qemu+ssh://user@host/system or qemu+tls://host/system.";
constexpr std::array<std::string_view, 7> kTransports = {"", "unix", "tcp", "tls", "ssh", "libssh", "libssh2"};
// Others start programs of the user's choice (command, netcat) or turn checks off (no_verify, known_hosts_verify).
constexpr std::array<std::string_view, 5> kParameters = {"socket", "mode", "proxy", "pkipath", "tls_priority"};
constexpr std::size_t kCredentialBytesMax = 64U << 10;

struct Endpoint {
  std::string driver, transport, user, place;  // place: host, port and path
  std::string query;
};

Result<Endpoint> parse(const std::string& text) {
  const auto wrong = [&](const std::string& why) {
    return Error(Code::kInvalidArgument, "endpoint '" + text + "': " + why).with_hint(std::string(kEndpointHint));
  };
  const std::size_t colon = text.find("://");
  if (colon == std::string::npos) return wrong("it is not a URI");
  Endpoint endpoint;
  const std::string scheme = text.substr(0, colon);
  const std::size_t plus = scheme.find('+');
  endpoint.driver = scheme.substr(0, plus);
  if (plus != std::string::npos) endpoint.transport = scheme.substr(plus + 1);
  if (endpoint.driver != "qemu" && endpoint.driver != "test") return wrong("unknown driver '" + endpoint.driver + "'");
  if (std::ranges::find(kTransports, endpoint.transport) == kTransports.end()) {
    return wrong("unknown transport '" + endpoint.transport + "'");
  }
  std::string rest = text.substr(colon + 3);
  if (const std::size_t mark = rest.find('?'); mark != std::string::npos) {
    endpoint.query = rest.substr(mark + 1);
    rest.resize(mark);
  }
  if (const std::size_t at = rest.find('@'); at != std::string::npos && at < rest.find('/')) {
    endpoint.user = rest.substr(0, at);
    if (endpoint.user.find(':') != std::string::npos) return wrong("passwords belong in the Secret");
    rest.erase(0, at + 1);
  }
  endpoint.place = rest;
  for (const std::string& parameter : split(endpoint.query, '&')) {
    const std::string name = parameter.substr(0, parameter.find('='));
    if (!name.empty() && std::ranges::find(kParameters, name) == kParameters.end()) {
      return wrong("parameter '" + name + "' is not taken; known are socket, mode, proxy, pkipath, tls_priority");
    }
  }
  return endpoint;
}

void add(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query += std::string(name) + "=" + percent_encode(value);
}

Status add_ssh(Endpoint& endpoint, const Credentials& credentials, bool insecure) {
  endpoint.transport = "libssh2";
  if (endpoint.user.empty()) endpoint.user = percent_encode(credentials.username);
  if (insecure) {
    add(endpoint.query, "known_hosts_verify", "ignore");
  } else if (credentials.known_hosts_path.empty()) {
    return Error(Code::kFailedPrecondition, "the Secret has no known_hosts, so the host's key cannot be checked")
        .with_hint("Put a line of ssh-keyscan HOST into the Secret as known_hosts, after checking its fingerprint.");
  } else {
    add(endpoint.query, "known_hosts", credentials.known_hosts_path);
    add(endpoint.query, "known_hosts_verify", "normal");
  }
  std::string methods;
  if (!credentials.private_key_path.empty()) {
    add(endpoint.query, "keyfile", credentials.private_key_path);
    methods = "privkey";
  }
  if (!credentials.password.empty()) methods += methods.empty() ? "password" : ",password";
  if (!methods.empty()) add(endpoint.query, "sshauth", methods);
  return {};
}

Result<std::string> read_optional(const std::string& path) {
  auto bytes = read_file(path, kCredentialBytesMax);
  if (!bytes.ok() && bytes.error().is(Code::kNotFound)) return std::string();
  if (!bytes.ok()) return bytes;
  return std::string(trim(*bytes));
}

std::string path_if_there(const std::string& path) { return ::access(path.c_str(), R_OK) == 0 ? path : ""; }

}  // namespace

Result<Credentials> read_credentials(const std::string& folder) {
  if (folder.empty()) return Credentials{};
  Credentials found;
  found.username = TRY(read_optional(folder + "/username"));
  found.password = TRY(read_optional(folder + "/password"));
  found.private_key_path = path_if_there(folder + "/ssh-privatekey");
  found.known_hosts_path = path_if_there(folder + "/known_hosts");
  return found;
}

Result<Login> login_for(const std::string& text, const Credentials& credentials, bool insecure) {
  Endpoint endpoint = TRY(parse(text));
  const bool ssh = endpoint.transport.find("ssh") != std::string::npos;
  if (ssh) TRY(add_ssh(endpoint, credentials, insecure));
  if (insecure && endpoint.transport == "tls") add(endpoint.query, "no_verify", "1");

  std::string uri = endpoint.driver + (endpoint.transport.empty() ? "" : "+" + endpoint.transport) + "://";
  if (!endpoint.user.empty()) uri += endpoint.user + "@";
  uri += endpoint.place;
  if (!endpoint.query.empty()) uri += "?" + endpoint.query;
  return Login{std::move(uri), credentials.username, credentials.password};
}

}  // namespace rig::libvirt
