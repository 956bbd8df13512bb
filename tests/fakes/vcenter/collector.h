// fakes/vcenter/collector.h — the PropertyCollector: which objects a specification selects, what they have, and what of
// it changed since a client last heard.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/vcenter/tree.h"

namespace rig::fakes::vcenter {

class Center;
struct Object;

struct Reported {  // of one object: what the client knows, in the order of the filter's paths
  std::uint64_t seen = 0;
  Trees values;
};
struct Filter {
  Ref self;
  Tree spec;
  std::map<Ref, Reported> known;
};
struct Collector {
  Ref self;
  std::string session;
  std::vector<Filter> filters;
  std::string version;  // that was answered last
  int last_version = 0;
  std::uint64_t seen = 0;  // Center::change() when nothing was left to tell
  int waiting = 0;         // a number for each call that waits; an older one is over
};

// InvalidProperty, InvalidArgument, ManagedObjectNotFound: what is wrong with it.
Status check_spec(Center& center, const Tree& spec);
// ObjectContents. Nobody is logged in: NotAuthenticated instead of each property.
Result<Trees> retrieve(Center& center, const Trees& specs, bool is_anonymous);
// An UpdateSet, or null when nothing has happened.
Result<Tree> updates(Center& center, Collector& collector, std::size_t objects_max);

}  // namespace rig::fakes::vcenter
