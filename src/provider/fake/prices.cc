// provider/fake/prices.cc — what each change costs on this host.
#include "base/text.h"
#include "provider/fake/internal/world.h"

namespace rig::provider::fake {
namespace {

bool shrinks(const Change& change) {
  const auto from = parse_int(change.from), to = parse_int(change.to);
  return from.ok() && to.ok() && *to < *from;
}

// The first row that fits counts. A path that ends in '*' stands for all that begin so.
struct Row {
  std::string_view begins, ends;  // of the path; "" fits all
  bool (*fits)(const Change&, Power);
  Cost cost;
  std::string_view why;
};

bool always(const Change&, Power) { return true; }
bool if_shrunk(const Change& change, Power) { return shrinks(change); }
bool if_shrunk_while_on(const Change& change, Power power) { return power != Power::kOff && shrinks(change); }
bool if_on(const Change&, Power power) { return power != Power::kOff; }

constexpr Row kRows[] = {
    {"root_disk_bytes", "", if_shrunk, Cost::kImpossible, "a disk cannot shrink"},
    {"disks[", ".size_bytes", if_shrunk, Cost::kImpossible, "a disk cannot shrink"},
    {"disks[", ".provisioning", always, Cost::kImpossible, "a disk keeps its provisioning"},
    {"disks[", ".storage", always, Cost::kImpossible, "a disk stays on its storage"},
    {"display_name", "", always, Cost::kImpossible, "machines are not renamed"},
    {"placement.", "", always, Cost::kImpossible, "machines are not moved"},
    {"cpus", "", if_shrunk_while_on, Cost::kPowerCycle, "processors are not taken from a running machine"},
    {"memory_mib", "", if_shrunk_while_on, Cost::kPowerCycle, "memory is not taken from a running machine"},
    {"nested_virtualization", "", if_on, Cost::kPowerCycle, "the processor is changed while the machine is off"},
    {"firmware", "", always, Cost::kRecreate, "the installed system boots with its firmware only"},
    {"secure_boot", "", always, Cost::kRecreate, "set when the machine is made"},
    {"tpm", "", always, Cost::kRecreate, "set when the machine is made"},
    {"image.location", "", always, Cost::kRecreate, "the root disk is made from the image"},
    {"nics[", "]", always, Cost::kOnline, ""},
    {"nics[", "", if_on, Cost::kPowerCycle, "a network card is changed while the machine is off"},
};

}  // namespace

void price(std::vector<Change>& changes, Power power) {
  for (Change& change : changes) {
    for (const Row& row : kRows) {
      if (!change.path.starts_with(row.begins) || !change.path.ends_with(row.ends) || !row.fits(change, power))
        continue;
      change.cost = row.cost;
      change.why = row.why;
      break;
    }
  }
}

}  // namespace rig::provider::fake
