// api/v1beta1/vm_network_attachment.cc — the rows of vm_network_attachment.h.
#include "api/v1beta1/vm_network_attachment.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<NetworkType>::info() {
  using enum NetworkType;
  static const TypeInfo t = enumeration<NetworkType>("NetworkType", "What the network is like.", {
      {kBridged, "bridged", "Machines are on the host's own network."},
      {kNat, "nat", "Machines reach out through the host's address."},
      {kIsolated, "isolated", "Machines reach one another only."},
      {kHostOnly, "host-only", "Machines reach one another and the host."},
      {kExternal, "external", "The network is managed elsewhere."},
  });
  return t;
}

const TypeInfo& Describe<IpAllocationType>::info() {
  using enum IpAllocationType;
  static const TypeInfo t = enumeration<IpAllocationType>("IpAllocationType", "Where addresses come from.", {
      {kDhcp, "DHCP", "From a DHCP server."},
      {kStatic, "Static", "From staticConfig."},
      {kPool, "Pool", "From an address pool."},
      {kNone, "None", "From nowhere: the interface has no address."},
  });
  return t;
}

const TypeInfo& Describe<FirewallAction>::info() {
  using enum FirewallAction;
  static const TypeInfo t = enumeration<FirewallAction>("FirewallAction", "What becomes of a packet.", {
      {kAccept, "ACCEPT", "It passes."},
      {kDrop, "DROP", "It is dropped."},
      {kReject, "REJECT", "It is refused, and the sender is told."},
  });
  return t;
}

const TypeInfo& Describe<FirewallDirection>::info() {
  using enum FirewallDirection;
  static const TypeInfo t = enumeration<FirewallDirection>(
      "FirewallDirection", "Which packets a rule is about, seen from the machine.", {
      {kIn, "in", "Those that come."},
      {kOut, "out", "Those that go."},
      {kInout, "inout", "Both."},
  });
  return t;
}

const TypeInfo& Describe<FirewallProtocol>::info() {
  using enum FirewallProtocol;
  static const TypeInfo t = enumeration<FirewallProtocol>("FirewallProtocol", "Protocol of a packet.", {
      {kTcp, "tcp", "TCP."},
      {kUdp, "udp", "UDP."},
      {kIcmp, "icmp", "ICMP."},
      {kAll, "all", "Any."},
  });
  return t;
}

const TypeInfo& Describe<IsolationMode>::info() {
  using enum IsolationMode;
  static const TypeInfo t = enumeration<IsolationMode>("IsolationMode", "Which other networks can be reached.", {
      {kNone, "none", "All of them."},
      {kStrict, "strict", "None of them."},
      {kCustom, "custom", "As allowedNetworks and deniedNetworks say."},
  });
  return t;
}

const TypeInfo& Describe<TunnelProtocol>::info() {
  using enum TunnelProtocol;
  static const TypeInfo t = enumeration<TunnelProtocol>("TunnelProtocol", "How traffic is encrypted.", {
      {kIpsec, "ipsec", "IPsec."},
      {kWireguard, "wireguard", "WireGuard."},
      {kOpenvpn, "openvpn", "OpenVPN."},
  });
  return t;
}

const TypeInfo& Describe<NetworkPhase>::info() {
  using enum NetworkPhase;
  static const TypeInfo t = enumeration<NetworkPhase>(
      "NetworkPhase", "Where a network is on its way to being usable.", {
      {kPending, "Pending", "Not begun, or waiting."},
      {kConfiguring, "Configuring", "Being set up."},
      {kReady, "Ready", "Usable on at least one Provider."},
      {kFailed, "Failed", "Only a user can help."},
  });
  return t;
}

