// api/v1beta1/migration_storage.h — where disks wait between two hypervisors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/meta/meta.h"

namespace rig::api::v1beta1 {

enum class StagingType : std::uint8_t { kPvc, kNfs, kS3 };

enum class TransferMode : std::uint8_t { kAuto, kRelay, kDirect };

enum class PvcAccessMode : std::uint8_t { kReadWriteOnce, kReadWriteMany, kReadOnlyMany };

struct PvcStorage {
  std::string name, storage_class_name, size;
  PvcAccessMode access_mode = PvcAccessMode::kReadWriteMany;
  std::string mount_path = "/mnt/migration-storage";
};

struct NfsStorage {
  std::string server, export_, path;
  bool read_only = false;
  std::optional<std::int64_t> uid, gid;
};

struct S3Storage {
  std::string bucket;
  ObjectRef credentials_secret_ref;
  std::string endpoint, region, prefix;
  bool use_path_style = false;
};

struct MigrationStorage {
  StagingType type = StagingType::kPvc;
  std::optional<PvcStorage> pvc;
  std::optional<NfsStorage> nfs;
  std::optional<S3Storage> s3;
  TransferMode transfer_mode = TransferMode::kAuto;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::StagingType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::TransferMode> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PvcAccessMode> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PvcStorage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NfsStorage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::S3Storage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationStorage> { static const TypeInfo& info(); };
// clang-format on
