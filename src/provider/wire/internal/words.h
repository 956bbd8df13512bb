// provider/wire/internal/words.h — words that both ends must spell alike and that no .proto holds.
#pragma once

namespace rig::provider::wire {

inline constexpr char kMachinesFeature[] = "machines.v1";      // of GetCapabilities: service Machines is served
inline constexpr char kRequestId[] = "rig-request-id";         // request metadata: Call::request_id
inline constexpr char kConsoleIsOpen[] = "rig-console-open";   // initial metadata of OpenConsole
inline constexpr char kHint[] = "rig-hint-bin";                // trailing metadata: Error::hint(); "-bin": any bytes
inline constexpr char kRetryAfterMs[] = "rig-retry-after-ms";  // trailing metadata: Error::retry_after()

}  // namespace rig::provider::wire
