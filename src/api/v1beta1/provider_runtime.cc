// api/v1beta1/provider_runtime.cc — the rows of provider_runtime.h.
#include "api/v1beta1/provider_runtime.h"

#include "api/core/raw_schemas.h"
#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<RuntimeMode>::info() {
  using enum RuntimeMode;
  static const TypeInfo t = enumeration<RuntimeMode>("RuntimeMode", "How a provider runs.", {
      {kRemote, "Remote", "In a process of its own: a Deployment in a cluster, a child process in standalone."},
  });
  return t;
}

const TypeInfo& Describe<ImagePullPolicy>::info() {
  using enum ImagePullPolicy;
  static const TypeInfo t = enumeration<ImagePullPolicy>("ImagePullPolicy", "When the container image is pulled.", {
      {kAlways, "Always", "Each time a pod starts."},
      {kIfNotPresent, "IfNotPresent", "When the node does not have it."},
      {kNever, "Never", "Never; the node must have it."},
  });
  return t;
}

const TypeInfo& Describe<LogFormat>::info() {
  using enum LogFormat;
  static const TypeInfo t = enumeration<LogFormat>("LogFormat", "How log lines are written.", {
      {kText, "text", "For people."},
      {kJson, "json", "One JSON object a line."},
  });
  return t;
}

const TypeInfo& Describe<LogLevel>::info() {
  using enum LogLevel;
  static const TypeInfo t = enumeration<LogLevel>("LogLevel", "Which log lines are written.", {
      {kDebug, "debug", "All."},
      {kInfo, "info", "What happens."},
      {kWarn, "warn", "What somebody should look at."},
      {kError, "error", "What went wrong."},
  });
  return t;
}

const TypeInfo& Describe<RuntimePhase>::info() {
  using enum RuntimePhase;
  static const TypeInfo t = enumeration<RuntimePhase>("RuntimePhase", "Where the provider's process is in its life.", {
      {kPending, "Pending", "Not started yet."},
      {kStarting, "Starting", "Started, not answering yet."},
      {kRunning, "Running", "Answering."},
      {kStopping, "Stopping", "Being stopped."},
      {kFailed, "Failed", "It cannot be started; `message` says why."},
  });
  return t;
}

const TypeInfo& Describe<ServiceTls>::info() {
  static const TypeInfo t = object("ServiceTls", "TLS between the manager and the provider.", {
      field<&ServiceTls::enabled>("enabled").cluster_only().def("true")
          .doc("Whether the connection is encrypted and both ends prove who they are."),
      field<&ServiceTls::secret_ref>("secretRef").cluster_only().atomic_map()
          .doc("Secret with tls.crt, tls.key and ca.crt for both ends."),
      field<&ServiceTls::insecure_skip_verify>("insecureSkipVerify").cluster_only().def("false")
          .doc("Whether the manager accepts any server certificate. For tests only."),
  });
  return t;
}

const TypeInfo& Describe<ProviderService>::info() {
  static const TypeInfo t = object("ProviderService", "The Service in front of the provider.", {
      field<&ProviderService::port>("port").cluster_only().def("9443").range(1024, 65535)
          .doc("TCP port of its gRPC server."),
      field<&ProviderService::tls>("tls").cluster_only()
          .doc("TLS between the manager and the provider. In standalone they talk over a unix socket that only the "
               "user may open."),
  });
  return t;
}

const TypeInfo& Describe<ProviderRuntime>::info() {
  static const TypeInfo t = object("ProviderRuntime", "How the provider runs.", {
      field<&ProviderRuntime::mode>("mode").def(R"("Remote")").doc("How the provider runs."),
      field<&ProviderRuntime::image>("image").required().pattern(kImagePattern).cluster_only()
          .doc("Container image of the provider, such as registry:5000/virtrigaud/provider-libvirt:v0.4.0. "
               "Standalone uses its own program and does not look at this."),
      field<&ProviderRuntime::image_pull_policy>("imagePullPolicy").def(R"("IfNotPresent")").cluster_only()
          .doc("When the image is pulled."),
      raw_field<&ProviderRuntime::image_pull_secrets>("imagePullSecrets", &core::local_object_refs).cluster_only()
          .doc("Secrets with credentials for the registry."),
      field<&ProviderRuntime::replicas>("replicas").def("1").range(1, 10).cluster_only()
          .doc("Number of pods. One serves; more stand by."),
      field<&ProviderRuntime::log_level>("logLevel").def(R"("info")").doc("Which log lines the provider writes."),
      field<&ProviderRuntime::log_format>("logFormat").def(R"("text")").doc("How the provider writes log lines."),
      raw_field<&ProviderRuntime::env>("env", &core::env_vars).secret()
          .doc("Further environment variables; they win over those that are set for every provider."),
      field<&ProviderRuntime::service>("service").cluster_only().doc("The Service in front of the provider."),
      raw_field<&ProviderRuntime::resources>("resources", &core::resource_requirements).cluster_only()
          .doc("CPU and memory that the pod requests and may use."),
      raw_field<&ProviderRuntime::security_context>("securityContext", &core::security_context).cluster_only()
          .doc("Security context of the container, instead of the strict one it has otherwise."),
      field<&ProviderRuntime::node_selector>("nodeSelector").cluster_only()
          .doc("Labels that a node must have to run the pod."),
      raw_field<&ProviderRuntime::tolerations>("tolerations", &core::tolerations).cluster_only()
          .doc("Taints of nodes that the pod tolerates."),
      raw_field<&ProviderRuntime::affinity>("affinity", &core::affinity).cluster_only()
          .doc("Rules about the node that runs the pod."),
      raw_field<&ProviderRuntime::liveness_probe>("livenessProbe", &core::probe).cluster_only()
          .doc("How the kubelet finds that the provider must be restarted, instead of the built-in way."),
      raw_field<&ProviderRuntime::readiness_probe>("readinessProbe", &core::probe).cluster_only()
          .doc("How the kubelet finds that the provider is ready, instead of the built-in way."),
  });
  return t;
}

const TypeInfo& Describe<ProviderRuntimeStatus>::info() {
  static const TypeInfo t = object("ProviderRuntimeStatus", "How the provider's process does.", {
      field<&ProviderRuntimeStatus::mode>("mode").doc("How the provider runs."),
      field<&ProviderRuntimeStatus::phase>("phase").doc("Where the process is in its life."),
      field<&ProviderRuntimeStatus::message>("message").doc("One sentence for a person."),
      field<&ProviderRuntimeStatus::endpoint>("endpoint")
          .doc("Where the manager reaches the provider: host:port, or the path of a unix socket."),
      field<&ProviderRuntimeStatus::service_ref>("serviceRef").atomic_map()
          .doc("The Service in front of the provider."),
      field<&ProviderRuntimeStatus::ready_replicas>("readyReplicas").doc("Number of pods that answer."),
      field<&ProviderRuntimeStatus::available_replicas>("availableReplicas")
          .doc("Number of pods that have answered for a while."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