const TypeInfo& Describe<NetworkConfiguration>::info() {
  static const TypeInfo t = object(
      "NetworkConfiguration", "The network, in each hypervisor's own words. Each provider takes the entry of its "
                              "own type.", {
      field<&NetworkConfiguration::type>("type").def(R"("bridged")").doc("What the network is like."),
      field<&NetworkConfiguration::libvirt>("libvirt").doc("The network on libvirt."),
      field<&NetworkConfiguration::vsphere>("vsphere").doc("The network on vSphere."),
      field<&NetworkConfiguration::proxmox>("proxmox").doc("The network on Proxmox VE."),
      field<&NetworkConfiguration::mtu>("mtu").def("1500").range(68, 9000).doc("Largest frame, in bytes."),
  });
  return t;
}

const TypeInfo& Describe<StaticRoute>::info() {
  static const TypeInfo t = object("StaticRoute", "A route.", {
      field<&StaticRoute::destination>("destination").required().pattern(kCidrPattern)
          .doc("Destination as address/prefix, IPv4 or IPv6."),
      field<&StaticRoute::gateway>("gateway").required().pattern(kAddressPattern).doc("Address of the next hop."),
      field<&StaticRoute::metric>("metric").range(0, 65535).doc("Cost of the route; the lowest is taken."),
  });
  return t;
}

const TypeInfo& Describe<StaticIpConfig>::info() {
  static const TypeInfo t = object("StaticIpConfig", "A fixed address.", {
      field<&StaticIpConfig::address>("address").required().pattern(kCidrPattern).doc("Address/prefix, IPv4 or IPv6."),
      field<&StaticIpConfig::gateway>("gateway").pattern(kAddressPattern).doc("Default gateway."),
      field<&StaticIpConfig::routes>("routes").max_items(20).doc("Further routes."),
  });
  return t;
}

const TypeInfo& Describe<IpPoolConfig>::info() {
  static const TypeInfo t = object("IpPoolConfig", "An address from a pool.", {
      field<&IpPoolConfig::pool_ref>("poolRef").required().doc("The pool."),
      field<&IpPoolConfig::preferred_ip>("preferredIP").pattern(kAddressPattern)
          .doc("Address to take when it is free."),
  });
  return t;
}

const TypeInfo& Describe<DhcpConfig>::info() {
  static const TypeInfo t = object("DhcpConfig", "What the guest tells the DHCP server.", {
      field<&DhcpConfig::client_id>("clientID").max_length(255).doc("Client identifier."),
      field<&DhcpConfig::hostname>("hostname").max_length(255).doc("Host name."),
      field<&DhcpConfig::options>("options").max_items(20).doc("Further options, by number or name."),
  });
  return t;
}

const TypeInfo& Describe<DnsConfig>::info() {
  static const TypeInfo t = object("DnsConfig", "Name servers of the guest.", {
      field<&DnsConfig::servers>("servers").max_items(10).doc("Addresses of name servers."),
      field<&DnsConfig::search_domains>("searchDomains").max_items(10)
          .doc("Domains that short names are looked up in."),
      field<&DnsConfig::options>("options").max_items(10).doc("Resolver options, as in resolv.conf."),
  });
  return t;
}

const TypeInfo& Describe<IpAllocation>::info() {
  static const TypeInfo t = object(
      "IpAllocation", "How machines on this network get their addresses, where their `networks` do not say.", {
      field<&IpAllocation::type>("type").def(R"("DHCP")").doc("Where addresses come from."),
      field<&IpAllocation::static_config>("staticConfig").doc("A fixed address."),
      field<&IpAllocation::pool_config>("poolConfig").doc("An address from a pool."),
      field<&IpAllocation::dhcp_config>("dhcpConfig").doc("What the guest tells the DHCP server."),
      field<&IpAllocation::dns_config>("dnsConfig").doc("Name servers."),
  });
  return t;
}

const TypeInfo& Describe<PortRange>::info() {
  static const TypeInfo t = object("PortRange", "One port or several in a row.", {
      field<&PortRange::start>("start").required().range(1, 65535).doc("First port."),
      field<&PortRange::end>("end").range(1, 65535).doc("Last port; the first one when absent."),
  });
  return t;
}

