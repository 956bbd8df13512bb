// fleet/pod.cc — from a Provider to the objects that a cluster runs it by.
#include "fleet/pod.h"

#include <algorithm>

#include "api/v1beta1/provider_runtime.h"
#include "base/digest.h"
#include "fleet/limits.h"
#include "schema/walk.h"

namespace rig::fleet {
namespace {

using api::v1beta1::ProviderRuntime;
using json::Array;
using json::Object;
using json::Value;
using provider::ProviderProcess;

constexpr int kUser = 65532;  // of distroless images
constexpr int kHealthPort = 8080;

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLabelMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// A DNS label that two Providers never share.
std::string label_of(const std::string& text) {
  if (is_label(text)) return text;
  std::string out = text.substr(0, kLabelMax - 9);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_label(std::string(1, c)); }, '-');
  return out + "-" + sha256_hex(text).substr(0, 8);
}

Value labels_of(const ProviderProcess& process) {
  return Object{{"app.kubernetes.io/name", "virtrigaud-provider"},
                {"app.kubernetes.io/instance", label_of(process.key.name)},
                {"app.kubernetes.io/component", "provider"},
                {"app.kubernetes.io/managed-by", "virtrigaud"},
                {"virtrigaud.io/provider-type", process.type}};
}
Value selector_of(const ProviderProcess& process) {
  return Object{{"app.kubernetes.io/name", "virtrigaud-provider"},
                {"app.kubernetes.io/instance", label_of(process.key.name)}};
}

Value object_of(const ProviderProcess& process, std::string_view api_version, std::string_view kind, Value spec) {
  Value out = Object{{"apiVersion", api_version}, {"kind", kind}};
  out.set({"metadata", "name"}, pod_name(process.key));
  out.set({"metadata", "namespace"}, process.key.namespace_);
  out.set({"metadata", "labels"}, labels_of(process));
  out.set({"metadata", "ownerReferences"}, Array{Object{{"apiVersion", "infra.virtrigaud.io/v1beta1"},
                                                        {"kind", "Provider"},
                                                        {"name", process.key.name},
                                                        {"uid", process.uid},
                                                        {"controller", true}}});
  out["spec"] = std::move(spec);
  out.set({"metadata", "annotations", kDigestAnnotation}, sha256_hex(json::to_text(out)).substr(0, 16));
  return out;
}

Result<ProviderRuntime> runtime_of(const ProviderProcess& process) {
  return schema::decode<ProviderRuntime>(process.runtime).context("spec.runtime");
}

Value variable(std::string_view name, std::string_view value) { return Object{{"name", name}, {"value", value}}; }
Value variable_from(std::string_view name, std::string_view path) {
  Value out = Object{{"name", name}};
  out.set({"valueFrom", "fieldRef", "fieldPath"}, path);
  return out;
}
std::string_view word(bool yes) { return yes ? "true" : "false"; }

// In the reference's order; those of the user come last, because the last one of a name wins.
Array environment_of(const ProviderProcess& process, const ProviderRuntime& runtime) {
  Array out = {variable("PROVIDER_TYPE", process.type), variable("PROVIDER_ENDPOINT", process.endpoint),
               variable_from("PROVIDER_NAMESPACE", "metadata.namespace"),
               variable_from("PROVIDER_NAME", "metadata.labels['app.kubernetes.io/instance']"),
               variable("TLS_ENABLED", word(!process.is_plaintext))};
  if (process.is_plaintext) out.push_back(variable("VIRTRIGAUD_PROVIDER_INSECURE", "true"));
  out.push_back(variable("TLS_INSECURE_SKIP_VERIFY", word(process.insecure_skip_verify)));
  if (!process.log_level.empty()) out.push_back(variable("LOG_LEVEL", process.log_level));
  if (!process.log_format.empty()) out.push_back(variable("LOG_FORMAT", process.log_format));
  for (const auto& [name, value] : provider::variables_of_defaults(process)) out.push_back(variable(name, value));
  if (const auto* more = runtime.env.as<Array>()) out.insert(out.end(), more->begin(), more->end());
  return out;
}

struct Mounts {
  Array volumes, mounts;
  void secret(std::string_view name, const std::string& secret, std::string_view path) {
    Value volume = Object{{"name", name}};
    volume.set({"secret", "secretName"}, secret);
    volumes.push_back(std::move(volume));
    mounts.push_back(Object{{"name", name}, {"mountPath", path}, {"readOnly", true}});
  }
  void empty(std::string_view name, Object kind, std::string_view path) {
    volumes.push_back(Object{{"name", name}, {"emptyDir", std::move(kind)}});
    mounts.push_back(Object{{"name", name}, {"mountPath", path}});
  }
};

Mounts mounts_of(const ProviderProcess& process) {
  Mounts out;
  out.secret("provider-credentials", process.credentials_secret, "/etc/virtrigaud/credentials");
  if (!process.is_plaintext) out.secret("provider-tls", process.tls_secret, "/etc/virtrigaud/tls");
  out.empty("tmp", {}, "/tmp");
  if (process.type == "libvirt")
    out.empty("libvirt-ssh-key", {{"medium", "Memory"}, {"sizeLimit", "4Mi"}}, "/tmp/virtrigaud-libvirt");
  return out;
}

Value probe(std::string_view path, int delay_s, int period_s) {
  Value out = Object{{"initialDelaySeconds", delay_s}, {"periodSeconds", period_s}};
  out.set({"httpGet", "path"}, path);
  out.set({"httpGet", "port"}, kHealthPort);
  return out;
}
Value or_else(const Value& chosen, Value otherwise) { return chosen.is_null() ? std::move(otherwise) : chosen; }

