// api/core/local_object_ref.cc — the rows of local_object_ref.h.
#include "api/core/local_object_ref.h"

namespace rig::schema {

const TypeInfo& Describe<api::core::LocalObjectRef>::info() {
  using api::core::LocalObjectRef;
  static const TypeInfo t = object("LocalObjectReference", "Name of an object in the same namespace.",
                                   {
                                       field<&LocalObjectRef::name>("name").def(R"("")").doc("Name of the object."),
                                   });
  return t;
}

}  // namespace rig::schema
