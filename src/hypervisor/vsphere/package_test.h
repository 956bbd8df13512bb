// vsphere/package_test.h — archives as tar writes them, and a descriptor.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace rig::vsphere {

// The header of a file; its sum is right.
inline std::string tar_header(const std::string& name, std::int64_t bytes, char type = '0') {
  std::string header(512, '\0');
  name.copy(header.data(), 100);
  char size[12];
  std::snprintf(size, sizeof size, "%011llo", static_cast<unsigned long long>(bytes));
  header.replace(124, 12, size, 12);
  header.replace(148, 8, 8, ' ');
  header[156] = type;
  header.replace(257, 8,
                 "ustar\0"
                 "00",
                 8);
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  header.replace(148, 7, digits, 7);
  return header;
}

inline std::string tar_file(const std::string& name, const std::string& bytes, char type = '0') {
  std::string file = tar_header(name, static_cast<std::int64_t>(bytes.size()), type) + bytes;
  file.resize((file.size() + 511) / 512 * 512);
  return file;
}

// Of a machine with one disk, "d.vmdk" of 3,000,000 bytes.
inline constexpr char kSampleDescriptor[] = R"(<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
<References><File ovf:href="d.vmdk" ovf:id="file1" ovf:size="3000000"/></References>
<DiskSection><Info>d</Info><Disk ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk1"
  ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
</DiskSection>
<VirtualSystem ovf:id="imp"><Info>v</Info><Name>imp</Name>
<OperatingSystemSection ovf:id="101"><Info>o</Info></OperatingSystemSection>
<VirtualHardwareSection><Info>h</Info>
<System><vssd:ElementName>Virtual Hardware Family</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>
<vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType></System>
<Item><rasd:ElementName>cpu</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID>
<rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>mem</rasd:ElementName>
<rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType>
<rasd:VirtualQuantity>256</rasd:VirtualQuantity></Item>
<Item><rasd:Address>0</rasd:Address><rasd:ElementName>scsi</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID>
<rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:ElementName>disk0</rasd:ElementName>
<rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID>
<rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
</VirtualHardwareSection></VirtualSystem></Envelope>)";

inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace rig::vsphere
