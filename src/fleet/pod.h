// fleet/pod.h — the Service and the Deployment of a Provider, as JSON. Pure.
//
// Names, labels, arguments, environment and mounts are the reference's, so that one manager may follow the other.
// Where we differ, and why, stands in docs/adr/0005-provider-pods.md.
#pragma once

#include <string>

#include "base/json/json.h"
#include "provider/runtime.h"

namespace rig::fleet {

// "virtrigaud-provider-<namespace>-<name>"; one that is no DNS label of 63 characters is cut, and ends in a digest.
std::string pod_name(const ObjectKey& provider);
// "<name>.<namespace>.svc.cluster.local": where the manager reaches it, and what its certificate must say.
std::string pod_host(const ObjectKey& provider);
int pod_port(const provider::ProviderProcess& process);

// kInvalidArgument: spec.runtime is not what its schema says.
Result<json::Value> service_of(const provider::ProviderProcess& process);
Result<json::Value> deployment_of(const provider::ProviderProcess& process);

// A digest of what was asked for, as an annotation: fields that are gone from it are noticed, too.
inline constexpr std::string_view kDigestAnnotation = "virtrigaud.io/digest";
// Whether `found`, which the API server has filled with defaults, is what was asked for.
bool is_as_asked(const json::Value& found, const json::Value& wanted);
// `found` turned into what is wanted: for a replace. What is not ours (allocated addresses, others' labels) stays.
json::Value turned(const json::Value& found, const json::Value& wanted);

}  // namespace rig::fleet
