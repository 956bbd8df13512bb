// apiserver/routes/watch_stream.h — watches as a client sees them: events in the form it asked for, ended in time.
#pragma once

#include <memory>
#include <vector>

#include "apiserver/api_server.h"
#include "apiserver/routes/media.h"
#include "apiserver/routes/table.h"
#include "base/clock.h"

namespace rig::apiserver {

struct WatchForm {
  const api::KindInfo& kind;
  Media media;
  Include include = Include::kMetadata;
};

// Ends at `end` and after an ERROR event.
std::unique_ptr<EventStream> watch_stream(std::unique_ptr<Watch> watch, const WatchForm& form, Time end,
                                          const Clock& clock);

}  // namespace rig::apiserver
