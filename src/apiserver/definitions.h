// apiserver/definitions.h — our own kinds as CustomResourceDefinitions.
//
// What describes a kind is what this program was built with: it is not stored and nobody may change it. The rest of a
// definition is an object like any other: labels and annotations are kept.
#pragma once

#include "apiserver/registry.h"

namespace rig::apiserver {

// Makes those that are not there, of the registry's kinds. May be run again.
Status lay_definitions(Registry& registry);

}  // namespace rig::apiserver
