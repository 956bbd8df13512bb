// api/core/raw_schemas.cc — the schemas, put together from parts that repeat. Lists are atomic where nothing is said.
#include "api/core/raw_schemas.h"

#include <string>

namespace rig::api::core {
namespace {

using schema::TypeInfo;

std::string list_of(const std::string& item) { return R"({"type": "array", "items": )" + item + "}"; }

std::string strings() { return list_of(R"({"type": "string"})"); }

std::string map_of(const std::string& value) { return R"({"type": "object", "additionalProperties": )" + value + "}"; }

std::string quantity() {
  return R"json({"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true, "pattern":
    "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|)json"
         R"json(([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$"})json";
}

std::string requirements() {
  return list_of(R"({"type": "object", "required": ["key", "operator"], "properties": {
    "key": {"type": "string"}, "operator": {"type": "string"}, "values": )" +
                 strings() + "}}");
}

std::string label_selector() {
  return R"({"type": "object", "x-kubernetes-map-type": "atomic", "properties": {
    "matchLabels": )" +
         map_of(R"({"type": "string"})") + R"(,
    "matchExpressions": )" +
         requirements() + "}}";
}

std::string node_selector_term() {
  return R"({"type": "object", "x-kubernetes-map-type": "atomic", "properties": {
    "matchExpressions": )" +
         requirements() + R"(, "matchFields": )" + requirements() + "}}";
}

std::string pod_affinity_term() {
  return R"({"type": "object", "required": ["topologyKey"], "properties": {
    "labelSelector": )" +
         label_selector() + R"(, "namespaceSelector": )" + label_selector() + R"(,
    "matchLabelKeys": )" +
         strings() + R"(, "mismatchLabelKeys": )" + strings() + R"(,
    "namespaces": )" +
         strings() + R"(, "topologyKey": {"type": "string"}}})";
}

// Pod affinity and anti-affinity have the same form.
std::string pod_affinity() {
  return R"({"type": "object", "properties": {
    "requiredDuringSchedulingIgnoredDuringExecution": )" +
         list_of(pod_affinity_term()) + R"(,
    "preferredDuringSchedulingIgnoredDuringExecution": )" +
         list_of(R"({"type": "object", "required": ["podAffinityTerm", "weight"], "properties": {
      "podAffinityTerm": )" +
                 pod_affinity_term() + R"(, "weight": {"type": "integer", "format": "int32"}}})") +
         "}}";
}

std::string node_affinity() {
  return R"({"type": "object", "properties": {
    "requiredDuringSchedulingIgnoredDuringExecution": {"type": "object", "x-kubernetes-map-type": "atomic",
      "required": ["nodeSelectorTerms"], "properties": {"nodeSelectorTerms": )" +
         list_of(node_selector_term()) + R"(}},
    "preferredDuringSchedulingIgnoredDuringExecution": )" +
         list_of(R"({"type": "object", "required": ["preference", "weight"], "properties": {
      "preference": )" +
                 node_selector_term() + R"(, "weight": {"type": "integer", "format": "int32"}}})") +
         "}}";
}

}  // namespace

const TypeInfo& affinity() {
  static const std::string text = R"({"type": "object", "properties": {"nodeAffinity": )" + node_affinity() +
                                  R"(, "podAffinity": )" + pod_affinity() + R"(, "podAntiAffinity": )" +
                                  pod_affinity() + "}}";
  static const TypeInfo t = schema::raw("Affinity", "Which nodes may run a pod (core/v1 Affinity).", text);
  return t;
}

const TypeInfo& env_vars() {
  static const std::string key_ref = R"({"type": "object", "x-kubernetes-map-type": "atomic", "required": ["key"],
    "properties": {"name": {"type": "string", "default": ""}, "key": {"type": "string"},
                   "optional": {"type": "boolean"}}})";
  static const std::string text = R"({"type": "array", "maxItems": 50, "items": {
    "type": "object", "required": ["name"], "properties": {
      "name": {"type": "string"}, "value": {"type": "string"},
      "valueFrom": {"type": "object", "properties": {
        "configMapKeyRef": )" + key_ref +
                                  R"(, "secretKeyRef": )" + key_ref + R"(,
        "fieldRef": {"type": "object", "x-kubernetes-map-type": "atomic", "required": ["fieldPath"],
          "properties": {"apiVersion": {"type": "string"}, "fieldPath": {"type": "string"}}},
        "resourceFieldRef": {"type": "object", "x-kubernetes-map-type": "atomic", "required": ["resource"],
          "properties": {"containerName": {"type": "string"}, "resource": {"type": "string"},
                         "divisor": )" +
                                  quantity() + "}}}}}}}";
  static const TypeInfo t = schema::raw("EnvVars", "Environment variables of a container (core/v1 EnvVar).", text);
  return t;
}

const TypeInfo& local_object_refs() {
  static const TypeInfo t = schema::raw("LocalObjectReferences", "Names of objects in the same namespace.",
                                        R"({"type": "array", "maxItems": 10, "items": {
    "type": "object", "x-kubernetes-map-type": "atomic", "properties": {"name": {"type": "string", "default": ""}}}})");
  return t;
}

