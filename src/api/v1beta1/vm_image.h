// api/v1beta1/vm_image.h — what the system disk of a machine is made from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/group.h"

namespace rig::api::v1beta1 {

enum class ImageFormat : std::uint8_t { kQcow2, kRaw, kVmdk, kVhd, kVhdx, kIso, kOva, kOvf };

enum class ProxmoxImageFormat : std::uint8_t { kQcow2, kRaw, kVmdk };

enum class ChecksumType : std::uint8_t { kMd5, kSha1, kSha256, kSha512 };

enum class MissingImagePolicy : std::uint8_t { kImport, kFail, kWait };

enum class Preallocation : std::uint8_t { kOff, kMetadata, kFalloc, kFull };

enum class AllocationPolicy : std::uint8_t { kEager, kLazy };

enum class VsphereDiskType : std::uint8_t { kThin, kThick, kEagerzeroedthick };

enum class OsFamily : std::uint8_t { kLinux, kWindows, kBsd, kOther };

enum class OsName : std::uint8_t {
  kUbuntu,
  kDebian,
  kFedora,
  kCentos,
  kRhel,
  kSuse,
  kCoreos,
  kFreebsd,
  kWindows,
  kOther
};

enum class KernelType : std::uint8_t { kLinux, kWindows, kFreebsd, kOther };

enum class Architecture : std::uint8_t { kAmd64, kX8664, kArm64, kAarch64 };

enum class ImagePhase : std::uint8_t { kPending, kDownloading, kImporting, kConverting, kOptimizing, kReady, kFailed };

struct BasicAuth {
  LocalRef secret_ref;
  std::string username_key = "username";
  std::string password_key = "password";
};

struct BearerAuth {
  LocalRef secret_ref;
  std::string token_key = "token";
};

struct ClientCertAuth {
  LocalRef secret_ref;
  std::string cert_key = "tls.crt";
  std::string key_key = "tls.key";
};

struct HttpAuthentication {
  std::optional<BasicAuth> basic_auth;
  std::optional<BearerAuth> bearer;
  std::optional<ClientCertAuth> client_cert;
};

struct HttpImageSource {
  std::string url, checksum;
  ChecksumType checksum_type = ChecksumType::kSha256;
  std::map<std::string, std::string> headers;
  std::optional<HttpAuthentication> authentication;
  std::string timeout = "30m";
};

struct LibvirtImageSource {
  std::string path, url;
  ImageFormat format = ImageFormat::kQcow2;
  std::string checksum;
  ChecksumType checksum_type = ChecksumType::kSha256;
  std::string storage_pool;
};

struct ContentLibraryItem {
  std::string library, item, version;
};

struct VsphereImageSource {
  std::string template_name;
  std::optional<ContentLibraryItem> content_library;
  std::string ova_url, checksum;
  ChecksumType checksum_type = ChecksumType::kSha256;
  std::optional<LocalRef> provider_ref;
};

struct ProxmoxImageSource {
  std::optional<std::int32_t> template_id;
  std::string template_name, storage, node;
  ProxmoxImageFormat format = ProxmoxImageFormat::kQcow2;
  bool full_clone = true;
};

struct RegistryImageSource {
  std::string image;
  ImageFormat format = ImageFormat::kQcow2;
  std::optional<LocalRef> pull_secret_ref;
};

struct ImageSource {
  std::optional<LibvirtImageSource> libvirt;
  std::optional<VsphereImageSource> vsphere;
  std::optional<ProxmoxImageSource> proxmox;
  std::optional<HttpImageSource> http;
  std::optional<RegistryImageSource> registry;
  std::optional<ObjectRef> data_volume;
};

struct LibvirtStorageOptions {
  std::string storage_pool;
  std::optional<AllocationPolicy> allocation_policy;
  std::optional<Preallocation> preallocation;
};

struct VsphereStorageOptions {
  std::string datastore, folder;
  std::optional<bool> thin_provisioned;
  std::optional<VsphereDiskType> disk_type;
};

struct ImageStorage {
  std::optional<ImageFormat> preferred_format;
  bool compression = false;
  std::optional<LibvirtStorageOptions> libvirt;
  std::optional<VsphereStorageOptions> vsphere;
};

struct ImageOptimization {
  std::optional<ImageFormat> convert_format;
  bool enable_compression = false;
  bool remove_unused_space = false;
  bool enable_delta_sync = false;
};

struct ImagePrepare {
  MissingImagePolicy on_missing = MissingImagePolicy::kImport;
  bool validate_checksum = true;
  std::string timeout = "30m";
  std::int32_t retries = 3;
  std::optional<bool> force;
  std::optional<ImageStorage> storage;
  std::optional<ImageOptimization> optimization;
};

struct ImageMetadata {
  std::string display_name, description, version;
  Architecture architecture = Architecture::kAmd64;
  std::map<std::string, std::string> tags, annotations;
};

struct OsKernel {
  std::optional<KernelType> type;
  std::string version;
};

struct OsDistribution {
  std::optional<OsName> name;
  std::string version, variant;
  std::optional<OsFamily> family;
  std::optional<OsKernel> kernel;
};

struct VmImageSpec {
  ImageSource source;
  std::optional<ImagePrepare> prepare;
  std::optional<ImageMetadata> metadata;
  std::optional<OsDistribution> distribution;
};

struct ImageImportProgress {
  std::optional<std::int32_t> percentage;
  std::optional<std::int64_t> transferred_bytes, total_bytes, transfer_rate;
  std::optional<WallTime> start_time;
  std::string eta;
};

struct ImageProviderStatus {
  bool available = false;
  std::string id, path;
  std::optional<schema::Quantity> size;
  std::string message;
  std::optional<WallTime> last_updated;
};

struct VmImageStatus {
  std::int64_t observed_generation = 0;
  bool ready = false;
  std::optional<ImagePhase> phase;
  std::string message;
  std::vector<std::string> available_on;
  std::map<std::string, ImageProviderStatus> provider_status;
  std::optional<ImageFormat> format;
  std::optional<schema::Quantity> size;
  std::string checksum;
  std::optional<ImageImportProgress> import_progress;
  std::optional<WallTime> last_prepare_time;
  std::string prepare_task_ref;
  std::vector<Condition> conditions;
};

struct VmImage {
  ObjectMeta meta;
  VmImageSpec spec;
  VmImageStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMImage", "vmimages"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::ImageFormat> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProxmoxImageFormat> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ChecksumType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MissingImagePolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Preallocation> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::AllocationPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VsphereDiskType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::OsFamily> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::OsName> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::KernelType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Architecture> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImagePhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::BasicAuth> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::BearerAuth> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClientCertAuth> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::HttpAuthentication> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::HttpImageSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LibvirtImageSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ContentLibraryItem> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VsphereImageSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProxmoxImageSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::RegistryImageSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImageSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LibvirtStorageOptions> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VsphereStorageOptions> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImageStorage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImageOptimization> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImagePrepare> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImageMetadata> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::OsKernel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::OsDistribution> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmImageSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImageImportProgress> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImageProviderStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmImageStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmImage> { static const TypeInfo& info(); };
// clang-format on
