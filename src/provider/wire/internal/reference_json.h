// provider/wire/internal/reference_json.h — the JSON texts inside the reference's messages.
//
// The reference's manager writes most of them from Go structs without tags ("MemoryMiB", everything there, null where
// nothing is) and some from its API types ("memory": "4Gi", absent where nothing is). Both are read, whatever the
// case of the keys; "", "null" and a missing text are nothing said. Written are the Go names.
#pragma once

#include <optional>
#include <string>

#include "provider/provider.h"

namespace rig::provider::wire {

// The texts of CreateRequest as they stand in the message.
struct ReferenceTexts {
  std::string class_json, image_json, networks_json, disks_json, placement_json;
};

struct ReferenceImage {
  std::string template_name, path, url, format, checksum, checksum_type;
};

struct ReferenceSpec {
  MachineSpec spec;      // image.location: the path or the template's name
  ReferenceImage image;  // as it was said; a url has to be prepared first
};

// kInvalidArgument with the name of the text and where in it.
Result<ReferenceSpec> read_reference(const ReferenceTexts& texts);
ReferenceTexts write_reference(const MachineSpec& spec);

// Reconfigure.desired_json: what it says about size, on top of the machine as it is configured.
Result<MachineSpec> read_desired(const std::string& desired_json, const MachineSpec& configured);
std::string write_desired(const MachineSpec& spec);

// ImagePrepare.image_json: the VMImage's spec. The first source that has a path, an address or a template counts.
Result<ImageRequest> read_image_source(const std::string& image_json);
std::string write_image_source(const ImageRequest& request);

}  // namespace rig::provider::wire
