// api/v1beta1/guest_customization.cc — the rows of guest_customization.h.
#include "api/v1beta1/guest_customization.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<CertificateStore>::info() {
  using enum CertificateStore;
  static const TypeInfo t = enumeration<CertificateStore>("CertificateStore", "Where a guest keeps a certificate.", {
      {kRoot, "root", "Authorities that are trusted."},
      {kCa, "ca", "Intermediate authorities."},
      {kMy, "my", "Certificates of the machine itself."},
      {kTrust, "trust", "Peers that are trusted."},
  });
  return t;
}

const TypeInfo& Describe<GuestCommandStage>::info() {
  using enum GuestCommandStage;
  static const TypeInfo t = enumeration<GuestCommandStage>("GuestCommandStage", "When a command is run.", {
      {kPreCustomization, "pre-customization", "Before anything else is changed."},
      {kPostCustomization, "post-customization", "After everything else has been changed."},
      {kFirstBoot, "first-boot", "When the guest next starts."},
  });
  return t;
}

const TypeInfo& Describe<PasswordSource>::info() {
  static const TypeInfo t = object("PasswordSource", "A password, from a Secret or, for compatibility, written here.", {
      field<&PasswordSource::secret_ref>("secretRef").doc("Secret in the object's namespace."),
      field<&PasswordSource::secret_key>("secretKey").def(R"("password")").doc("Key in the Secret."),
      field<&PasswordSource::value>("value").secret()
          .doc("The password itself. It is stored and shown with the object; use a Secret."),
  });
  return t;
}

const TypeInfo& Describe<DomainJoin>::info() {
  static const TypeInfo t = object("DomainJoin", "An Active Directory domain to join.", {
      field<&DomainJoin::domain>("domain").required().max_length(255).doc("Name of the domain."),
      field<&DomainJoin::username>("username").required().max_length(255)
          .doc("Account that may add machines to the domain."),
      field<&DomainJoin::password>("password").required().doc("Password of the account."),
      field<&DomainJoin::organizational_unit>("organizationalUnit").max_length(500)
          .doc("Where in the directory the machine goes."),
  });
  return t;
}

const TypeInfo& Describe<Sysprep>::info() {
  static const TypeInfo t = object("Sysprep", "Windows system preparation.", {
      field<&Sysprep::enabled>("enabled").def("false").doc("Whether it is done."),
      field<&Sysprep::owner>("owner").max_length(255).doc("Registered owner."),
      field<&Sysprep::organization>("organization").max_length(255).doc("Registered organisation."),
      field<&Sysprep::product_key>("productKey").secret().doc("Product key."),
      field<&Sysprep::admin_password>("adminPassword").doc("Password of the Administrator."),
      field<&Sysprep::join_domain>("joinDomain").doc("Domain to join."),
      field<&Sysprep::custom_commands>("customCommands").max_items(20).doc("Commands for the first logon."),
  });
  return t;
}

const TypeInfo& Describe<CertificateInstall>::info() {
  static const TypeInfo t = object("CertificateInstall", "A certificate for the guest.", {
      field<&CertificateInstall::name>("name").required().max_length(255).doc("Name of the certificate."),
      field<&CertificateInstall::data>("data").doc("The certificate, PEM."),
      field<&CertificateInstall::secret_ref>("secretRef").doc("Secret that holds it, instead of data."),
      field<&CertificateInstall::secret_key>("secretKey").def(R"("tls.crt")").doc("Key in the Secret."),
      field<&CertificateInstall::store>("store").def(R"("root")").doc("Where the guest keeps it."),
  });
  return t;
}

const TypeInfo& Describe<GuestCommand>::info() {
  static const TypeInfo t = object("GuestCommand", "A command in the guest, run by the guest agent.", {
      field<&GuestCommand::command>("command").required().max_length(1000).doc("The program."),
      field<&GuestCommand::arguments>("arguments").max_items(20).doc("Its arguments; no shell is involved."),
      field<&GuestCommand::working_directory>("workingDirectory").max_length(500).doc("Folder to run it in."),
      field<&GuestCommand::run_as_user>("runAsUser").max_length(255)
          .doc("User to run it as; the guest agent's when empty."),
      field<&GuestCommand::timeout>("timeout").def(R"("5m")").doc("How long it may take, such as 5m."),
      field<&GuestCommand::stage>("stage").def(R"("post-customization")").doc("When it is run."),
  });
  return t;
}

const TypeInfo& Describe<GuestNetwork>::info() {
  static const TypeInfo t = object("GuestNetwork", "Addresses of one interface of the guest.", {
      field<&GuestNetwork::name>("name").required().max_length(255)
          .doc("Name of the interface, as in `networks` of the machine."),
      field<&GuestNetwork::dhcp>("dhcp").doc("Whether its addresses come from DHCP."),
      field<&GuestNetwork::ip_address>("ipAddress").pattern(kAddressPattern).doc("Static address, IPv4 or IPv6."),
      field<&GuestNetwork::subnet_mask>("subnetMask").pattern(kIpv4Pattern)
          .doc("Netmask of an IPv4 address, such as 255.255.255.0."),
      field<&GuestNetwork::gateway>("gateway").pattern(kAddressPattern).doc("Default gateway, IPv4 or IPv6."),
      field<&GuestNetwork::dns>("dns").max_items(5).doc("Name servers."),
      field<&GuestNetwork::mac_address>("macAddress").pattern(kMacPattern).doc("MAC address."),
  });
  return t;
}

const TypeInfo& Describe<GuestCustomization>::info() {
  static const TypeInfo t = object("GuestCustomization", "What is changed inside the clone.", {
      field<&GuestCustomization::hostname>("hostname").max_length(255)
          .pattern(R"(^[a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?$)")
          .doc("Host name."),
      field<&GuestCustomization::domain>("domain").max_length(255).doc("DNS domain."),
      field<&GuestCustomization::time_zone>("timeZone").max_length(100).doc("Time zone, such as Europe/Berlin."),
      field<&GuestCustomization::networks>("networks").max_items(10).doc("Addresses of its interfaces."),
      field<&GuestCustomization::user_data>("userData").doc("What the guest is told at the clone's first boot."),
      field<&GuestCustomization::sysprep>("sysprep").doc("Windows system preparation."),
      field<&GuestCustomization::guest_commands>("guestCommands").max_items(20).doc("Commands to run in the guest."),
      field<&GuestCustomization::certificates>("certificates").max_items(10).doc("Certificates to install."),
      field<&GuestCustomization::tags>("tags").max_items(50).doc("Tags for the clone on the hypervisor."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
