// controllers/provider.cc — starting a provider and looking after its health.
#include "controllers/provider.h"

#include <utility>

#include "api/reasons.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wall_time.h"
#include "controllers/identity.h"
#include "runtime/finalizer.h"

namespace rig::controllers {
namespace {

namespace condition = api::condition;
namespace reason = api::reason;
using api::ConditionStatus;
using provider::RuntimeState;

void set(v1::Provider& provider, const Clock& clock, std::string_view type, ConditionStatus status,
         std::string_view why, std::string_view message) {
  api::set_condition(provider.status.conditions,
                     {.type = std::string(type),
                      .status = status,
                      .observed_generation = provider.meta.generation,
                      .last_transition_time = {},
                      .reason = std::string(why),
                      .message = std::string(message)},
                     clock.wall());
}

v1::RuntimePhase phase_of(RuntimeState::Phase phase) {
  switch (phase) {
    case RuntimeState::Phase::kStarting: return v1::RuntimePhase::kStarting;
    case RuntimeState::Phase::kRunning: return v1::RuntimePhase::kRunning;
    case RuntimeState::Phase::kFailed: return v1::RuntimePhase::kFailed;
  }
  return v1::RuntimePhase::kPending;
}

std::map<std::string, std::string> environment_of(const json::Value& env) {
  std::map<std::string, std::string> out;
  if (const auto* entries = env.as<json::Array>())
    for (const json::Value& entry : *entries) out[std::string(entry.text({"name"}))] = entry.text({"value"});
  return out;
}

std::map<std::string, std::string> defaults_of(const std::optional<v1::ProviderDefaults>& defaults) {
  std::map<std::string, std::string> out;
  if (!defaults) return out;
  const auto put = [&](const char* key, const std::string& value) {
    if (!value.empty()) out[key] = value;
  };
  put("datastore", defaults->datastore);
  put("cluster", defaults->cluster);
  put("folder", defaults->folder);
  put("storagePod", defaults->storage_pod);
  return out;
}

Result<std::map<std::string, std::string>> bytes_of(const api::core::Secret& secret) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : secret.data)
    out[name] = TRY(parse_base64(value).context("Secret " + secret.meta.key().to_string() + ", key " + name));
  return out;
}

v1::ReportedCapabilities reported(const provider::Capabilities& c) {
  return {.supports_reconfigure_online = c.reconfigure_online,
          .supports_disk_expansion_online = c.disk_expansion_online,
          .supports_snapshots = c.snapshots,
          .supports_memory_snapshots = c.memory_snapshots,
          .supports_linked_clones = c.linked_clones,
          .supports_image_import = c.image_import,
          .supports_disk_export = c.disk_export,
          .supports_disk_import = c.disk_import,
          .supports_export_compression = c.export_compression,
          .supported_disk_types = c.disk_types,
          .supported_network_types = c.network_types,
          .supported_export_formats = c.export_formats,
          .supported_import_formats = c.import_formats,
          .supported_export_backends = c.export_backends,
          .supported_import_backends = c.import_backends,
          .supported_transfer_modes = c.transfer_modes};
}

Duration interval_of(const v1::Provider& provider) {
  const auto parsed = parse_duration(provider.spec.health_check ? provider.spec.health_check->interval : "30s");
  return std::max<Duration>(kHealthIntervalMin, parsed.ok() ? *parsed : Duration(std::chrono::seconds(30)));
}

}  // namespace

Result<runtime::Action> ProviderReconciler::reconcile(const ObjectKey& key) {
  const auto cached = find_cached(context_.stores.providers, writes_, key);
  if (!cached) {
    context_.runtime.remove(key);
    const Lock lock(mutex_);
    disagreeing_.erase(key);
    return Action::wait_for_change();
  }
  TRY(check_cached(context_.api, writes_, *cached, context_.api_call()));
  if (cached->meta.is_deleting()) return tear_down(*cached);
  if (!cached->meta.has_finalizer(kProviderFinalizer)) {
    TRY(runtime::add_finalizer(context_.api, v1::Provider::kResource, cached->meta, kProviderFinalizer, {},
                               context_.api_call()));
    return Action::wait_for_change();
  }

  v1::Provider provider = *cached;
  provider.status.observed_generation = provider.meta.generation;
  provider.status.connected_vms =
      static_cast<std::int32_t>(context_.stores.machines.by_index(kByProvider, key.to_string()).size());
  const auto state = start(provider);
  if (state.ok() && state->phase == RuntimeState::Phase::kRunning)
    look_after_health(provider);
  else
    provider.status.healthy = false;
  const bool ready = provider.status.healthy;
  const api::Condition* available = api::find_condition(provider.status.conditions, condition::kProviderAvailable);
  set(provider, context_.clock, condition::kReady, ready ? ConditionStatus::kTrue : ConditionStatus::kFalse,
      ready       ? reason::kReconcileSuccess
      : available ? available->reason
                  : reason::kProviderError,
      ready       ? "The hypervisor answers."
      : available ? available->message
                  : "The provider has not been reached yet.");
  TRY(publish(*cached, provider));
  return Action::look_again_in(interval_of(provider));
}

