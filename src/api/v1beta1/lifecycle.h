// api/v1beta1/lifecycle.h — what to do after a machine has started and before it stops.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/type_info.h"

namespace rig::api::v1beta1 {

enum class HttpScheme : std::uint8_t { kHttp, kHttps };

struct ExecAction {
  std::vector<std::string> command;
};

struct HttpGetAction {
  std::string host;
  std::int32_t port = 0;
  std::string path;
  HttpScheme scheme = HttpScheme::kHttp;
};

struct SnapshotAction {
  std::string name, description;
  std::optional<bool> include_memory;
};

struct LifecycleHandler {
  std::optional<ExecAction> exec;
  std::optional<HttpGetAction> http_get;
  std::optional<SnapshotAction> snapshot;
};

struct Lifecycle {
  std::string graceful_shutdown_timeout = "60s";
  std::optional<LifecycleHandler> post_start, pre_stop;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::HttpScheme> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ExecAction> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::HttpGetAction> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotAction> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LifecycleHandler> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Lifecycle> { static const TypeInfo& info(); };
// clang-format on
