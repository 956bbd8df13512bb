// api/v1beta1/vm_image.cc — the rows of vm_image.h.
#include "api/v1beta1/vm_image.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<ImageFormat>::info() {
  using enum ImageFormat;
  static const TypeInfo t = enumeration<ImageFormat>("ImageFormat", "Format of an image.", {
      {kQcow2, "qcow2", "QEMU copy-on-write, version 2 or 3."},
      {kRaw, "raw", "The bytes of the disk and nothing else."},
      {kVmdk, "vmdk", "VMware virtual disk."},
      {kVhd, "vhd", "Hyper-V virtual disk, the older one."},
      {kVhdx, "vhdx", "Hyper-V virtual disk."},
      {kIso, "iso", "CD or DVD image."},
      {kOva, "ova", "OVF package in one file."},
      {kOvf, "ovf", "OVF descriptor beside its disks."},
  });
  return t;
}

const TypeInfo& Describe<ProxmoxImageFormat>::info() {
  using enum ProxmoxImageFormat;
  static const TypeInfo t = enumeration<ProxmoxImageFormat>(
      "ProxmoxImageFormat", "Format of a disk on a Proxmox storage.", {
      {kQcow2, "qcow2", "QEMU copy-on-write."},
      {kRaw, "raw", "The bytes of the disk and nothing else."},
      {kVmdk, "vmdk", "VMware virtual disk."},
  });
  return t;
}

const TypeInfo& Describe<ChecksumType>::info() {
  using enum ChecksumType;
  static const TypeInfo t = enumeration<ChecksumType>("ChecksumType", "Kind of a checksum.", {
      {kMd5, "md5", "MD5. It proves nothing against an attacker."},
      {kSha1, "sha1", "SHA-1. It proves little against an attacker."},
      {kSha256, "sha256", "SHA-256."},
      {kSha512, "sha512", "SHA-512."},
  });
  return t;
}

const TypeInfo& Describe<MissingImagePolicy>::info() {
  using enum MissingImagePolicy;
  static const TypeInfo t = enumeration<MissingImagePolicy>(
      "MissingImagePolicy", "What to do when the image is not on the hypervisor yet.", {
      {kImport, "Import", "Fetch it."},
      {kFail, "Fail", "Refuse machines that need it."},
      {kWait, "Wait", "Wait until somebody puts it there."},
  });
  return t;
}

const TypeInfo& Describe<Preallocation>::info() {
  using enum Preallocation;
  static const TypeInfo t = enumeration<Preallocation>(
      "Preallocation", "How much of a qcow2 volume is laid out when it is made.", {
      {kOff, "off", "Nothing."},
      {kMetadata, "metadata", "Its tables."},
      {kFalloc, "falloc", "Its space, without writing it."},
      {kFull, "full", "Its space, written with zeros."},
  });
  return t;
}

const TypeInfo& Describe<AllocationPolicy>::info() {
  using enum AllocationPolicy;
  static const TypeInfo t = enumeration<AllocationPolicy>("AllocationPolicy", "When a volume takes its space.", {
      {kEager, "eager", "When it is made."},
      {kLazy, "lazy", "As it is written."},
  });
  return t;
}

const TypeInfo& Describe<VsphereDiskType>::info() {
  using enum VsphereDiskType;
  static const TypeInfo t = enumeration<VsphereDiskType>(
      "VsphereDiskType", "How vSphere provides the space of a disk.", {
      {kThin, "thin", "Space is taken as it is written."},
      {kThick, "thick", "All space is taken at creation and zeroed when first written."},
      {kEagerzeroedthick, "eagerzeroedthick", "All space is taken and zeroed at creation."},
  });
  return t;
}

const TypeInfo& Describe<OsFamily>::info() {
  using enum OsFamily;
  static const TypeInfo t = enumeration<OsFamily>("OsFamily", "Family of the operating system.", {
      {kLinux, "linux", "Linux."},
      {kWindows, "windows", "Windows."},
      {kBsd, "bsd", "A BSD."},
      {kOther, "other", "Anything else."},
  });
  return t;
}

const TypeInfo& Describe<OsName>::info() {
  using enum OsName;
  static const TypeInfo t = enumeration<OsName>("OsName", "The operating system.", {
      {kUbuntu, "ubuntu", "Ubuntu."},
      {kDebian, "debian", "Debian."},
      {kFedora, "fedora", "Fedora."},
      {kCentos, "centos", "CentOS."},
      {kRhel, "rhel", "Red Hat Enterprise Linux."},
      {kSuse, "suse", "SUSE or openSUSE."},
      {kCoreos, "coreos", "Fedora CoreOS or Flatcar."},
      {kFreebsd, "freebsd", "FreeBSD."},
      {kWindows, "windows", "Windows."},
      {kOther, "other", "Anything else."},
  });
  return t;
}

