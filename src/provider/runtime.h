// provider/runtime.h — the processes that serve Provider objects, as the Provider controller asks for them.
//
// Controllers decide that a Provider shall be served and with what; how (child processes, Deployments) is fleet's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/json/json.h"
#include "base/object_key.h"
#include "base/result.h"

namespace rig::provider {

// Everything a provider process is started with. A change restarts it, except of credentials: those are projected
// anew and the process rereads them. Secret bytes stand in `credentials` and `tls` only and never reach argv, env or a
// log.
struct ProviderProcess {
  ObjectKey key;
  std::string uid;
  std::string type;      // "libvirt": served by the program provider-libvirt
  std::string endpoint;  // the hypervisor's URI
  bool insecure_skip_verify = false;
  std::map<std::string, std::string> env;          // spec.runtime.env
  std::map<std::string, std::string> defaults;     // spec.defaults: "datastore", "storagePod", "cluster", "folder"
  std::map<std::string, std::string> credentials;  // the Secret's keys and bytes
  std::string log_level, log_format;               // "": the provider's own default

  // For a process in a pod; whoever starts a child process does not look at them.
  json::Value runtime;                                   // spec.runtime
  std::string credentials_secret, tls_secret;            // names, in the Provider's namespace
  std::map<std::string, std::string> tls;                // the TLS Secret's keys and bytes
  bool is_plaintext = false, skip_server_check = false;  // as spec.runtime.service.tls says
  bool operator==(const ProviderProcess&) const = default;
};

// The variables of spec.defaults, by the reference's names: "PROVIDER_DEFAULT_DATASTORE", ...
std::map<std::string, std::string> variables_of_defaults(const ProviderProcess& process);

struct RuntimeState {
  enum class Phase : std::uint8_t { kStarting, kRunning, kFailed } phase = Phase::kStarting;
  std::string message;       // with kFailed: why, and when it is tried again
  std::string endpoint;      // where the process serves: "unix:/path" or "host:port"
  std::string service = {};  // of pods: the Service in front of them, and how many there are
  std::optional<std::int32_t> ready_replicas = {}, available_replicas = {};
  bool operator==(const RuntimeState&) const = default;
};

// Thread-safe; no call waits for a process.
class Runtime {
 public:
  virtual ~Runtime() = default;
  // Makes `process` what serves its key. Idempotent: asking again with the same answers how it stands.
  // kInvalidArgument: there is no program for this type. kResourceExhausted: too many providers.
  virtual Result<RuntimeState> ensure(const ProviderProcess& process) = 0;
  virtual bool is_remote() const { return false; }  // processes run in pods and are spoken to over the network
  virtual void remove(const ObjectKey& key) = 0;    // ends the process and forgets its credentials; fine when unknown
};

}  // namespace rig::provider
