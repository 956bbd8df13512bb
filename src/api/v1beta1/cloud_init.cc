// api/v1beta1/cloud_init.cc — the rows of cloud_init.h.
#include "api/v1beta1/cloud_init.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<CloudInit>::info() {
  static const TypeInfo t = object(
      "CloudInit", "A cloud-init document, written here or kept in a Secret. When both are given, cloud-init "
                   "receives both.", {
      field<&CloudInit::inline_>("inline").secret()
          .doc("The document itself. It is stored and shown with the object; put passwords and tokens into a Secret."),
      field<&CloudInit::secret_ref>("secretRef").doc("Secret in the object's namespace that holds the document."),
  });
  return t;
}

const TypeInfo& Describe<Ignition>::info() {
  static const TypeInfo t = object(
      "Ignition", "An Ignition configuration, for Fedora CoreOS and Flatcar, written here or kept in a Secret.", {
      field<&Ignition::inline_>("inline").secret()
          .doc("The configuration as JSON. It is stored and shown with the object; put passwords and tokens into a "
               "Secret."),
      field<&Ignition::secret_ref>("secretRef").doc("Secret in the object's namespace that holds the configuration."),
  });
  return t;
}

const TypeInfo& Describe<UserData>::info() {
  static const TypeInfo t = object(
      "UserData", "What the guest's first-boot program is given. Read once, at the first boot.", {
      field<&UserData::cloud_init>("cloudInit")
          .doc("Cloud-init user-data: `#cloud-config`, a shell script or a MIME archive. The Secret's key is "
               "userdata, user-data, cloud-init or cloud-config; the first that is present counts."),
      field<&UserData::ignition>("ignition").doc("Ignition configuration instead of cloud-init."),
  });
  return t;
}

const TypeInfo& Describe<MetaData>::info() {
  static const TypeInfo t = object(
      "MetaData", "Cloud-init meta-data in addition to what is set for every machine (instance-id, local-hostname).", {
      field<&MetaData::cloud_init>("cloudInit")
          .doc("The meta-data document, YAML. The Secret's key is metadata, meta-data or meta_data."),
  });
  return t;
}

const TypeInfo& Describe<NetworkConfig>::info() {
  static const TypeInfo t = object(
      "NetworkConfig", "Cloud-init network-config, when the addresses in `networks` do not say enough.", {
      field<&NetworkConfig::cloud_init>("cloudInit").addition()
          .doc("The network-config document, version 1 or 2. It replaces what would be written from `networks`. "
               "The Secret's key is network-config, networkconfig or network_config."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
