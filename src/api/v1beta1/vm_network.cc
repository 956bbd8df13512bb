// api/v1beta1/vm_network.cc — the rows of vm_network.h.
#include "api/v1beta1/vm_network.h"

#include "api/patterns.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<VmNetwork>::info() {
  static const TypeInfo t = object(
      "VmNetwork", "A network interface. The order of the list is the order in the guest.", {
      field<&VmNetwork::name>("name").required().max_length(63).pattern(kLabelPattern)
          .doc("Name of the interface, unique within the machine."),
      field<&VmNetwork::network_ref>("networkRef")
          .doc("VMNetworkAttachment that says what the interface is connected to; the hypervisor's default network "
               "when absent."),
      field<&VmNetwork::mac_address>("macAddress").pattern(kMacPattern)
          .doc("MAC address, such as 52:54:00:12:34:56; chosen once and kept when empty."),
      field<&VmNetwork::ip_address>("ipAddress").pattern(kAddressPattern)
          .doc("Static IPv4 or IPv6 address; DHCP when empty."),
      field<&VmNetwork::prefix>("prefix").range(1, 128).doc("Length of the network prefix of ipAddress, in bits."),
      field<&VmNetwork::gateway>("gateway").pattern(kAddressPattern)
          .doc("Default gateway that goes with ipAddress, IPv4 or IPv6."),
      field<&VmNetwork::dns>("dns").doc("Name servers, separated by commas."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
