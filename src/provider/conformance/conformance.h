// provider/conformance/conformance.h — one text of what every provider promises, as a table of functions.
//
// GoogleTest (gtest.h) and the `vcts` program only wrap it. A case gets a Subject: the provider under test, in process
// or over gRPC, and the means to look at and meddle with its host from outside.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::provider::conformance {

// What goes wrong right after an effect on the host.
enum class Fault : std::uint8_t {
  kReplyLost,  // the provider does not learn of the effect
  kKilled,     // the provider process ends; restart_provider() brings it back
};

// The host behind the provider, seen without it. Methods that a subject cannot offer answer kUnimplemented with the
// reason, and the cases that need them are then "not applicable" for that subject (listed, never silently passed).
class Host {
 public:
  virtual ~Host() = default;
  virtual Result<std::vector<std::string>> machine_names() = 0;  // all, ours and others'
  virtual Result<std::vector<std::string>> volumes() = 0;        // every disk and image file, full names
  virtual Status add_foreign_machine(const std::string& name, const std::string& uuid) = 0;  // without our stamp
  virtual Result<std::string> fingerprint(const std::string& name) = 0;  // of all bytes of that machine's configuration
  virtual Status set_power(const std::string& id, Power power) = 0;      // behind our back
  virtual Status erase(const std::string& id) = 0;                       // the same: removed with its disks
  virtual Status edit(const std::string& id) = 0;  // the same: its configuration is changed a little
  virtual Status restart_provider() = 0;           // tasks are forgotten
  virtual Result<std::int64_t> calls() = 0;        // to the hypervisor so far
  virtual Result<std::string> seed_bytes(const std::string& id, std::string_view document) = 0;  // "user-data", ...
  virtual Result<std::string> log() = 0;  // everything that the provider logged
  // From now on, `effect` effects go well and the next one meets the fault. Answers whether the fault that was
  // planned before has happened. nullopt: none is planned any more.
  virtual Result<bool> plan_fault(std::optional<Fault> fault, int effect) = 0;
  virtual Status clean() = 0;  // remove everything that tests made; all is well again

  // What not every host can.
  // From now on it gives answers that say nothing of any machine, in way number `kind`, from 0. False: there are fewer.
  virtual Result<bool> doubt(int) { return Error(Code::kUnimplemented, "this host cannot be made to doubt"); }
  virtual Result<std::string> move(const std::string&) {  // to another of its hosts; answers its name
    return Error(Code::kUnimplemented, "all machines here are on one host");
  }
  // A person makes a template of machine `id`, which is off, with all that is in it; several may have that name.
  // Answers the template's id, as errors tell it. Where machines have secrets outside their seeds, it has `secret`
  // there, too.
  virtual Result<std::string> make_template(const std::string& /*id*/, const std::string& /*name*/,
                                            const std::string& /*secret*/) {
    return Error(Code::kUnimplemented, "images are files here, and no machine is one");
  }
  // When `id` is to be removed next, somebody is quicker: it is gone, and a machine of theirs has its id or, where none
  // is given twice, its name and UUID. Answers what fingerprint() will know that one by.
  virtual Result<std::string> be_quicker_than_removal(const std::string& /*id*/) {
    return Error(Code::kUnimplemented, "nobody comes between a look and a removal here");
  }
  // Somebody works on machine `id` until let_go(), and nobody else may change it. Answers what errors say of whom.
  virtual Result<std::string> hold(const std::string& /*id*/) {
    return Error(Code::kUnimplemented, "nobody holds machines here");
  }
  virtual Status let_go(const std::string&) { return {}; }
  // Machines like `model`, which the provider made, but each with an id and an owner's uid of its own: there at once,
  // made by nobody.
  virtual Result<std::vector<MachineRef>> add_machines(const MachineRef& /*model*/, std::size_t /*count*/) {
    return Error(Code::kUnimplemented, "so many machines would have to be made one by one here");
  }
  virtual Result<std::int64_t> downloads() {  // of Subject::image, so far
    return Error(Code::kUnimplemented, "downloads are not counted here");
  }
  virtual Status end_sessions() { return Error(Code::kUnimplemented, "nobody logs in here"); }
  virtual Result<std::int64_t> logins() { return Error(Code::kUnimplemented, "nobody logs in here"); }
};

struct Subject {
  // "PROVIDER in process" or "PROVIDER over gRPC"; "PROVIDER on HOST ..." where one has several hosts to be tested on.
  // The table of ./dev test --conformance and docs/reference/features.md are made of it.
  std::string name;
  std::function<Provider&()> provider;  // again after Host::restart_provider()
  Host* host = nullptr;
  MachineSpec small;                     // the smallest machine that boots here, with one NIC; the image is prepared
  ImageRequest image;                    // a good image on this host, with a checksum
  Duration boot_time{};                  // how long it may take to be up; 0: machines here do not boot
  std::function<void()> wait;            // lets a little time pass between two looks
  std::optional<MachineSpec> stubborn;   // a machine that ignores a request to shut down
  std::optional<MachineSpec> too_large;  // a machine for which there is no room
  // A name, or a UUID, is there once only. Else ids alone tell machines apart, and those of one name live side by side.
  bool names_collide = true;
  // Calls that a second in which nothing happens may cost the hypervisor, with one machine that is on. nullopt: they
  // are not counted.
  std::optional<double> idle_calls_per_second = {};
};

// "" : passed; "n/a: why" : does not apply to this subject; else what is wrong.
struct Case {
  std::string_view name, proves;
  std::string (*run)(Subject&);
};
std::span<const Case> cases();

// {"can": {what: true, false or words}, "unsupported": [row paths]}. Without what depends on the host or on settings.
json::Value to_facts(const Capabilities& capabilities);

}  // namespace rig::provider::conformance
