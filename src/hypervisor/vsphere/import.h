// vsphere/import.h — an OVA or OVF that a URL names, made a template of this vCenter: one download, streamed into it.
//
// The template is known by its name, which is a function of the image's key, and counts only once it is marked as a
// template: an import that was cut off leaves a machine under that name with a stamp that says so, which the next one
// removes before it begins anew. The sum is of the file as it is fetched (of an OVF that is the descriptor alone);
// those of the package's manifest are of each file; where one is wrong, nothing is left. The template goes where new
// machines go whose spec does not say, but for the datastore.
//
// Sources: vSphere Web Services SDK (OvfManager.CreateImportSpec, ResourcePool.ImportVApp, HttpNfcLease); recorded
// exchanges; DMTF DSP0243 (OVF 1.1: a package is a tar file whose first member is the descriptor).
#pragma once

#include "hypervisor/vsphere/operations.h"

namespace rig::vsphere {

// "virtrigaud-KEY".
std::string image_name(const provider::ImageRequest& request);

// Fine when it is there already. kInvalidArgument: what is fetched is no OVA or OVF, cannot be imported, or has another
// sum than was asked for or than its manifest says.
Status import_image(const Host& host, const provider::ImageRequest& request, const OnProgress& progress,
                    const Call& call);

}  // namespace rig::vsphere
