// vsphere/answers_test.h — parts of answers of vSphere's, for those that no recording has.
#pragma once

#include <string>

namespace rig::vsphere {

inline std::string property(const std::string& name, const std::string& value, const std::string& type = "xsd:string") {
  return "<propSet><name>" + name + "</name><val xsi:type=\"" + type + "\">" + value + "</val></propSet>";
}
inline std::string object(const std::string& type, const std::string& id, const std::string& properties) {
  return "<objects><obj type=\"" + type + "\">" + id + "</obj>" + properties + "</objects>";
}
inline std::string found(const std::string& objects) { return "<returnval>" + objects + "</returnval>"; }

inline std::string entity(const std::string& type, const std::string& id, const std::string& name,
                          const std::string& parent_type, const std::string& parent, const std::string& more = "") {
  return object(type, id,
                property("name", name) + "<propSet><name>parent</name><val type=\"" + parent_type + "\">" + parent +
                    "</val></propSet>" + more);
}

// One host of one cluster, with one datastore; `more` of it.
inline std::string inventory(const std::string& more = "") {
  return found(
      entity("Datacenter", "datacenter-2", "DC0", "Folder", "group-d1") +
      entity("Folder", "group-v3", "vm", "Datacenter", "datacenter-2") +
      entity("Folder", "group-h4", "host", "Datacenter", "datacenter-2") +
      entity("ClusterComputeResource", "domain-c1", "C0", "Folder", "group-h4") +
      entity("ResourcePool", "resgroup-30", "Resources", "ClusterComputeResource", "domain-c1") +
      entity("HostSystem", "host-50", "esx1", "ClusterComputeResource", "domain-c1",
             property("runtime.connectionState", "connected") + property("runtime.inMaintenanceMode", "false") +
                 "<propSet><name>datastore</name><val xsi:type=\"ArrayOfManagedObjectReference\">"
                 "<ManagedObjectReference type=\"Datastore\">datastore-75</ManagedObjectReference></val></propSet>") +
      entity("Datastore", "datastore-75", "LocalDS_0", "Datacenter", "datacenter-2",
             property("summary.freeSpace", "1000000") + property("summary.accessible", "true")) +
      more);
}

inline const char kTaskBegun[] = "<returnval type=\"Task\">task-1</returnval>";
inline std::string task(const std::string& state, const std::string& more = "") {
  return found(object("Task", "task-1",
                      "<propSet><name>info</name><val xsi:type=\"TaskInfo\"><key>task-1</key><state>" + state +
                          "</state>" + more + "</val></propSet>"));
}

}  // namespace rig::vsphere
