// vsphere/import.cc — see import.h.
#include "hypervisor/vsphere/import.h"

namespace rig::vsphere {

std::string image_name(const provider::ImageRequest& request) { return "virtrigaud-" + request.key; }

Status import_image(const Host&, const provider::ImageRequest&, const OnProgress&, const Call&) {
  return Error(Code::kUnimplemented, "images are not imported yet")
      .with_hint("Import the OVA by hand, mark it as a template, and name it in source.vsphere.templateName.");
}

}  // namespace rig::vsphere
