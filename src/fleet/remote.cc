// fleet/remote.cc — pods for Providers, and the connections to them.
#include "fleet/remote.h"

#include <thread>
#include <utility>

#include "api/resource.h"
#include "base/log.h"
#include "base/mutex.h"
#include "fleet/find.h"
#include "fleet/greet.h"
#include "fleet/guard.h"
#include "fleet/limits.h"
#include "fleet/pod.h"
#include "kube/request.h"
#include "provider/wire/transport.h"

namespace rig::fleet {
namespace {

using json::Value;
using provider::ProviderProcess;
using provider::RuntimeState;
using Phase = RuntimeState::Phase;

constexpr api::Resource kServices{"", "v1", "Service", "services"};
constexpr api::Resource kDeployments{"apps", "v1", "Deployment", "deployments"};

std::string bytes_of(const ProviderProcess& process, const char* key) {
  const auto it = process.tls.find(key);
  return it == process.tls.end() ? "" : it->second;
}

provider::wire::Tls tls_of(const ProviderProcess& process) {
  if (process.is_plaintext) return {.is_plaintext = true};
  return {.certificate_pem = bytes_of(process, "tls.crt"),
          .key_pem = bytes_of(process, "tls.key"),
          .authority_pem = bytes_of(process, "ca.crt"),
          .server_name = pod_host(process.key),
          .skip_server_check = process.skip_server_check};
}

// One Provider's connection. Its thread ends when the provider has answered.
class Connection {
 public:
  Connection(const ProviderProcess& process, std::string address, const RemoteOptions& options, const Clock& clock)
      : key_(process.key),
        type_(process.type),
        address_(std::move(address)),
        tls_(tls_of(process)),
        options_(options),
        clock_(clock) {}
  ~Connection() { over_.request_stop(); }  // who still holds the provider does not wait for an answer

  Status start() {
    provider_ = guard(TRY(provider::wire::connect(address_, tls_)), key_, type_, clock_, over_.get_token());
    thread_ = std::jthread([this](const std::stop_token& stop) {
      const bool answers = greet(*provider_, clock_, options_.patience, stop, [this](const Error& error) {
        tell({.phase = Phase::kFailed,
              .message = "The provider does not answer at " + address_ + ": " + error.to_string(),
              .endpoint = address_});
      });
      if (answers) tell({.phase = Phase::kRunning, .message = {}, .endpoint = address_});
    });
    return {};
  }
  bool is_to(const ProviderProcess& process, const std::string& address) const {
    return address == address_ && process.type == type_ && tls_of(process) == tls_;
  }
  RuntimeState state() const {
    const Lock lock(mutex_);
    return state_;
  }
  const std::shared_ptr<provider::Provider>& provider() const { return provider_; }

 private:
  void tell(RuntimeState state) {
    {
      const Lock lock(mutex_);
      if (state == state_) return;
      state_ = std::move(state);
    }
    if (options_.on_change) options_.on_change(key_);
  }

  const ObjectKey key_;
  const std::string type_, address_;
  const provider::wire::Tls tls_;
  const RemoteOptions& options_;
  const Clock& clock_;
  std::stop_source over_;
  std::shared_ptr<provider::Provider> provider_;
  mutable Mutex mutex_;
  RuntimeState state_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

bool is_owned_by(const Value& object, const std::string& uid) {
  const Value* owners = object.at({"metadata", "ownerReferences"});
  const auto* list = owners == nullptr ? nullptr : owners->as<json::Array>();
  if (list == nullptr) return false;
  for (const Value& owner : *list)
    if (owner.text({"uid"}) == uid) return true;
  return false;
}

// Why its pods do not answer, in the words of the Deployment.
std::string told_by(const Value& deployment) {
  std::string text = "Deployment " + std::string(deployment.text({"metadata", "name"})) + ": " +
                     std::to_string(deployment.integer({"status", "availableReplicas"})) + " of " +
                     std::to_string(deployment.integer({"spec", "replicas"}, 1)) + " pods available";
  const Value* conditions = deployment.at({"status", "conditions"});
  if (const auto* list = conditions == nullptr ? nullptr : conditions->as<json::Array>())
    for (const Value& condition : *list) {
      const bool is_bad = (condition.text({"type"}) == "ReplicaFailure") == (condition.text({"status"}) == "True");
      if (is_bad) text += "; " + std::string(condition.text({"message"}));
    }
  return text;
}

}  // namespace

struct Remote::Impl {
  kube::Transport& api;
  const RemoteOptions options;
  const Clock& clock;
  Mutex mutex{};
  std::map<ObjectKey, std::shared_ptr<Connection>> connections GUARDED_BY(mutex){};
  bool stopped GUARDED_BY(mutex) = false;

