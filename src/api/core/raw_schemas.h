// api/core/raw_schemas.h — Kubernetes types that we only pass through: checked by their OpenAPI schema, never read.
#pragma once

#include "schema/type_info.h"

namespace rig::api::core {

const schema::TypeInfo& affinity();
const schema::TypeInfo& env_vars();
const schema::TypeInfo& local_object_refs();
const schema::TypeInfo& probe();
const schema::TypeInfo& resource_requirements();
const schema::TypeInfo& security_context();
const schema::TypeInfo& tolerations();
const schema::TypeInfo& volume_claim_spec();

}  // namespace rig::api::core
