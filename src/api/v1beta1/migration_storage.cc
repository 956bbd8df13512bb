// api/v1beta1/migration_storage.cc — the rows of migration_storage.h.
#include "api/v1beta1/migration_storage.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<StagingType>::info() {
  using enum StagingType;
  static const TypeInfo t = enumeration<StagingType>("StagingType", "What the staging storage is.", {
      {kPvc, "pvc", "A PersistentVolumeClaim that both providers mount."},
      {kNfs, "nfs", "An NFS export that both hypervisors reach."},
      {kS3, "s3", "A bucket on an S3 server."},
  });
  return t;
}

const TypeInfo& Describe<TransferMode>::info() {
  using enum TransferMode;
  static const TypeInfo t = enumeration<TransferMode>("TransferMode", "Which way disks travel.", {
      {kAuto, "auto", "The best that both ends can do."},
      {kRelay, "relay", "By way of the staging storage."},
      {kDirect, "direct", "From one hypervisor to the other."},
  });
  return t;
}

const TypeInfo& Describe<PvcAccessMode>::info() {
  using enum PvcAccessMode;
  static const TypeInfo t = enumeration<PvcAccessMode>("PvcAccessMode", "Who may mount a claim.", {
      {kReadWriteOnce, "ReadWriteOnce", "One node."},
      {kReadWriteMany, "ReadWriteMany", "Many nodes."},
      {kReadOnlyMany, "ReadOnlyMany", "Many nodes, for reading."},
  });
  return t;
}

const TypeInfo& Describe<PvcStorage>::info() {
  static const TypeInfo t = object("PvcStorage", "A PersistentVolumeClaim as staging storage.", {
      field<&PvcStorage::name>("name").cluster_only()
          .doc("An existing claim. One is made, and removed afterwards, when empty."),
      field<&PvcStorage::storage_class_name>("storageClassName").cluster_only()
          .doc("Storage class of the claim that is made."),
      field<&PvcStorage::size>("size").cluster_only().pattern(R"(^[0-9]+(\.[0-9]+)?(Ei?|Pi?|Ti?|Gi?|Mi?|Ki?)$)")
          .doc("Size of the claim that is made, such as 100Gi."),
      field<&PvcStorage::access_mode>("accessMode").cluster_only().def(R"("ReadWriteMany")")
          .doc("Who may mount the claim that is made."),
      field<&PvcStorage::mount_path>("mountPath").cluster_only().def(R"("/mnt/migration-storage")")
          .doc("Where it is mounted in the providers."),
  });
  return t;
}

const TypeInfo& Describe<NfsStorage>::info() {
  static const TypeInfo t = object("NfsStorage", "An NFS export as staging storage.", {
      field<&NfsStorage::server>("server").required().max_length(253).doc("Host name or address of the server."),
      field<&NfsStorage::export_>("export").required().max_length(4096).doc("Path of the export."),
      field<&NfsStorage::path>("path").max_length(4096).doc("Folder below the export."),
      field<&NfsStorage::read_only>("readOnly").def("false").doc("Whether it is mounted for reading only."),
      field<&NfsStorage::uid>("uid").range(0, 4294967295).doc("User id to access files with."),
      field<&NfsStorage::gid>("gid").range(0, 4294967295).doc("Group id to access files with."),
  });
  return t;
}

const TypeInfo& Describe<S3Storage>::info() {
  static const TypeInfo t = object("S3Storage", "A bucket as staging storage.", {
      field<&S3Storage::bucket>("bucket").required().doc("Name of the bucket."),
      field<&S3Storage::credentials_secret_ref>("credentialsSecretRef").required()
          .doc("Secret with accessKeyID, secretAccessKey and, if there is one, sessionToken."),
      field<&S3Storage::endpoint>("endpoint").max_length(263).doc("URL of the server; Amazon's when empty."),
      field<&S3Storage::region>("region").doc("Region of the bucket."),
      field<&S3Storage::prefix>("prefix").doc("Prefix of the objects' keys."),
      field<&S3Storage::use_path_style>("usePathStyle").def("false")
          .doc("Whether the bucket is part of the path instead of the host name."),
  });
  return t;
}

const TypeInfo& Describe<MigrationStorage>::info() {
  static const TypeInfo t = object("MigrationStorage", "Where disks wait between two hypervisors.", {
      field<&MigrationStorage::type>("type").required().def(R"("pvc")").doc("What the staging storage is."),
      field<&MigrationStorage::pvc>("pvc").cluster_only().doc("The claim (pvc)."),
      field<&MigrationStorage::nfs>("nfs").doc("The export (nfs)."),
      field<&MigrationStorage::s3>("s3").doc("The bucket (s3)."),
      field<&MigrationStorage::transfer_mode>("transferMode").def(R"("auto")").doc("Which way disks travel."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
