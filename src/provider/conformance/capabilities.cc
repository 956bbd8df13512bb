// provider/conformance/capabilities.cc — what a provider says that it can, for people: docs/reference/features.md.
#include "provider/conformance/conformance.h"

namespace rig::provider::conformance {
namespace {

json::Value words(const std::vector<std::string>& all) {
  json::Array array;
  for (const std::string& word : all) array.emplace_back(word);
  return array;
}

}  // namespace

json::Value to_facts(const Capabilities& can) {
  return json::Object{{"can", json::Object{{"change size while it runs", can.reconfigure_online},
                                           {"grow disks while it runs", can.disk_expansion_online},
                                           {"snapshots", can.snapshots},
                                           {"snapshots with memory", can.memory_snapshots},
                                           {"linked clones", can.linked_clones},
                                           {"import of images", can.image_import},
                                           {"export of disks", can.disk_export},
                                           {"import of disks", can.disk_import},
                                           {"compressed exports", can.export_compression},
                                           {"proves that a machine is gone", can.proves_absence},
                                           {"tells of changes by itself", can.event_latency > Duration::zero()},
                                           {"disk types", words(can.disk_types)},
                                           {"network types", words(can.network_types)},
                                           {"formats of images", words(can.import_formats)},
                                           {"formats of exports", words(can.export_formats)}}},
                      {"unsupported", words(can.unsupported_fields)}};
}

}  // namespace rig::provider::conformance