const TypeInfo& Describe<KernelType>::info() {
  using enum KernelType;
  static const TypeInfo t = enumeration<KernelType>("KernelType", "Kernel of the operating system.", {
      {kLinux, "linux", "Linux."},
      {kWindows, "windows", "Windows NT."},
      {kFreebsd, "freebsd", "FreeBSD."},
      {kOther, "other", "Anything else."},
  });
  return t;
}

const TypeInfo& Describe<Architecture>::info() {
  using enum Architecture;
  static const TypeInfo t = enumeration<Architecture>("Architecture", "Processor architecture.", {
      {kAmd64, "amd64", "64-bit x86."},
      {kX8664, "x86_64", "The same as amd64."},
      {kArm64, "arm64", "64-bit ARM."},
      {kAarch64, "aarch64", "The same as arm64."},
  });
  return t;
}

const TypeInfo& Describe<ImagePhase>::info() {
  using enum ImagePhase;
  static const TypeInfo t = enumeration<ImagePhase>("ImagePhase", "Where an image is on its way to the hypervisors.", {
      {kPending, "Pending", "Not begun, or waiting."},
      {kDownloading, "Downloading", "Being downloaded."},
      {kImporting, "Importing", "Being handed to the hypervisor."},
      {kConverting, "Converting", "Being changed into another format."},
      {kOptimizing, "Optimizing", "Being made smaller."},
      {kReady, "Ready", "Ready for machines on at least one Provider."},
      {kFailed, "Failed", "Only a user can help."},
  });
  return t;
}

const TypeInfo& Describe<BasicAuth>::info() {
  static const TypeInfo t = object("BasicAuth", "A user name and a password.", {
      field<&BasicAuth::secret_ref>("secretRef").required().doc("Secret that holds them."),
      field<&BasicAuth::username_key>("usernameKey").def(R"("username")").doc("Key of the user name in the Secret."),
      field<&BasicAuth::password_key>("passwordKey").def(R"("password")").doc("Key of the password in the Secret."),
  });
  return t;
}

const TypeInfo& Describe<BearerAuth>::info() {
  static const TypeInfo t = object("BearerAuth", "A bearer token.", {
      field<&BearerAuth::secret_ref>("secretRef").required().doc("Secret that holds it."),
      field<&BearerAuth::token_key>("tokenKey").def(R"("token")").doc("Key of the token in the Secret."),
  });
  return t;
}

const TypeInfo& Describe<ClientCertAuth>::info() {
  static const TypeInfo t = object("ClientCertAuth", "A TLS client certificate.", {
      field<&ClientCertAuth::secret_ref>("secretRef").required().doc("Secret that holds it."),
      field<&ClientCertAuth::cert_key>("certKey").def(R"("tls.crt")").doc("Key of the certificate in the Secret, PEM."),
      field<&ClientCertAuth::key_key>("keyKey").def(R"("tls.key")").doc("Key of the private key in the Secret, PEM."),
  });
  return t;
}

const TypeInfo& Describe<HttpAuthentication>::info() {
  static const TypeInfo t = object("HttpAuthentication", "How to prove to the server who we are.", {
      field<&HttpAuthentication::basic_auth>("basicAuth").doc("User name and password."),
      field<&HttpAuthentication::bearer>("bearer").doc("Bearer token."),
      field<&HttpAuthentication::client_cert>("clientCert").doc("TLS client certificate."),
  });
  return t;
}

const TypeInfo& Describe<HttpImageSource>::info() {
  static const TypeInfo t = object("HttpImageSource", "An image to download, for any provider.", {
      field<&HttpImageSource::url>("url").required().pattern(R"(^https?://.*)").doc("Where it is."),
      field<&HttpImageSource::checksum>("checksum")
          .doc("Checksum of the file, in hexadecimal digits. An image that differs is refused."),
      field<&HttpImageSource::checksum_type>("checksumType").def(R"("sha256")").doc("Kind of the checksum."),
      field<&HttpImageSource::headers>("headers").max_items(20).secret().doc("Further request headers."),
      field<&HttpImageSource::authentication>("authentication").doc("How to prove to the server who we are."),
      field<&HttpImageSource::timeout>("timeout").def(R"("30m")").doc("How long the download may take, such as 30m."),
  });
  return t;
}

