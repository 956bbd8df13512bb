// vsphere/images.cc — finding, or importing.
#include "hypervisor/vsphere/images.h"

#include <algorithm>

#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/look.h"

namespace rig::vsphere {
namespace {

using provider::ImageRequest;
using provider::PreparedImage;

// By the object's id: a name may come to stand for another one.
Result<PreparedImage> found(Session& session, const MoRef& self, const Call& call) {
  const Sight sight = TRY(read_sight(session, self, call));
  const Device* root = root_disk(sight.props.devices);
  PreparedImage ready;
  ready.location = self.id;
  if (root != nullptr) ready.size_bytes = bytes_of(*root);
  return ready;
}

}  // namespace

Result<PreparedImage> VsphereImages::prepare(const ImageRequest& request, const Call& call) {
  const auto work = [&]() -> Result<PreparedImage> {
    const auto session = TRY(connection_.session());
    if (!request.url.empty()) return prepare_url(*session, request, call);
    const std::string& name = request.template_name.empty() ? request.path : request.template_name;
    if (name.empty())
      return Error(Code::kInvalidArgument, "wanted a template or a URL, found neither")
          .with_hint("Set source.vsphere.templateName or ovaURL, or source.http.url.");
    const Catalogue catalogue = TRY(read_catalogue(*session, /*with_machines=*/true, call));
    const Entity* entity = TRY(catalogue.named(kTemplate, name));
    return found(*session, entity->self, call);
  };
  return work().context("image '" + request.name + "'");
}

// An import has its name only when it is whole: it counts once it is a template.
Result<PreparedImage> VsphereImages::prepare_url(Session& session, const ImageRequest& request, const Call& call) {
  const std::string name = image_name(request);
  const Catalogue catalogue = TRY(read_catalogue(session, /*with_machines=*/true, call));
  for (const Entity* entity : catalogue.all(kTemplate)) {
    if (entity->props.name != name || !entity->props.is_template.value_or(false)) continue;
    PreparedImage ready = TRY(found(session, entity->self, call));
    ready.location = name;
    return ready;
  }
  PreparedImage image;
  image.location = name;
  const auto import = [this, request](const Call& work, const OnProgress& progress) -> Status {
    const auto current = TRY(connection_.session());
    return import_image(host_of_(*current), request, progress, work).context("image '" + request.name + "'");
  };
  image.task = TRY(tasks_.submit("image " + name, "import", import));
  return image;
}

}  // namespace rig::vsphere