const TypeInfo& Describe<FirewallRule>::info() {
  static const TypeInfo t = object("FirewallRule", "A rule of the firewall.", {
      field<&FirewallRule::name>("name").required().max_length(255).doc("Name of the rule."),
      field<&FirewallRule::action>("action").required().doc("What becomes of a packet that it fits."),
      field<&FirewallRule::direction>("direction").required().doc("Which packets it is about."),
      field<&FirewallRule::protocol>("protocol").doc("Protocol of the packet; any when absent."),
      field<&FirewallRule::source_cidr>("sourceCIDR").doc("Where the packet comes from; anywhere when empty."),
      field<&FirewallRule::destination_cidr>("destinationCIDR").doc("Where the packet goes to; anywhere when empty."),
      field<&FirewallRule::ports>("ports").doc("Destination ports; any when absent."),
      field<&FirewallRule::priority>("priority").range(1, 1000).doc("Order of the rules; the lowest is tried first."),
  });
  return t;
}

const TypeInfo& Describe<NetworkFirewall>::info() {
  static const TypeInfo t = object("NetworkFirewall", "A firewall between the machine and the network.", {
      field<&NetworkFirewall::enabled>("enabled").def("false").doc("Whether there is one."),
      field<&NetworkFirewall::default_policy>("defaultPolicy").def(R"("ACCEPT")")
          .doc("What becomes of packets that no rule fits."),
      field<&NetworkFirewall::rules>("rules").max_items(100).doc("The rules."),
  });
  return t;
}

const TypeInfo& Describe<NetworkIsolation>::info() {
  static const TypeInfo t = object("NetworkIsolation", "Which other networks machines on this one can reach.", {
      field<&NetworkIsolation::mode>("mode").doc("Whether any can be reached."),
      field<&NetworkIsolation::allowed_networks>("allowedNetworks").max_items(50).doc("Networks that can be reached."),
      field<&NetworkIsolation::denied_networks>("deniedNetworks").max_items(50).doc("Networks that cannot."),
  });
  return t;
}

const TypeInfo& Describe<NetworkEncryption>::info() {
  static const TypeInfo t = object("NetworkEncryption", "Encryption of traffic between hosts.", {
      field<&NetworkEncryption::enabled>("enabled").def("false").doc("Whether traffic is encrypted."),
      field<&NetworkEncryption::protocol>("protocol").doc("How."),
      field<&NetworkEncryption::key_ref>("keyRef").doc("Secret that holds the key."),
  });
  return t;
}

const TypeInfo& Describe<NetworkSecurity>::info() {
  static const TypeInfo t = object("NetworkSecurity", "Who may talk to whom.", {
      field<&NetworkSecurity::firewall>("firewall").doc("Firewall between the machine and the network."),
      field<&NetworkSecurity::isolation>("isolation").doc("Which other networks can be reached."),
      field<&NetworkSecurity::encryption>("encryption").doc("Encryption between hosts."),
  });
  return t;
}

const TypeInfo& Describe<NetworkQos>::info() {
  static const TypeInfo t = object("NetworkQos", "Rates and precedence.", {
      field<&NetworkQos::ingress_limit>("ingressLimit").min(1000)
          .doc("Rate towards the machine at most, in bits a second."),
      field<&NetworkQos::egress_limit>("egressLimit").min(1000).doc("Rate from the machine at most, in bits a second."),
      field<&NetworkQos::priority>("priority").range(0, 7).doc("Precedence of frames (802.1p), 0 to 7."),
      field<&NetworkQos::dscp>("dscp").range(0, 63).doc("Precedence of packets (DSCP), 0 to 63."),
  });
  return t;
}

const TypeInfo& Describe<NetworkMetadata>::info() {
  static const TypeInfo t = object("NetworkMetadata", "What people want to know about the network.", {
      field<&NetworkMetadata::display_name>("displayName").max_length(255).doc("Name for people."),
      field<&NetworkMetadata::description>("description").max_length(1024).doc("What it is for."),
      field<&NetworkMetadata::environment>("environment").doc("Which stage it belongs to."),
      field<&NetworkMetadata::tags>("tags").max_items(50).doc("Tags of your own."),
  });
  return t;
}