const TypeInfo& Describe<LibvirtImageSource>::info() {
  static const TypeInfo t = object(
      "LibvirtImageSource", "An image for libvirt: a file or volume on the host, or something to download.", {
      field<&LibvirtImageSource::path>("path")
          .doc("File on the host, or name of a volume in the storage pool. It is never modified: machines get "
               "overlays of their own."),
      field<&LibvirtImageSource::url>("url").pattern(R"(^(https?|ftp)://.*)")
          .doc("Where to download it when it is not on the host."),
      field<&LibvirtImageSource::format>("format").def(R"("qcow2")").doc("Format of the image."),
      field<&LibvirtImageSource::checksum>("checksum")
          .doc("Checksum of the file, in hexadecimal digits. An image that differs is refused."),
      field<&LibvirtImageSource::checksum_type>("checksumType").def(R"("sha256")").doc("Kind of the checksum."),
      field<&LibvirtImageSource::storage_pool>("storagePool").max_length(255)
          .doc("Storage pool that holds the image, or that it is downloaded to."),
  });
  return t;
}

const TypeInfo& Describe<ContentLibraryItem>::info() {
  static const TypeInfo t = object("ContentLibraryItem", "An item of a vSphere content library.", {
      field<&ContentLibraryItem::library>("library").required().max_length(255).doc("Name of the library."),
      field<&ContentLibraryItem::item>("item").required().max_length(255).doc("Name of the item."),
      field<&ContentLibraryItem::version>("version").doc("Version of the item; the newest when empty."),
  });
  return t;
}

const TypeInfo& Describe<VsphereImageSource>::info() {
  static const TypeInfo t = object(
      "VsphereImageSource", "An image for vSphere: a template, a content library item, or an OVA to import.", {
      field<&VsphereImageSource::template_name>("templateName").max_length(255)
          .doc("Template or machine to clone, by name or inventory path."),
      field<&VsphereImageSource::content_library>("contentLibrary").doc("Content library item to deploy."),
      field<&VsphereImageSource::ova_url>("ovaURL").pattern(R"(^https?://.*\.(ova|ovf)$)").doc("OVA file to import."),
      field<&VsphereImageSource::checksum>("checksum")
          .doc("Checksum of the file, in hexadecimal digits. An image that differs is refused."),
      field<&VsphereImageSource::checksum_type>("checksumType").def(R"("sha256")").doc("Kind of the checksum."),
      field<&VsphereImageSource::provider_ref>("providerRef")
          .doc("Provider that has the template; information for people."),
  });
  return t;
}

const TypeInfo& Describe<ProxmoxImageSource>::info() {
  static const TypeInfo t = object("ProxmoxImageSource", "An image for Proxmox VE: a template to clone.", {
      field<&ProxmoxImageSource::template_id>("templateID").sizeless().range(100, 999999999)
          .doc("VMID of the template."),
      field<&ProxmoxImageSource::template_name>("templateName").max_length(255)
          .doc("Name of the template, when templateID is absent."),
      field<&ProxmoxImageSource::storage>("storage").max_length(255).doc("Storage for the disks of the clone."),
      field<&ProxmoxImageSource::node>("node").max_length(255).doc("Node that has the template."),
      field<&ProxmoxImageSource::format>("format").def(R"("qcow2")").doc("Format of the clone's disks."),
      field<&ProxmoxImageSource::full_clone>("fullClone").def("true")
          .doc("Whether a machine gets a copy of its own; else it shares unchanged blocks with the template."),
  });
  return t;
}

const TypeInfo& Describe<RegistryImageSource>::info() {
  static const TypeInfo t = object("RegistryImageSource", "A disk image in a container registry.", {
      field<&RegistryImageSource::image>("image").required().pattern(kTaggedImagePattern)
          .doc("Repository and tag, such as registry:5000/images/debian:12."),
      field<&RegistryImageSource::format>("format").def(R"("qcow2")").doc("Format of the disk in it."),
      field<&RegistryImageSource::pull_secret_ref>("pullSecretRef").doc("Secret with credentials for the registry."),
  });
  return t;
}

