// kube/kubeconfig.cc — kubeconfig files (client-go tools/clientcmd/api/v1/types.go) and the files of a pod.
#include "kube/kubeconfig.h"

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml/yaml.h"
#include "kube/transport_http.h"

namespace rig::kube {
namespace {

// One parsed kubeconfig. Its lists are [{name, <kind>: {...}}].
struct File {
  std::string path;
  json::Value root;

  Result<json::Value> entry(std::string_view list, std::string_view kind, std::string_view name) const {
    std::vector<std::string> found;
    const json::Value* entries = root.find(list);
    if (entries != nullptr && entries->is_array()) {
      for (const json::Value& entry : *entries->as<json::Array>()) {
        const json::Value* value = entry.find(kind);
        if (entry.text({"name"}) == name) return value != nullptr ? *value : json::Value();
        found.emplace_back(entry.text({"name"}));
      }
    }
    return Error(Code::kNotFound, path + " has no " + std::string(kind) + " \"" + std::string(name) +
                                      "\"; there is: " + (found.empty() ? "none" : join(found, ", ")));
  }

  // Relative names are relative to the kubeconfig.
  std::string beside(std::string_view name) const {
    return (std::filesystem::path(path).parent_path() / std::string(name)).string();
  }

  // "<field>-data" as base64, else the file that "<field>" names, else "".
  Result<std::string> pem(const json::Value& entry, const std::string& field) const {
    const std::string_view data = entry.text({field + "-data"});
    if (!data.empty()) return parse_base64(data).context(path + ": " + field + "-data");
    const std::string_view file = entry.text({field});
    if (file.empty()) return std::string();
    return read_file(beside(file)).context(path + ": " + field);
  }
};

Status take_cluster(const File& file, const json::Value& cluster, Access& access) {
  access.server = cluster.text({"server"});
  if (access.server.empty()) return Error(Code::kInvalidArgument, file.path + ": the cluster has no server");
  access.ca_pem = TRY(file.pem(cluster, "certificate-authority"));
  const json::Value* insecure = cluster.find("insecure-skip-tls-verify");
  access.insecure_skip_tls_verify = insecure != nullptr && *insecure == json::Value(true);
  return {};
}

// What the program may want to know of us, and of the cluster when the kubeconfig says so.
std::string exec_info(const json::Value& exec, const Access& access) {
  json::Value info = json::Object{{"kind", "ExecCredential"}, {"apiVersion", exec.text({"apiVersion"})}};
  info.set({"spec", "interactive"}, false);
  const json::Value* wants_cluster = exec.find("provideClusterInfo");
  if (wants_cluster != nullptr && *wants_cluster == json::Value(true)) {
    info.set({"spec", "cluster", "server"}, access.server);
    if (!access.ca_pem.empty()) info.set({"spec", "cluster", "certificate-authority-data"}, base64(access.ca_pem));
    if (access.insecure_skip_tls_verify) info.set({"spec", "cluster", "insecure-skip-tls-verify"}, true);
  }
  return json::to_text(info);
}

Result<ExecLogin> exec_login(const File& file, const json::Value& exec, const Access& access) {
  const std::string where = file.path + ": user \"" + access.user + "\": exec";
  ExecLogin login;
  login.api_version = exec.text({"apiVersion"});
  login.install_hint = exec.text({"installHint"});
  if (login.api_version != "client.authentication.k8s.io/v1" &&
      login.api_version != "client.authentication.k8s.io/v1beta1")
    return Error(Code::kInvalidArgument, where + ".apiVersion is \"" + login.api_version + "\"")
        .with_hint("Wanted: client.authentication.k8s.io/v1 or v1beta1.");
  const std::string_view command = exec.text({"command"});
  if (command.empty()) return Error(Code::kInvalidArgument, where + " has no command");
  login.program.arguments.emplace_back(command.find('/') == std::string_view::npos ? std::string(command)
                                                                                   : file.beside(command));
  if (const json::Value* args = exec.find("args"); args != nullptr && args->is_array())
    for (const json::Value& argument : *args->as<json::Array>())
      login.program.arguments.emplace_back(argument.text({}));
  if (const json::Value* env = exec.find("env"); env != nullptr && env->is_array())
    for (const json::Value& entry : *env->as<json::Array>())
      login.program.environment.emplace_back(entry.text({"name"}), entry.text({"value"}));
  login.program.environment.emplace_back("KUBERNETES_EXEC_INFO", exec_info(exec, access));
  return login;
}

Status take_user(const File& file, const json::Value& user, Access& access) {
  for (const char* way : {"auth-provider", "username"}) {
    if (user.find(way) == nullptr) continue;
    return Error(Code::kUnimplemented,
                 file.path + ": user \"" + access.user + "\" logs in by \"" + way + "\", which is not supported yet")
        .with_hint("Use a client certificate, a token, a tokenFile or exec.");
  }
  if (const json::Value* exec = user.find("exec")) access.exec = TRY(exec_login(file, *exec, access));
  access.certificate_pem = TRY(file.pem(user, "client-certificate"));
  access.key_pem = TRY(file.pem(user, "client-key"));
  access.token = user.text({"token"});
  const std::string_view token_file = user.text({"tokenFile"});
  if (!token_file.empty()) access.token_file = file.beside(token_file);
  return {};
}

json::Value named(std::string_view name, std::string_view kind, json::Value value) {
  return json::Array{json::Object{{"name", name}, {std::string(kind), std::move(value)}}};
}

void put(json::Value& to, std::string_view name, std::string_view value) {
  if (!value.empty()) to[name] = value;
}

}  // namespace

Result<Access> read_kubeconfig(const std::string& path, const std::string& context) {
  const std::string text = TRY(read_file(path).context("read the kubeconfig"));
  json::Value root = TRY(yaml::parse(text).context(path));
  const File file{.path = path, .root = std::move(root)};
  const std::string name = context.empty() ? std::string(file.root.text({"current-context"})) : context;
  if (name.empty()) {
    return Error(Code::kNotFound, path + " has no current-context").with_hint("Name a context.");
  }
  const json::Value chosen = TRY(file.entry("contexts", "context", name));
  Access access;
  access.user = chosen.text({"user"});
  if (const auto name_space = chosen.text({"namespace"}); !name_space.empty()) access.name_space = name_space;
  const json::Value cluster = TRY(file.entry("clusters", "cluster", chosen.text({"cluster"})));
  TRY(take_cluster(file, cluster, access));
  if (access.user.empty()) return access;
  const json::Value user = TRY(file.entry("users", "user", access.user));
  TRY(take_user(file, user, access));
  return access;
}

std::string write_kubeconfig(const Access& access, const std::string& name) {
  json::Value cluster, user = json::Object(), context;
  put(cluster, "server", access.server);
  put(cluster, "certificate-authority-data", base64(access.ca_pem));
  if (access.insecure_skip_tls_verify) cluster["insecure-skip-tls-verify"] = true;
  put(user, "client-certificate-data", base64(access.certificate_pem));
  put(user, "client-key-data", base64(access.key_pem));
  put(user, "token", access.token);
  put(user, "tokenFile", access.token_file);
  const std::string user_name = access.user.empty() ? name : access.user;
  context["cluster"] = name;
  context["user"] = user_name;
  put(context, "namespace", access.name_space);
  return yaml::to_text(json::Object{{"apiVersion", "v1"},
                                    {"kind", "Config"},
                                    {"clusters", named(name, "cluster", std::move(cluster))},
                                    {"users", named(user_name, "user", std::move(user))},
                                    {"contexts", named(name, "context", std::move(context))},
                                    {"current-context", name}});
}

Result<Access> in_cluster(const std::string& folder) {
  const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
  const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
  if (host == nullptr || port == nullptr) {
    return Error(Code::kNotFound, "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
        .with_hint("Give a kubeconfig.");
  }
  const std::string name(host);
  Access access;
  access.server = "https://" + (name.find(':') == std::string::npos ? name : "[" + name + "]") + ":" + port;
  access.ca_pem = TRY(read_file(folder + "/ca.crt"));
  access.token_file = folder + "/token";
  const std::string name_space = TRY(read_file(folder + "/namespace"));
  access.name_space = trim(name_space);
  return access;
}

Result<std::unique_ptr<http::Client>> connect_http(const Access& access) {
  http::ClientOptions options;
  options.base_url = access.server.empty() ? "http://localhost" : access.server;
  options.unix_socket = access.unix_socket;
  options.ca_pem = access.ca_pem;
  options.certificate_pem = access.certificate_pem;
  options.key_pem = access.key_pem;
  options.insecure_skip_verify = access.insecure_skip_tls_verify;
  return http::Client::make(options);
}

Result<std::unique_ptr<Transport>> connect(const Access& access) {
  auto client = TRY(connect_http(access));
  // Read for each request: microseconds beside a network call, and a token that was rotated is never missed.
  TokenSource token = [token = access.token, file = access.token_file](std::string_view) -> Result<std::string> {
    if (file.empty()) return token;
    const std::string text = TRY(read_file(file));
    return std::string(trim(text));
  };
  if (access.exec) token = exec_tokens(*access.exec);
  return http_transport(std::move(client), std::move(token));
}

}  // namespace rig::kube
