// schema/sample_test.h — a small API type that has every kind of row; the tests of this room walk it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schema/type_info.h"

namespace rig::schema::sample {

enum class Power : std::uint8_t { kUnset, kOn, kOff, kOffGraceful };

struct Port {
  std::string name;
  std::int32_t port = 0;
  std::optional<std::string> protocol;
};
struct Disk {
  std::string name, type;
  std::int32_t size_gib = 0;
  std::optional<std::string> serial;
};
struct Check {
  bool valid = false;
  std::string message;
};
struct Source {
  std::optional<std::string> url, path;
  std::optional<Disk> disk;
};
struct Folder {
  std::string name;
  std::vector<Folder> folders;
};

struct Spec {
  Power power = Power::kUnset;
  std::string class_name, uid;
  std::optional<std::int32_t> cpus;
  std::int64_t memory_mib = 0;
  std::optional<double> ratio;
  std::optional<bool> paused;
  Quantity size;
  IntOrString max_unavailable;
  std::vector<Disk> disks;
  std::vector<Port> ports;
  std::vector<std::string> tags, groups;
  std::map<std::string, std::string> labels;
  Source source;
  json::Value affinity, extra;
  std::optional<Folder> root;
};
struct Status {
  std::optional<WallTime> ready_at;
  std::optional<MicroTime> renewed_at;
  std::map<std::string, Check> checks;
};
struct Machine {
  Spec spec;
  Status status;
};

// Uses every member.
extern const char* const kRichMachine;

}  // namespace rig::schema::sample

template <>
struct rig::schema::Describe<rig::schema::sample::Power> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Port> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Disk> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Check> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Source> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Folder> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Spec> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Status> {
  static const TypeInfo& info();
};
template <>
struct rig::schema::Describe<rig::schema::sample::Machine> {
  static const TypeInfo& info();
};
