// libvirt/images.cc — a file of the host is referred to; a URL is fetched once per pool.
#include "hypervisor/libvirt/images.h"

#include "hypervisor/libvirt/image_file.h"

namespace rig::libvirt {

Result<provider::PreparedImage> LibvirtImages::prepare(const provider::ImageRequest& request, const Call& call) {
  const Session session = TRY(connection_.session(call));
  if (request.path.empty()) return Error(Code::kUnimplemented, "url");
  const ImageFile image = TRY(read_image_file(session.get(), request.path, request.format, settings_.image_folders));
  return provider::PreparedImage{.location = image.path, .format = image.format, .size_bytes = image.virtual_bytes, .task = {}};
}

}  // namespace rig::libvirt