const TypeInfo& Describe<VmNetworkAttachmentSpec>::info() {
  static const TypeInfo t = object(
      "VmNetworkAttachmentSpec", "What machines are connected to, and how they get addresses.", {
      field<&VmNetworkAttachmentSpec::network>("network").required()
          .doc("The network, in each hypervisor's own words."),
      field<&VmNetworkAttachmentSpec::ip_allocation>("ipAllocation").doc("How machines get their addresses."),
      field<&VmNetworkAttachmentSpec::security>("security").doc("Who may talk to whom."),
      field<&VmNetworkAttachmentSpec::qos>("qos").doc("Rates and precedence."),
      field<&VmNetworkAttachmentSpec::metadata>("metadata").doc("What people want to know about it."),
  });
  return t;
}

const TypeInfo& Describe<IpAllocationStatus>::info() {
  static const TypeInfo t = object("IpAllocationStatus", "An address that a machine has on this network.", {
      field<&IpAllocationStatus::ip>("ip").required().doc("The address."),
      field<&IpAllocationStatus::vm>("vm").required().doc("The VirtualMachine, by name."),
      field<&IpAllocationStatus::mac>("mac").doc("MAC address of the interface."),
      field<&IpAllocationStatus::allocated_at>("allocatedAt").doc("When it was given."),
      field<&IpAllocationStatus::lease_expiry>("leaseExpiry").doc("When the lease ends."),
  });
  return t;
}

const TypeInfo& Describe<NetworkProviderStatus>::info() {
  static const TypeInfo t = object("NetworkProviderStatus", "The network on one Provider.", {
      field<&NetworkProviderStatus::available>("available").required()
          .doc("Whether machines can be connected to it there."),
      field<&NetworkProviderStatus::id>("id").doc("The hypervisor's id of it."),
      field<&NetworkProviderStatus::state>("state").doc("Its state, in the hypervisor's own word."),
      field<&NetworkProviderStatus::message>("message").doc("One sentence for a person."),
      field<&NetworkProviderStatus::last_updated>("lastUpdated").doc("When this entry last changed."),
  });
  return t;
}

const TypeInfo& Describe<VmNetworkAttachmentStatus>::info() {
  static const TypeInfo t = object("VmNetworkAttachmentStatus", "Where the network can be used and by whom it is.", {
      field<&VmNetworkAttachmentStatus::observed_generation>("observedGeneration")
          .doc("The metadata.generation that this status was written for."),
      field<&VmNetworkAttachmentStatus::ready>("ready").doc("Whether it is usable on at least one Provider."),
      field<&VmNetworkAttachmentStatus::phase>("phase").doc("Where it is on its way."),
      field<&VmNetworkAttachmentStatus::message>("message").doc("One sentence for a person."),
      field<&VmNetworkAttachmentStatus::available_on>("availableOn").doc("Providers that it can be used on, by name."),
      field<&VmNetworkAttachmentStatus::provider_status>("providerStatus")
          .doc("The network on each Provider, by name."),
      field<&VmNetworkAttachmentStatus::connected_vms>("connectedVMs").doc("Number of VirtualMachines that name it."),
      field<&VmNetworkAttachmentStatus::ip_allocations>("ipAllocations").doc("Addresses that machines have on it."),
      field<&VmNetworkAttachmentStatus::conditions>("conditions").map_list({"type"})
          .doc("What is true of the network, each with its reason and time."),
  });
  return t;
}

const TypeInfo& Describe<VmNetworkAttachment>::info() {
  static const TypeInfo t = object("VmNetworkAttachment", "A network that machines can be connected to.", {
      field<&VmNetworkAttachment::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&VmNetworkAttachment::spec>("spec")
          .doc("What machines are connected to, and how they get addresses."),
      field<&VmNetworkAttachment::status>("status").doc("Where the network can be used and by whom it is."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
