// api/v1beta1/provider_runtime.h — how and where the process runs that serves a Provider.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "api/core/local_object_ref.h"
#include "schema/type_info.h"

namespace rig::api::v1beta1 {

enum class RuntimeMode : std::uint8_t { kRemote };

enum class ImagePullPolicy : std::uint8_t { kAlways, kIfNotPresent, kNever };

enum class LogFormat : std::uint8_t { kText, kJson };

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

enum class RuntimePhase : std::uint8_t { kPending, kStarting, kRunning, kStopping, kFailed };

struct ServiceTls {
  bool enabled = true;
  std::optional<core::LocalObjectRef> secret_ref;
  bool insecure_skip_verify = false;
};

struct ProviderService {
  std::int32_t port = 9443;
  std::optional<ServiceTls> tls;
};

struct ProviderRuntime {
  RuntimeMode mode = RuntimeMode::kRemote;
  std::string image;
  ImagePullPolicy image_pull_policy = ImagePullPolicy::kIfNotPresent;
  json::Value image_pull_secrets;
  std::int32_t replicas = 1;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  json::Value env;
  std::optional<ProviderService> service;
  json::Value resources, security_context;
  std::map<std::string, std::string> node_selector;
  json::Value tolerations, affinity, liveness_probe, readiness_probe;
};

struct ProviderRuntimeStatus {
  std::optional<RuntimeMode> mode;
  std::optional<RuntimePhase> phase;
  std::string message, endpoint;
  std::optional<core::LocalObjectRef> service_ref;
  std::optional<std::int32_t> ready_replicas, available_replicas;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::RuntimeMode> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImagePullPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LogFormat> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LogLevel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::RuntimePhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ServiceTls> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderService> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderRuntime> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderRuntimeStatus> { static const TypeInfo& info(); };
// clang-format on