const TypeInfo& Describe<ImageSource>::info() {
  static const TypeInfo t = object(
      "ImageSource", "Where the image comes from. Each provider takes the entry of its own type; http is for all "
                     "of them.", {
      field<&ImageSource::libvirt>("libvirt").doc("For libvirt."),
      field<&ImageSource::vsphere>("vsphere").doc("For vSphere."),
      field<&ImageSource::proxmox>("proxmox").doc("For Proxmox VE."),
      field<&ImageSource::http>("http").doc("To be downloaded, for any provider."),
      field<&ImageSource::registry>("registry").doc("From a container registry, for any provider."),
      field<&ImageSource::data_volume>("dataVolume").doc("A KubeVirt DataVolume."),
  });
  return t;
}

const TypeInfo& Describe<LibvirtStorageOptions>::info() {
  static const TypeInfo t = object("LibvirtStorageOptions", "Where and how libvirt keeps the image.", {
      field<&LibvirtStorageOptions::storage_pool>("storagePool").max_length(255)
          .doc("Storage pool, when source.libvirt does not name one."),
      field<&LibvirtStorageOptions::allocation_policy>("allocationPolicy").doc("When the volume takes its space."),
      field<&LibvirtStorageOptions::preallocation>("preallocation")
          .doc("How much of the volume is laid out when it is made."),
  });
  return t;
}

const TypeInfo& Describe<VsphereStorageOptions>::info() {
  static const TypeInfo t = object("VsphereStorageOptions", "Where and how vSphere keeps the image.", {
      field<&VsphereStorageOptions::datastore>("datastore").max_length(255).doc("Datastore of the template."),
      field<&VsphereStorageOptions::folder>("folder").max_length(255).doc("Inventory folder of the template."),
      field<&VsphereStorageOptions::thin_provisioned>("thinProvisioned").doc("Whether the template's disks are thin."),
      field<&VsphereStorageOptions::disk_type>("diskType").doc("How the space of the template's disks is provided."),
  });
  return t;
}

const TypeInfo& Describe<ImageStorage>::info() {
  static const TypeInfo t = object("ImageStorage", "How the hypervisors keep the image.", {
      field<&ImageStorage::preferred_format>("preferredFormat").doc("Format to keep it in, where there is a choice."),
      field<&ImageStorage::compression>("compression").def("false").doc("Whether it is kept compressed."),
      field<&ImageStorage::libvirt>("libvirt").doc("For libvirt."),
      field<&ImageStorage::vsphere>("vsphere").doc("For vSphere."),
  });
  return t;
}

const TypeInfo& Describe<ImageOptimization>::info() {
  static const TypeInfo t = object("ImageOptimization", "Making the image smaller or faster before it is used.", {
      field<&ImageOptimization::convert_format>("convertFormat").doc("Format to convert it to."),
      field<&ImageOptimization::enable_compression>("enableCompression").def("false").doc("Whether it is compressed."),
      field<&ImageOptimization::remove_unused_space>("removeUnusedSpace").def("false")
          .doc("Whether blocks that only hold zeros are dropped."),
      field<&ImageOptimization::enable_delta_sync>("enableDeltaSync").def("false")
          .doc("Whether a newer version is brought by its differences."),
  });
  return t;
}

const TypeInfo& Describe<ImagePrepare>::info() {
  static const TypeInfo t = object("ImagePrepare", "How the image gets to the hypervisors.", {
      field<&ImagePrepare::on_missing>("onMissing").def(R"("Import")").doc("What to do when it is not there yet."),
      field<&ImagePrepare::validate_checksum>("validateChecksum").def("true")
          .doc("Whether a checksum that is given must match. Turning it off accepts damaged images."),
      field<&ImagePrepare::timeout>("timeout").def(R"("30m")").doc("How long it may take, such as 30m."),
      field<&ImagePrepare::retries>("retries").def("3").range(0, 10).doc("How often it is tried again."),
      field<&ImagePrepare::force>("force").doc("Whether it is fetched again although it is there."),
      field<&ImagePrepare::storage>("storage").doc("How the hypervisors keep it."),
      field<&ImagePrepare::optimization>("optimization").doc("Making it smaller or faster."),
  });
  return t;
}

const TypeInfo& Describe<ImageMetadata>::info() {
  static const TypeInfo t = object("ImageMetadata", "What people want to know about the image.", {
      field<&ImageMetadata::display_name>("displayName").max_length(255).doc("Name for people."),
      field<&ImageMetadata::description>("description").max_length(1024).doc("What it is."),
      field<&ImageMetadata::version>("version").max_length(100).doc("Its version."),
      field<&ImageMetadata::architecture>("architecture").def(R"("amd64")").doc("Processor architecture it is for."),
      field<&ImageMetadata::tags>("tags").max_items(50).doc("Tags of your own."),
      field<&ImageMetadata::annotations>("annotations").max_items(50).doc("Annotations of your own."),
  });
  return t;
}