  Call call() const { return {.deadline = clock.now() + kApiCallTimeout, .stop = {}, .request_id = {}}; }
  Result<Value> place(const api::Resource& resource, const ProviderProcess& process, const Value& wanted) const;
  Result<RuntimeState> reach(const ProviderProcess& process, const std::string& address);
};

// Makes the object what is wanted, and answers it as it is.
Result<Value> Remote::Impl::place(const api::Resource& resource, const ProviderProcess& process,
                                  const Value& wanted) const {
  const ObjectKey key{process.key.namespace_, std::string(wanted.text({"metadata", "name"}))};
  const std::string what = std::string(resource.kind) + " " + key.to_string();
  auto found = api.send(kube::get_request(resource, key), call());
  if (!found.ok() && found.error().is(Code::kNotFound)) {
    log::info("made for a Provider", {{"object", what}, {"provider", process.key.to_string()}});
    return api.send(kube::create_request(resource, key.namespace_, wanted, {.field_manager = "virtrigaud"}), call());
  }
  if (!found.ok()) return found.take_error().with_context(what);
  if (!is_owned_by(*found, process.uid))
    return Error(Code::kAlreadyExists, what + " is there and does not belong to Provider " + process.key.to_string())
        .with_hint("It is left as it is. Delete or rename it, or rename the Provider.");
  if (is_as_asked(*found, wanted)) return found;
  log::info("changed for a Provider", {{"object", what}, {"provider", process.key.to_string()}});
  return api.send(kube::replace_request(resource, key, turned(*found, wanted), {}, {.field_manager = "virtrigaud"}),
                  call());
}

Result<RuntimeState> Remote::Impl::reach(const ProviderProcess& process, const std::string& address) {
  std::shared_ptr<Connection> before;  // ends, with its thread, when the lock is let go
  const Lock lock(mutex);
  if (stopped) return Error(Code::kCancelled, "stopping");
  if (connections.size() >= kProvidersMax && !connections.contains(process.key))
    return Error(Code::kResourceExhausted,
                 "there are " + std::to_string(kProvidersMax) + " providers already, the most that one manager serves");
  std::shared_ptr<Connection>& connection = connections[process.key];
  if (connection && connection->is_to(process, address)) return connection->state();
  before = std::move(connection);
  auto fresh = std::make_shared<Connection>(process, address, options, clock);
  if (Status started = fresh->start(); !started.ok()) {
    connections.erase(process.key);
    return started.take_error();
  }
  connection = fresh;
  return fresh->state();
}

Remote::Remote(kube::Transport& api, RemoteOptions options, const Clock& clock)
    : impl_(new Impl{.api = api, .options = std::move(options), .clock = clock}) {}
Remote::~Remote() { stop(); }

Result<RuntimeState> Remote::ensure(const ProviderProcess& process) {
  const auto elsewhere = impl_->options.addresses.find(process.key);
  if (elsewhere != impl_->options.addresses.end()) return impl_->reach(process, elsewhere->second);
  const Value service = TRY(service_of(process)), wanted = TRY(deployment_of(process));
  TRY(impl_->place(kServices, process, service));
  const Value deployment = TRY(impl_->place(kDeployments, process, wanted));
  RuntimeState state = TRY(impl_->reach(process, pod_host(process.key) + ":" + std::to_string(pod_port(process))));
  if (state.phase != Phase::kRunning) state.message += (state.message.empty() ? "" : " ") + told_by(deployment);
  state.service = pod_name(process.key);
  state.ready_replicas = static_cast<std::int32_t>(deployment.integer({"status", "readyReplicas"}));
  state.available_replicas = static_cast<std::int32_t>(deployment.integer({"status", "availableReplicas"}));
  return state;
}

void Remote::remove(const ObjectKey& key) {
  std::shared_ptr<Connection> ended;
  const Lock lock(impl_->mutex);
  if (auto found = impl_->connections.extract(key)) ended = std::move(found.mapped());
}

Result<std::shared_ptr<provider::Provider>> Remote::find(const ObjectKey& key) {
  const Lock lock(impl_->mutex);
  return find_running(impl_->connections, key);
}

void Remote::stop() {
  std::map<ObjectKey, std::shared_ptr<Connection>> all;
  const Lock lock(impl_->mutex);
  impl_->stopped = true;
  all.swap(impl_->connections);
}

}  // namespace rig::fleet
