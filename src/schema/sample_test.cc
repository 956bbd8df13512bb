// schema/sample_test.cc — the rows of the sample type.
#include "schema/sample_test.h"

namespace rig::schema {
namespace {

// As a core type passes through: described by its own schema, not by rows.
const TypeInfo& affinity() {
  static const TypeInfo t = raw("Affinity", "Where to run.", R"({
    "type": "object",
    "properties": {
      "weight": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 100},
      "ratio": {"type": "number", "minimum": 0.5},
      "mode": {"type": "string", "enum": ["Hard", "Soft"], "default": "Soft"},
      "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true},
      "terms": {"type": "array", "items": {"type": "object", "required": ["key"],
        "properties": {"key": {"type": "string"}, "values": {"type": "array", "items": {"type": "string"}}}}},
      "mixed": {"x-kubernetes-int-or-string": true},
      "match": {"type": "object", "additionalProperties": {"type": "string"}},
      "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
        "properties": {"known": {"type": "object", "properties": {"a": {"type": "string"}}}}},
      "nothing": {"type": "string", "nullable": true, "default": "x"}
    }
  })");
  return t;
}

}  // namespace

const char* const sample::kRichMachine = R"({
  "spec": {
    "power": "OffGraceful", "className": "small", "uid": "u1", "cpus": 4, "memoryMiB": 2048,
    "ratio": 0.5, "paused": false,
    "size": "4Gi", "maxUnavailable": 1,
    "disks": [{"name": "data", "sizeGiB": 20, "type": "thin", "serial": ""},
              {"name": "log", "sizeGiB": 5, "type": "thick"}],
    "ports": [{"name": "http", "port": 80, "protocol": "TCP"}],
    "tags": ["a", "b"], "groups": ["x"], "labels": {"app": "web", "tier": "front"},
    "source": {"disk": {"name": "d", "sizeGiB": 1, "type": "thin"}},
    "affinity": {"weight": 5, "terms": [{"key": "zone", "values": ["a"]}]}, "extra": {"any": [1, null, {"x": 1.5}]},
    "root": {"name": "/", "folders": [{"name": "a", "folders": [{"name": "b"}]}]}
  },
  "status": {
    "readyAt": "2026-01-01T00:00:00Z", "renewedAt": "2026-01-01T00:00:00.000123Z",
    "checks": {"libvirt": {"valid": true, "message": "fine"}, "proxmox": {"valid": false}}
  }
})";

using namespace sample;

const TypeInfo& Describe<Power>::info() {
  static const TypeInfo t = enumeration<Power>("Power", "What a machine should be.",
                                               {{Power::kUnset, "", ""},
                                                {Power::kOn, "On", "Running."},
                                                {Power::kOff, "Off", "Stopped | cut off."},
                                                {Power::kOffGraceful, "OffGraceful", "Asked to stop."}});
  return t;
}

const TypeInfo& Describe<Port>::info() {
  static const TypeInfo t = object("Port", "",
                                   {
                                       field<&Port::name>("name").required(),
                                       field<&Port::port>("port").required().range(1, 65535).sizeless(),
                                       field<&Port::protocol>("protocol").immutable(),
                                   });
  return t;
}

const TypeInfo& Describe<Disk>::info() {
  static const TypeInfo t =
      object("Disk", "One disk.",
             {
                 field<&Disk::name>("name").required().max_length(8).pattern("^[a-z]+$").doc("Its name."),
                 field<&Disk::size_gib>("sizeGiB").required().min(1),
                 field<&Disk::type>("type").def(R"("thin")"),
                 field<&Disk::serial>("serial").immutable(),
             });
  return t;
}

const TypeInfo& Describe<Check>::info() {
  static const TypeInfo t = object("Check", "",
                                   {
                                       field<&Check::valid>("valid").required(),
                                       field<&Check::message>("message").min_length(1),
                                   });
  return t;
}

const TypeInfo& Describe<Source>::info() {
  static const TypeInfo t = object("Source", "",
                                   {
                                       field<&Source::url>("url"),
                                       field<&Source::path>("path"),
                                       field<&Source::disk>("disk"),
                                   },
                                   {exactly_one_of({"url", "path", "disk"}), at_most_one_of({"url", "path"})});
  return t;
}

const TypeInfo& Describe<Folder>::info() {
  static const TypeInfo t = object("Folder", "Holds folders.",
                                   {
                                       field<&Folder::name>("name").required(),
                                       field<&Folder::folders>("folders"),
                                   });
  return t;
}

const TypeInfo& Describe<Spec>::info() {
  static const TypeInfo t =
      object("MachineSpec", "What is wanted.",
             {
                 field<&Spec::power>("power").def(R"("On")").doc("Power state."),
                 field<&Spec::class_name>("className").required().min_length(1).pattern("^[a-z0-9-]+$"),
                 field<&Spec::uid>("uid").immutable().secret(),
                 field<&Spec::cpus>("cpus").def("2").range(1, 128),
                 field<&Spec::memory_mib>("memoryMiB").min(128).max(1048576).cluster_only(),
                 field<&Spec::ratio>("ratio").min(0),
                 field<&Spec::paused>("paused").def("false"),
                 field<&Spec::size>("size"),
                 field<&Spec::max_unavailable>("maxUnavailable"),
                 field<&Spec::disks>("disks").max_items(3),
                 field<&Spec::ports>("ports").map_list({"name", "port"}),
                 field<&Spec::tags>("tags").set().min_items(1).item_length(1, 4).item_pattern("^[a-z]*$"),
                 field<&Spec::groups>("groups"),
                 field<&Spec::labels>("labels").atomic_map().max_items(2).item_pattern("^[a-z]+$").addition(),
                 field<&Spec::source>("source"),
                 raw_field<&Spec::affinity>("affinity", &affinity),
                 field<&Spec::extra>("extra"),
                 field<&Spec::root>("root"),
             });
  return t;
}

const TypeInfo& Describe<sample::Status>::info() {
  static const TypeInfo t = object("MachineStatus", "What is.",
                                   {
                                       field<&sample::Status::ready_at>("readyAt"),
                                       field<&sample::Status::renewed_at>("renewedAt"),
                                       field<&sample::Status::checks>("checks"),
                                   });
  return t;
}

const TypeInfo& Describe<Machine>::info() {
  static const TypeInfo t = object("Machine", "A machine.",
                                   {
                                       field<&Machine::spec>("spec"),
                                       field<&Machine::status>("status"),
                                   });
  return t;
}

}  // namespace rig::schema