const TypeInfo& Describe<OsKernel>::info() {
  static const TypeInfo t = object("OsKernel", "The kernel in the image.", {
      field<&OsKernel::type>("type").doc("Which kernel."),
      field<&OsKernel::version>("version").doc("Its version."),
  });
  return t;
}

const TypeInfo& Describe<OsDistribution>::info() {
  static const TypeInfo t = object("OsDistribution", "The operating system in the image.", {
      field<&OsDistribution::name>("name").doc("Which one."),
      field<&OsDistribution::version>("version").max_length(100).doc("Its version, such as 24.04."),
      field<&OsDistribution::variant>("variant").max_length(100).doc("Its variant, such as server."),
      field<&OsDistribution::family>("family").doc("Its family."),
      field<&OsDistribution::kernel>("kernel").doc("Its kernel."),
  });
  return t;
}

const TypeInfo& Describe<VmImageSpec>::info() {
  static const TypeInfo t = object("VmImageSpec", "Where the image comes from and how it gets to the hypervisors.", {
      field<&VmImageSpec::source>("source").required().doc("Where it comes from."),
      field<&VmImageSpec::prepare>("prepare").doc("How it gets to the hypervisors."),
      field<&VmImageSpec::metadata>("metadata").doc("What people want to know about it."),
      field<&VmImageSpec::distribution>("distribution").doc("The operating system in it."),
  });
  return t;
}

const TypeInfo& Describe<ImageImportProgress>::info() {
  static const TypeInfo t = object("ImageImportProgress", "How far an import has come.", {
      field<&ImageImportProgress::percentage>("percentage").range(0, 100).doc("Part that is done, in percent."),
      field<&ImageImportProgress::transferred_bytes>("transferredBytes").doc("Bytes that are done."),
      field<&ImageImportProgress::total_bytes>("totalBytes").doc("Bytes in all."),
      field<&ImageImportProgress::transfer_rate>("transferRate").doc("Bytes a second."),
      field<&ImageImportProgress::start_time>("startTime").doc("When it began."),
      field<&ImageImportProgress::eta>("eta").doc("How long it will still take, such as 4m30s."),
  });
  return t;
}

const TypeInfo& Describe<ImageProviderStatus>::info() {
  static const TypeInfo t = object("ImageProviderStatus", "The image on one Provider.", {
      field<&ImageProviderStatus::available>("available").required().doc("Whether machines can be made from it there."),
      field<&ImageProviderStatus::id>("id").doc("The hypervisor's id of it."),
      field<&ImageProviderStatus::path>("path").doc("Where it lies, in the hypervisor's own words."),
      field<&ImageProviderStatus::size>("size").doc("Its size there."),
      field<&ImageProviderStatus::message>("message").doc("One sentence for a person."),
      field<&ImageProviderStatus::last_updated>("lastUpdated").doc("When this entry last changed."),
  });
  return t;
}

const TypeInfo& Describe<VmImageStatus>::info() {
  static const TypeInfo t = object("VmImageStatus", "Where the image is.", {
      field<&VmImageStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmImageStatus::ready>("ready").doc("Whether it is ready on at least one Provider."),
      field<&VmImageStatus::phase>("phase").doc("Where it is on its way."),
      field<&VmImageStatus::message>("message").doc("One sentence for a person."),
      field<&VmImageStatus::available_on>("availableOn").doc("Providers that machines can be made on, by name."),
      field<&VmImageStatus::provider_status>("providerStatus").doc("The image on each Provider, by name."),
      field<&VmImageStatus::format>("format").doc("Format that it was found to have."),
      field<&VmImageStatus::size>("size").doc("Capacity that the guest sees."),
      field<&VmImageStatus::checksum>("checksum").doc("Checksum of the file, with its kind: sha256:0a1b..."),
      field<&VmImageStatus::import_progress>("importProgress").doc("How far an import has come."),
      field<&VmImageStatus::last_prepare_time>("lastPrepareTime").doc("When an import last began."),
      field<&VmImageStatus::prepare_task_ref>("prepareTaskRef").doc("The provider's task that imports it."),
      field<&VmImageStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the image, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmImage>::info() {
  static const TypeInfo t = object("VmImage", "What the system disk of a machine is made from.", {
      field<&VmImage::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmImage::spec>("spec").doc("Where the image comes from and how it gets to the hypervisors."),
      field<&VmImage::status>("status").doc("Where the image is."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