Result<runtime::Action> ProviderReconciler::tear_down(v1::Provider provider) {
  if (!provider.meta.has_finalizer(kProviderFinalizer)) return Action::wait_for_change();
  const auto machines = context_.stores.machines.by_index(kByProvider, provider.meta.key().to_string());
  if (machines.empty()) {
    TRY(runtime::remove_finalizer(context_.api, v1::Provider::kResource, provider.meta, kProviderFinalizer,
                                  context_.api_call()));
    return Action::wait_for_change();
  }
  const v1::Provider before = provider;
  set(provider, context_.clock, condition::kDeleting, ConditionStatus::kFalse, reason::kInUse,
      "Held by " + std::to_string(machines.size()) + " VirtualMachine(s), among them " +
          machines.front()->meta.key().to_string() +
          ". Delete them first: without their Provider nobody could remove their machines.");
  TRY(start(provider));  // they still need it
  TRY(publish(before, provider));
  return Action::wait_for_change();  // the last machine's end brings us back
}

Result<provider::ProviderProcess> ProviderReconciler::process_of(v1::Provider& provider) const {
  const ObjectKey secret_key = api::resolve(provider.spec.credential_secret_ref, provider.meta);
  if (secret_key.name.empty()) return Error(Code::kNotFound, "spec.credentialSecretRef: is not set");
  const auto secret = context_.stores.secrets.get(secret_key);
  if (!secret)
    return Error(Code::kNotFound, "spec.credentialSecretRef: there is no Secret " + secret_key.to_string())
        .with_hint(
            "Create it (it may be empty where the hypervisor asks for no credentials); the Provider goes on by "
            "itself.");
  provider::ProviderProcess process{.key = provider.meta.key(),
                                    .uid = provider.meta.uid,
                                    .type = std::string(schema::name_of(provider.spec.type)),
                                    .endpoint = provider.spec.endpoint,
                                    .insecure_skip_verify = provider.spec.insecure_skip_verify,
                                    .env = environment_of(provider.spec.runtime.env),
                                    .defaults = defaults_of(provider.spec.defaults),
                                    .credentials = {},
                                    .log_level = std::string(schema::name_of(provider.spec.runtime.log_level)),
                                    .log_format = std::string(schema::name_of(provider.spec.runtime.log_format)),
                                    .runtime = {},
                                    .credentials_secret = secret_key.name,
                                    .tls_secret = {},
                                    .tls = {}};
  process.credentials = TRY(bytes_of(*secret));
  if (!context_.runtime.is_remote()) return process;
  if (secret_key.namespace_ != provider.meta.namespace_)
    return Error(Code::kInvalidArgument,
                 "spec.credentialSecretRef.namespace: a pod can use Secrets of its own "
                 "namespace only, which is " +
                     provider.meta.namespace_);
  process.runtime = schema::encode(provider.spec.runtime);
  TRY(add_tls(provider, process));
  return process;
}

// What both ends show each other, and the condition that tells of it. kFailedPrecondition: something is missing.
Status ProviderReconciler::add_tls(v1::Provider& provider, provider::ProviderProcess& process) const {
  const auto tell = [&](ConditionStatus status, std::string_view why, const std::string& message) {
    set(provider, context_.clock, condition::kTlsConfigured, status, why, message);
    return Error(Code::kFailedPrecondition, message);
  };
  const std::string field = "spec.runtime.service.tls";
  const auto& service = provider.spec.runtime.service;
  if (!service || !service->tls)
    return tell(ConditionStatus::kFalse, reason::kTlsBlockMissing,
                field + ": is not set; name a Secret in secretRef, or set enabled: false for plaintext");
  const v1::ServiceTls& tls = *service->tls;
  process.is_plaintext = !tls.enabled;
  process.skip_server_check = tls.insecure_skip_verify;
  if (!tls.enabled) {
    (void)tell(ConditionStatus::kFalse, reason::kTlsDisabled, field + ".enabled is false: the connection is plaintext");
    return {};
  }
  if (!tls.secret_ref || tls.secret_ref->name.empty())
    return tell(ConditionStatus::kFalse, reason::kTlsSecretRefMissing, field + ".secretRef: is not set");
  const ObjectKey key{provider.meta.namespace_, tls.secret_ref->name};
  const auto secret = context_.stores.secrets.get(key);
  if (!secret)
    return tell(ConditionStatus::kFalse, reason::kTlsSecretMissing,
                field + ".secretRef: there is no Secret " + key.to_string());
  process.tls_secret = key.name;
  process.tls = TRY(bytes_of(*secret));
  for (const char* name : {"tls.crt", "tls.key", "ca.crt"})
    if (!process.tls.contains(name))
      return tell(ConditionStatus::kFalse, reason::kTlsSecretMissing,
                  field + ".secretRef: Secret " + key.to_string() + " has no " + name);
  (void)tell(ConditionStatus::kTrue, reason::kTlsEnabled, "Manager and provider prove to each other who they are.");
  return {};
}