Value container_of(const ProviderProcess& process, const ProviderRuntime& runtime, Array mounts) {
  const int port = pod_port(process);
  Value resources, security = Object{{"runAsNonRoot", true},
                                     {"runAsUser", kUser},
                                     {"readOnlyRootFilesystem", true},
                                     {"allowPrivilegeEscalation", false}};
  resources["requests"] = Object{{"cpu", "100m"}, {"memory", "128Mi"}};
  resources["limits"] = Object{{"cpu", "1"}, {"memory", "512Mi"}};
  security.set({"capabilities", "drop"}, Array{"ALL"});
  return Object{{"name", "provider"},
                {"image", runtime.image},
                {"imagePullPolicy", schema::name_of(runtime.image_pull_policy)},
                {"args", Array{"--port=" + std::to_string(port), "--health-port=" + std::to_string(kHealthPort)}},
                {"ports", Array{Object{{"name", "grpc"}, {"containerPort", port}, {"protocol", "TCP"}},
                                Object{{"name", "metrics"}, {"containerPort", kHealthPort}, {"protocol", "TCP"}}}},
                {"env", environment_of(process, runtime)},
                {"volumeMounts", std::move(mounts)},
                {"resources", or_else(runtime.resources, std::move(resources))},
                {"securityContext", or_else(runtime.security_context, std::move(security))},
                {"livenessProbe", or_else(runtime.liveness_probe, probe("/healthz", 15, 20))},
                {"readinessProbe", or_else(runtime.readiness_probe, probe("/readyz", 5, 10))}};
}

// Everything that `wanted` says stands in `found`, which may say more. Lists are compared item by item.
bool covers(const Value& found, const Value& wanted) {
  if (const auto* members = wanted.as<Object>()) {
    return std::all_of(members->begin(), members->end(), [&](const json::Member& member) {
      const Value* there = found.find(member.first);
      return there != nullptr && covers(*there, member.second);
    });
  }
  if (const auto* items = wanted.as<Array>()) {
    const auto* there = found.as<Array>();
    return there != nullptr && std::equal(there->begin(), there->end(), items->begin(), items->end(), covers);
  }
  return found == wanted;
}

}  // namespace

std::string pod_name(const ObjectKey& provider) {
  return label_of("virtrigaud-provider-" + provider.namespace_ + "-" + provider.name);
}
std::string pod_host(const ObjectKey& provider) {
  return pod_name(provider) + "." + provider.namespace_ + ".svc.cluster.local";
}
int pod_port(const ProviderProcess& process) {
  return static_cast<int>(process.runtime.integer({"service", "port"}, kProviderPort));
}

Result<Value> service_of(const ProviderProcess& process) {
  TRY(runtime_of(process));
  return object_of(
      process, "v1", "Service",
      Object{
          {"type", "ClusterIP"},
          {"selector", selector_of(process)},
          {"ports",
           Array{Object{{"name", "grpc"}, {"port", pod_port(process)}, {"targetPort", "grpc"}, {"protocol", "TCP"}},
                 Object{{"name", "metrics"}, {"port", kHealthPort}, {"targetPort", "metrics"}, {"protocol", "TCP"}}}}});
}

Result<Value> deployment_of(const ProviderProcess& process) {
  const ProviderRuntime runtime = TRY(runtime_of(process));
  Mounts mounts = mounts_of(process);
  Value pod = Object{{"containers", Array{container_of(process, runtime, std::move(mounts.mounts))}},
                     {"volumes", std::move(mounts.volumes)},
                     {"automountServiceAccountToken", false},
                     {"terminationGracePeriodSeconds", 30}};
  pod["securityContext"] = Object{{"runAsNonRoot", true}, {"fsGroup", kUser}};
  pod.set({"securityContext", "seccompProfile", "type"}, "RuntimeDefault");
  const std::pair<const char*, const Value&> as_they_are[] = {{"imagePullSecrets", runtime.image_pull_secrets},
                                                              {"tolerations", runtime.tolerations},
                                                              {"affinity", runtime.affinity}};
  for (const auto& [name, value] : as_they_are)
    if (!value.is_null()) pod[name] = value;
  for (const auto& [name, value] : runtime.node_selector) pod.set({"nodeSelector", name}, value);
  Value spec = Object{{"replicas", runtime.replicas}, {"selector", Object{{"matchLabels", selector_of(process)}}}};
  spec.set({"strategy", "type"}, "Recreate");
  spec.set({"template", "metadata", "labels"}, labels_of(process));
  spec.set({"template", "spec"}, std::move(pod));
  return object_of(process, "apps/v1", "Deployment", std::move(spec));
}

bool is_as_asked(const Value& found, const Value& wanted) { return covers(found, wanted); }

Value turned(const Value& found, const Value& wanted) {
  Value out = wanted;
  Value metadata = found.find("metadata") == nullptr ? Value() : *found.find("metadata");
  for (const auto& [key, value] : *wanted.at({"metadata"})->as<Object>()) {
    const auto* members = value.as<Object>();
    if (members == nullptr)
      metadata[key] = value;
    else
      for (const auto& [name, text] : *members) metadata.set({key, name}, text);
  }
  out["metadata"] = std::move(metadata);
  for (const char* allocated : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"})
    if (const Value* value = found.at({"spec", allocated})) out.set({"spec", allocated}, *value);
  return out;
}

}  // namespace rig::fleet
