// api/core/lease.cc — the rows of lease.h.
#include "api/core/lease.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<LeaseSpec>::info() {
  static const TypeInfo t = object("LeaseSpec", "Who holds a lease, and until when.", {
      field<&LeaseSpec::holder_identity>("holderIdentity").doc("Who holds it; nobody when empty."),
      field<&LeaseSpec::lease_duration_seconds>("leaseDurationSeconds")
          .doc("Seconds after renewTime that others wait before they take it."),
      field<&LeaseSpec::acquire_time>("acquireTime").doc("When the holder took it."),
      field<&LeaseSpec::renew_time>("renewTime").doc("When the holder last renewed it."),
      field<&LeaseSpec::lease_transitions>("leaseTransitions").doc("How often the holder has changed."),
      field<&LeaseSpec::strategy>("strategy").doc("How a holder is chosen when an election is coordinated."),
      field<&LeaseSpec::preferred_holder>("preferredHolder").doc("Who should take it from the holder."),
  });
  return t;
}

const TypeInfo& Describe<Lease>::info() {
  static const TypeInfo t = object("Lease", "Something that one at a time may hold, such as the lead.", {
      field<&Lease::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&Lease::spec>("spec").doc("Who holds it, and until when."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
