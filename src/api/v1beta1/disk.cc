// api/v1beta1/disk.cc — the rows of disk.h.
#include "api/v1beta1/disk.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<DiskType>::info() {
  using enum DiskType;
  static const TypeInfo t = enumeration<DiskType>("DiskType", "How the space of a disk is provided.", {
      {kThin, "thin", "Space is taken as it is written."},
      {kThick, "thick", "All space is taken at creation and zeroed when first written."},
      {kEagerzeroedthick, "eagerzeroedthick", "All space is taken and zeroed at creation."},
      {kSsd, "ssd", "On storage that the hypervisor marks as solid state."},
      {kHdd, "hdd", "On storage that the hypervisor marks as rotating."},
  });
  return t;
}

const TypeInfo& Describe<ExpandPolicy>::info() {
  using enum ExpandPolicy;
  static const TypeInfo t = enumeration<ExpandPolicy>("ExpandPolicy", "When a disk may grow.", {
      {kOnline, "Online", "While the machine runs."},
      {kOffline, "Offline", "Only while the machine is off."},
  });
  return t;
}

const TypeInfo& Describe<ScsiControllerType>::info() {
  using enum ScsiControllerType;
  static const TypeInfo t = enumeration<ScsiControllerType>(
      "ScsiControllerType", "Model of the SCSI controller that the guest sees.", {
      {kLsilogic, "lsilogic", "LSI Logic parallel."},
      {kBuslogic, "buslogic", "BusLogic parallel."},
      {kLsilogicSas, "lsilogic-sas", "LSI Logic SAS."},
      {kPvscsi, "pvscsi", "VMware paravirtual, or virtio-scsi where there is no pvscsi."},
  });
  return t;
}

const TypeInfo& Describe<ScsiSharedBus>::info() {
  using enum ScsiSharedBus;
  static const TypeInfo t = enumeration<ScsiSharedBus>(
      "ScsiSharedBus", "Whether other machines may use the disks on this controller.", {
      {kNone, "noSharing", "No other machine."},
      {kVirtual, "virtualSharing", "Machines on the same host."},
      {kPhysical, "physicalSharing", "Machines on any host."},
  });
  return t;
}

const TypeInfo& Describe<DiskScsi>::info() {
  static const TypeInfo t = object("DiskScsi", "Where a disk sits on the SCSI bus.", {
      field<&DiskScsi::controller>("controller").range(0, 3)
          .doc("Number of the controller, from 0; the hypervisor chooses when absent."),
      field<&DiskScsi::controller_type>("controllerType").def(R"("pvscsi")").doc("Model of the controller."),
      field<&DiskScsi::shared_bus>("sharedBus").def(R"("noSharing")")
          .doc("Sharing of the controller's bus, for cluster file systems."),
  });
  return t;
}

const TypeInfo& Describe<Disk>::info() {
  static const TypeInfo t = object("Disk", "A data disk, beside the system disk that the image brings.", {
      field<&Disk::name>("name").required().max_length(63).pattern(kLabelPattern)
          .doc("Name of the disk, unique within the machine. It identifies the disk for ever: a new name is a new "
               "disk."),
      field<&Disk::size_gib>("sizeGiB").required().range(1, 65536)
          .doc("Capacity in GiB. It may grow; a smaller value than the disk has is refused."),
      field<&Disk::type>("type").def(R"("thin")").doc("How the space is provided."),
      field<&Disk::expand_policy>("expandPolicy").def(R"("Offline")").doc("When the disk may grow."),
      field<&Disk::storage_class>("storageClass")
          .doc("Datastore, storage pool or storage id to place the disk on; the provider's default when empty."),
      field<&Disk::scsi>("scsi").doc("Place on the SCSI bus, for guests that need a particular one."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
