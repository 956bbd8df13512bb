// vsphere/methods.h — the methods of vim25 that we call: parameters, and what is answered.
//
// `self` is the object that is asked. `Answer` is the type of what comes back: Nothing, one object, or all objects of a
// list. Which parameter has which name: method_rows.h.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "hypervisor/vsphere/types.h"

namespace rig::vsphere {

struct Nothing {
  bool operator==(const Nothing&) const = default;
};

template <std::size_t N>
struct Literal {
  char text[N] = {};
  // A template argument is converted without a word, so this is not explicit: Plain<"Logout", ...>.
  consteval Literal(const char (&of)[N]) { std::ranges::copy(of, text); }
};
// A method that has no parameter but the object that is asked.
template <Literal Name, class AnswerOf>
struct Plain {
  static constexpr const char* kName = Name.text;
  using Answer = AnswerOf;
  MoRef self;
  bool operator==(const Plain&) const = default;
};

// The service and who asks.
struct RetrieveServiceContent {
  static constexpr const char* kName = "RetrieveServiceContent";
  using Answer = ServiceContent;
  MoRef self = {"ServiceInstance", "ServiceInstance"};  // the one object whose name is known
};
struct LogIn {
  static constexpr const char* kName = "Login";
  using Answer = UserSession;
  MoRef self;
  std::string user_name, password;
};
using LogOut = Plain<"Logout", Nothing>;

// Looking.
struct RetrieveProperties {
  static constexpr const char* kName = "RetrievePropertiesEx";
  using Answer = RetrieveResult;  // of nothing: no objects
  MoRef self;
  std::vector<FilterSpec> specs;
  RetrieveOptions options;
};
struct ContinueRetrieveProperties {
  static constexpr const char* kName = "ContinueRetrievePropertiesEx";
  using Answer = RetrieveResult;
  MoRef self;
  std::string token;
};
using CreatePropertyCollector = Plain<"CreatePropertyCollector", MoRef>;
using DestroyPropertyCollector = Plain<"DestroyPropertyCollector", Nothing>;
struct CreateFilter {
  static constexpr const char* kName = "CreateFilter";
  using Answer = MoRef;
  MoRef self;
  FilterSpec spec;
  bool partial_updates = false;
};
struct WaitForUpdates {
  static constexpr const char* kName = "WaitForUpdatesEx";
  using Answer = UpdateSet;  // its version is "" when nothing happened
  MoRef self;
  std::string version;
  WaitOptions options;
};
struct CreateContainerView {
  static constexpr const char* kName = "CreateContainerView";
  using Answer = MoRef;
  MoRef self, container;
  std::vector<std::string> types;
  bool recursive = true;
};
using DestroyView = Plain<"DestroyView", Nothing>;
struct FindAllByUuid {
  static constexpr const char* kName = "FindAllByUuid";
  using Answer = std::vector<MoRef>;
  MoRef self;
  std::string uuid;
  bool of_machines = true;
  std::optional<bool> instance_uuid = true;
};
struct FindChild {
  static constexpr const char* kName = "FindChild";
  using Answer = MoRef;  // empty: there is none
  MoRef self, entity;
  std::string name;
};

struct RecommendDatastores {
  static constexpr const char* kName = "RecommendDatastores";
  using Answer = StoragePlacementResult;
  MoRef self;
  StoragePlacement spec;
};

// Doing. Each but the guest's own answers a task.
struct CloneMachine {
  static constexpr const char* kName = "CloneVM_Task";
  using Answer = MoRef;
  MoRef self, folder;
  std::string name;
  CloneSpec spec;
  bool operator==(const CloneMachine&) const = default;
};
struct Reconfigure {
  static constexpr const char* kName = "ReconfigVM_Task";
  using Answer = MoRef;
  MoRef self;
  ConfigSpec spec;
  bool operator==(const Reconfigure&) const = default;
};
struct UpgradeHardware {
  static constexpr const char* kName = "UpgradeVM_Task";
  using Answer = MoRef;
  MoRef self;
  std::string version;  // "vmx-19"
  bool operator==(const UpgradeHardware&) const = default;
};
using PowerOn = Plain<"PowerOnVM_Task", MoRef>;
using PowerOff = Plain<"PowerOffVM_Task", MoRef>;
using Reset = Plain<"ResetVM_Task", MoRef>;
using Destroy = Plain<"Destroy_Task", MoRef>;
using ShutdownGuest = Plain<"ShutdownGuest", Nothing>;
using RebootGuest = Plain<"RebootGuest", Nothing>;
using MarkAsTemplate = Plain<"MarkAsTemplate", Nothing>;
using CancelTask = Plain<"CancelTask", Nothing>;

// Importing.
struct CreateImportSpec {
  static constexpr const char* kName = "CreateImportSpec";
  using Answer = ImportSpecResult;
  MoRef self;
  std::string descriptor;
  MoRef pool, datastore;
  ImportParams params;
};
struct ImportMachine {
  static constexpr const char* kName = "ImportVApp";
  using Answer = MoRef;  // a lease
  MoRef self;            // the pool
  Kept spec;
  MoRef folder, host;
};
struct LeaseProgress {
  static constexpr const char* kName = "HttpNfcLeaseProgress";
  using Answer = Nothing;
  MoRef self;
  std::int32_t percent = 0;
};
using LeaseComplete = Plain<"HttpNfcLeaseComplete", Nothing>;
using LeaseAbort = Plain<"HttpNfcLeaseAbort", Nothing>;

}  // namespace rig::vsphere
