// vsphere/shutdown.h — a shutdown with a deadline, before anybody waits for it.
#pragma once

#include "hypervisor/vsphere/operations.h"

namespace rig::vsphere {

// Writes into the machine's stamp when its power is cut, unless an earlier time stands there: so it is cut in time even
// when this process ends now. Nothing is asked of the machine yet; power_off() of operations.h goes on from there.
Status promise_power_off(const Host& host, const provider::MachineRef& ref, WallTime hard_at, const Call& call);

// When the power of a machine is to be cut, as its stamp says; none: it is not to be.
Result<std::optional<WallTime>> promised_power_off(const Host& host, const provider::MachineRef& ref, const Call& call);

}  // namespace rig::vsphere