const TypeInfo& probe() {
  static const TypeInfo t = schema::raw("Probe", "How a container is asked how it does (core/v1 Probe).", R"json({
    "type": "object", "properties": {
      "exec": {"type": "object", "properties": {"command": {"type": "array", "items": {"type": "string"}}}},
      "grpc": {"type": "object", "required": ["port"], "properties": {
        "port": {"type": "integer", "format": "int32"}, "service": {"type": "string", "default": ""}}},
      "httpGet": {"type": "object", "required": ["port"], "properties": {
        "host": {"type": "string"}, "path": {"type": "string"}, "scheme": {"type": "string"},
        "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true},
        "httpHeaders": {"type": "array", "items": {"type": "object", "required": ["name", "value"],
          "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}}}},
      "tcpSocket": {"type": "object", "required": ["port"], "properties": {
        "host": {"type": "string"},
        "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true}}},
      "failureThreshold": {"type": "integer", "format": "int32"},
      "initialDelaySeconds": {"type": "integer", "format": "int32"},
      "periodSeconds": {"type": "integer", "format": "int32"},
      "successThreshold": {"type": "integer", "format": "int32"},
      "terminationGracePeriodSeconds": {"type": "integer", "format": "int64"},
      "timeoutSeconds": {"type": "integer", "format": "int32"}}})json");
  return t;
}

const TypeInfo& resource_requirements() {
  static const std::string text = R"({"type": "object", "properties": {
    "claims": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
      "items": {"type": "object", "required": ["name"],
                "properties": {"name": {"type": "string"}, "request": {"type": "string"}}}},
    "limits": )" + map_of(quantity()) +
                                  R"(, "requests": )" + map_of(quantity()) + "}}";
  static const TypeInfo t = schema::raw("ResourceRequirements", "What a container requests and may use.", text);
  return t;
}

const TypeInfo& security_context() {
  static const TypeInfo t =
      schema::raw("SecurityContext", "Privileges of a container (core/v1 SecurityContext).", R"json({
    "type": "object", "properties": {
      "allowPrivilegeEscalation": {"type": "boolean"},
      "appArmorProfile": {"type": "object", "required": ["type"], "properties": {
        "localhostProfile": {"type": "string"}, "type": {"type": "string"}}},
      "capabilities": {"type": "object", "properties": {
        "add": {"type": "array", "items": {"type": "string"}},
        "drop": {"type": "array", "items": {"type": "string"}}}},
      "privileged": {"type": "boolean"},
      "procMount": {"type": "string"},
      "readOnlyRootFilesystem": {"type": "boolean"},
      "runAsGroup": {"type": "integer", "format": "int64"},
      "runAsNonRoot": {"type": "boolean"},
      "runAsUser": {"type": "integer", "format": "int64"},
      "seLinuxOptions": {"type": "object", "properties": {
        "level": {"type": "string"}, "role": {"type": "string"}, "type": {"type": "string"},
        "user": {"type": "string"}}},
      "seccompProfile": {"type": "object", "required": ["type"], "properties": {
        "localhostProfile": {"type": "string"}, "type": {"type": "string"}}},
      "windowsOptions": {"type": "object", "properties": {
        "gmsaCredentialSpec": {"type": "string"}, "gmsaCredentialSpecName": {"type": "string"},
        "hostProcess": {"type": "boolean"}, "runAsUserName": {"type": "string"}}}}})json");
  return t;
}

const TypeInfo& tolerations() {
  static const TypeInfo t =
      schema::raw("Tolerations", "Taints of nodes that a pod tolerates (core/v1 Toleration).", R"({
    "type": "array", "maxItems": 20, "items": {"type": "object", "properties": {
      "effect": {"type": "string"}, "key": {"type": "string"}, "operator": {"type": "string"},
      "tolerationSeconds": {"type": "integer", "format": "int64"}, "value": {"type": "string"}}}})");
  return t;
}

const TypeInfo& volume_claim_spec() {
  static const std::string text = R"({"type": "object", "properties": {
    "accessModes": )" + strings() +
                                  R"(,
    "dataSource": {"type": "object", "x-kubernetes-map-type": "atomic", "required": ["kind", "name"], "properties": {
      "apiGroup": {"type": "string"}, "kind": {"type": "string"}, "name": {"type": "string"}}},
    "dataSourceRef": {"type": "object", "required": ["kind", "name"], "properties": {
      "apiGroup": {"type": "string"}, "kind": {"type": "string"}, "name": {"type": "string"},
      "namespace": {"type": "string"}}},
    "resources": {"type": "object", "properties": {
      "limits": )" + map_of(quantity()) +
                                  R"(, "requests": )" + map_of(quantity()) + R"(}},
    "selector": )" + label_selector() +
                                  R"(,
    "storageClassName": {"type": "string"}, "volumeAttributesClassName": {"type": "string"},
    "volumeMode": {"type": "string"}, "volumeName": {"type": "string"}}})";
  static const TypeInfo t = schema::raw("PersistentVolumeClaimSpec", "What a volume shall be like.", text);
  return t;
}

}  // namespace rig::api::core
