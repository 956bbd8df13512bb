// cmd/vrtg/commands.h — one function per command; what it prints goes to stdout, errors are returned.
#pragma once

#include <string>
#include <vector>

#include "cmd/vrtg/cluster.h"

namespace rig::vrtg {

struct GetOptions {
  std::string kind, name, output, selector;  // output: "", "wide", "json", "yaml", "name"
  bool all_namespaces = false;
};
Status get(Cluster& cluster, const GetOptions& options);

struct ApplyOptions {
  std::vector<std::string> paths;  // files, folders (their *.yaml, *.yml, *.json, in order), "-"
  bool wait = false;               // until every VirtualMachine in them is as asked
  Duration timeout{};
};
Status apply(Cluster& cluster, const ApplyOptions& options);

Status remove(Cluster& cluster, const std::string& kind, const std::string& name, bool wait, Duration timeout);
Status describe(Cluster& cluster, const std::string& kind, const std::string& name);
Status power(Cluster& cluster, const std::string& name, const std::string& state);  // "on", "off", "shutdown"
// Gives the machine of "vm/NAME" or "NAME" up, and waits until that is done.
Status release(Cluster& cluster, const std::string& target, Duration timeout);
Status console(Cluster& cluster, const std::string& name);  // the serial line; Ctrl-] ends it

}  // namespace rig::vrtg
