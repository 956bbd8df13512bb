// fakes/vcenter/ovf.h — an OVF descriptor, as a machine to be made of it. Source: DMTF DSP0243.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace rig::fakes::vcenter {

struct OvfFile {
  std::string href;
  std::int64_t size = 0;
};
struct OvfDisk {
  std::int64_t bytes = 0;
  std::string file;  // id; "" : an empty disk
};
struct OvfItem {  // of the virtual hardware
  int type = 0;   // CIM: 3 CPU, 4 memory, 5 IDE, 6 SCSI, 10 network card, 17 disk, 20 other storage
  std::string id, subtype, parent, host_resource, connection;
  std::int64_t address = 0, on_parent = 0, quantity = 0;
};
struct Ovf {
  std::map<std::string, OvfFile> files;
  std::map<std::string, OvfDisk> disks;
  std::vector<OvfItem> items;
  std::vector<std::string> networks;
  std::string hardware_version, firmware;
};

// kInvalidArgument: it is none.
Result<Ovf> parse_ovf(const std::string& text);

}  // namespace rig::fakes::vcenter