// The process, and what the status says of it.
Result<RuntimeState> ProviderReconciler::start(v1::Provider& provider) {
  v1::ProviderRuntimeStatus status = provider.status.runtime.value_or(v1::ProviderRuntimeStatus{});
  status.mode = v1::RuntimeMode::kRemote;
  auto process = process_of(provider);
  auto state = process.ok() ? context_.runtime.ensure(*process) : Result<RuntimeState>(process.take_error());
  if (!state.ok()) {
    const bool credentials = state.error().is(Code::kNotFound), tls = state.error().is(Code::kFailedPrecondition);
    const std::string_view why = credentials ? reason::kCredentialsMissing
                                 : tls       ? reason::kTlsNotConfigured
                                             : reason::kRuntimeFailed;
    status.phase = v1::RuntimePhase::kFailed;
    status.message = state.error().to_string();
    set(provider, context_.clock, condition::kProviderRuntimeReady, ConditionStatus::kFalse, why, status.message);
    set(provider, context_.clock, condition::kProviderAvailable, ConditionStatus::kFalse, why, status.message);
  } else {
    status.phase = phase_of(state->phase);
    status.message = state->message;
    status.endpoint = state->endpoint;
    if (!state->service.empty()) status.service_ref = api::core::LocalObjectRef{.name = state->service};
    status.ready_replicas = state->ready_replicas;
    status.available_replicas = state->available_replicas;
    const bool running = state->phase == RuntimeState::Phase::kRunning;
    const bool failed = state->phase == RuntimeState::Phase::kFailed;
    set(provider, context_.clock, condition::kProviderRuntimeReady,
        running ? ConditionStatus::kTrue : ConditionStatus::kFalse,
        running  ? reason::kRuntimeReady
        : failed ? reason::kRuntimeFailed
                 : reason::kRuntimeStarting,
        running                  ? "The provider process runs."
        : state->message.empty() ? "The provider process is starting."
                                 : state->message);
    if (!running)
      set(provider, context_.clock, condition::kProviderAvailable, ConditionStatus::kFalse,
          failed ? reason::kRuntimeFailed : reason::kRuntimeStarting,
          state->message.empty() ? "The provider process is starting." : state->message);
  }
  provider.status.runtime = std::move(status);
  return state;
}

// One question per interval, answered by the provider from its own session.
void ProviderReconciler::look_after_health(v1::Provider& provider) {
  const v1::ProviderHealthCheck check = provider.spec.health_check.value_or(v1::ProviderHealthCheck{});
  auto session = context_.providers.find(provider.meta.key());
  auto health =
      session.ok() ? (*session)->check(context_.provider_call()) : Result<provider::Health>(session.take_error());
  const bool answers = health.ok() && health->ok;
  const std::string message = health.ok() ? health->message : health.error().to_string();

  const api::Condition* told = api::find_condition(provider.status.conditions, condition::kProviderAvailable);
  const bool first =
      told == nullptr || told->reason == reason::kRuntimeStarting || told->reason == reason::kRuntimeFailed;
  bool believed = first || answers == provider.status.healthy;
  {
    const Lock lock(mutex_);
    if (believed)
      disagreeing_.erase(provider.meta.key());
    else
      believed = ++disagreeing_[provider.meta.key()] >= (answers ? check.success_threshold : check.failure_threshold);
    if (believed) disagreeing_.erase(provider.meta.key());
  }
  if (!believed) return;
  if (first || answers != provider.status.healthy) {
    provider.status.last_health_check = context_.clock.wall();
    log::info(
        "provider health",
        {{"provider", provider.meta.key().to_string()}, {"healthy", answers ? "true" : "false"}, {"message", message}});
  }
  provider.status.healthy = answers;
  set(provider, context_.clock, condition::kProviderAvailable,
      answers ? ConditionStatus::kTrue : ConditionStatus::kFalse,
      answers ? reason::kRemoteAvailable : reason::kProviderUnreachable, answers ? "The hypervisor answers." : message);
  if (!answers) return;

  auto capabilities = (*session)->capabilities(context_.provider_call());
  if (!capabilities.ok()) {
    set(provider, context_.clock, condition::kCapabilitiesReported, ConditionStatus::kFalse,
        reason::kCapabilitiesUnavailable, capabilities.error().to_string());
    return;
  }
  provider.status.version = capabilities->hypervisor_version;
  provider.status.reported_capabilities = reported(*capabilities);
  set(provider, context_.clock, condition::kCapabilitiesReported, ConditionStatus::kTrue, reason::kCapabilitiesFetched,
      "The provider says what it can.");
}

Status ProviderReconciler::publish(const v1::Provider& before, const v1::Provider& after) {
  TRY(publish_status(context_.api, writes_, before, after, context_.api_call()));
  return {};
}

}  // namespace rig::controllers
