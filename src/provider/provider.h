// provider/provider.h — what a hypervisor can be asked to do.
//
// One interface, two transports: a provider linked into the process, or provider/wire's client speaking to a
// provider process. Both pass the same suite (provider/conformance).
//
// Every method may be called again after any failure, including a lost reply: a machine is named by MachineRef,
// which exists before the first effect. Mutations re-read the owner's stamp under the hypervisor's own concurrency
// token and answer kFailedPrecondition for what is not ours. All methods block, honour call.deadline and call.stop,
// and may be called from any thread.
//
// Codes: kUnavailable, kDeadlineExceeded: nothing is known about the effect, ask again. kAlreadyExists: the name or
// id belongs to another. kInvalidArgument, kOutOfRange: the spec can never be met. kResourceExhausted: no space now.
// kUnauthenticated, kPermissionDenied: credentials. kUnimplemented: this provider cannot.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/byte_stream.h"
#include "base/call.h"
#include "provider/machine.h"

namespace rig::provider {

struct TaskId {
  std::string text;  // "" : the work was finished within the call
  auto operator<=>(const TaskId&) const = default;
};

struct TaskState {
  enum class Phase : std::uint8_t { kRunning, kDone, kFailed, kForgotten };
  Phase phase = Phase::kRunning;
  std::string step;       // "download", "define", ...
  std::string result_id;  // the hypervisor's id where create() learned it
  std::optional<int> percent;
  std::int64_t bytes_done = 0, bytes_total = 0;  // 0: no size known
  std::optional<Error> error;                    // with kFailed
};

struct Health {
  bool ok = false;
  std::string message;  // why not, or the hypervisor's version
  std::optional<WallTime> last_contact;
  bool operator==(const Health&) const = default;
};

// Of the locally administered addresses. Four octets are left: of three, two of 10,000 machines would surely be alike.
inline constexpr std::string_view kMacPrefix = "52:54";

// Data about a provider, the same whoever asks. `unsupported_fields` are row paths of the API that this provider
// does not act on ("VirtualMachine.spec.disks[].scsi.controller").
struct Capabilities {
  bool reconfigure_online = false, disk_expansion_online = false, snapshots = false, memory_snapshots = false,
       linked_clones = false, image_import = false, disk_export = false, disk_import = false,
       export_compression = false;
  std::vector<std::string> disk_types, network_types, export_formats, import_formats, export_backends, import_backends,
      transfer_modes;
  bool proves_absence = true;  // kGone is proof; false for the reference's own vSphere provider
  Duration event_latency{};    // an out-of-band change is in watch() within this time; 0: no events
  std::string mac_prefix;      // the first octets of MACs that we derive, as kMacPrefix; "" : the provider chooses MACs
  std::string hypervisor_version;
  std::vector<std::string> unsupported_fields;
  bool operator==(const Capabilities&) const = default;
};

struct TaskEvent {  // it has ended; how far one is, poll() says
  MachineRef ref;
  TaskId id;
  TaskState state;
};
struct Synced {};  // end of the snapshot: what was not in it is gone
struct Event {
  std::string resume;  // hand it to watch() to go on after this event
  std::variant<Machine, TaskEvent, Synced> what;
};
using OnEvent = std::function<bool(Event)>;  // false ends the watch

struct ImageRequest {
  std::string key;        // identity of this image on the host: a function of the VMImage's uid and its source
  std::string name;       // for people
  std::string path, url;  // exactly one of these and `template_name`
  std::string format;     // expected; "" takes what the header says
  std::string checksum, checksum_type;  // of the file as it is fetched; "" : no check
  std::string storage;                  // pool, datastore; "" is the provider's default
  std::string template_name = {};       // a template that is on the hypervisor, by name or id
  std::string host = {};                // of several templates of that name the one there; "" : there is one
  bool is_linked = false;  // machines share the template's unchanged blocks instead of having a copy of their own
  bool operator==(const ImageRequest&) const = default;
};
struct PreparedImage {
  std::string location;  // for ImageSpec::location; known before the task ends
  std::string format;
  std::int64_t size_bytes = 0;  // virtual size; 0 until it is known
  TaskId task;                  // "" : ready
  bool operator==(const PreparedImage&) const = default;
};
class Images {
 public:
  virtual ~Images() = default;
  // Makes the image available to create(). Re-entrant: a running preparation of the same key is joined, a finished
  // one is found. The image is never changed afterwards. A bad checksum or header leaves nothing behind.
  virtual Result<PreparedImage> prepare(const ImageRequest& request, const Call& call) = 0;
};

// kNotFound: no such machine, or it is off.
class Console {
 public:
  virtual ~Console() = default;
  virtual Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& ref, const Call& call) = 0;
};

class Provider {
 public:
  virtual ~Provider() = default;

  virtual Result<Health> check(const Call& call) = 0;  // from the session's last contact; no call to the hypervisor
  virtual Result<Capabilities> capabilities(const Call& call) = 0;

  // Chooses the hypervisor's id where we may choose it. No effect on the host. The caller stores ref.id first.
  virtual Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                                     const Call& call) = 0;
  // Leaves the machine off. Re-entrant: sees what is there, goes on, joins a running task of the same machine. One that
  // was released under this machine id is taken over as it is, running or not: nothing but its stamp changes.
  virtual Result<TaskId> create(const MachineRef& ref, const MachineSpec& spec, const Call& call) = 0;
  virtual Result<Machine> describe(const MachineRef& ref, const Call& call) = 0;
  virtual Result<std::vector<Machine>> describe_many(std::span<const MachineRef> refs, const Call& call) = 0;  // <= 500
  // Snapshot of all machines that carry a stamp of `cluster_id`, Synced, then changes. Ends by call.stop, deadline or
  // on_event; kOutOfRange: `resume` is too old, start again with "".
  virtual Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
                       const Call& call) = 0;

  virtual Result<Plan> plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) = 0;  // no effect
  // Carries out that plan and nothing else; kAborted when the machine's version moved. Never restarts a machine.
  virtual Result<TaskId> apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call) = 0;

  virtual Result<TaskId> power_on(const MachineRef& ref,
                                  const Call& call) = 0;  // also resumes what is paused or suspended
  // nullopt: at once. Else asks the machine to shut down and cuts the power at `hard_at`, an absolute time: a repeat
  // does not extend it.
  virtual Result<TaskId> power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call) = 0;
  virtual Result<TaskId> reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call) = 0;
  // Removes exactly what is ours; kDone only when describe() would say kGone. Removing what is gone succeeds.
  virtual Result<TaskId> remove(const MachineRef& ref, const Call& call) = 0;
  // Gives the machine up: its stamp names nobody from then on. Nothing else of it changes, and nothing is removed.
  // Comes after what runs on it already; succeeds when nothing of it is ours. kUnimplemented: there are no stamps here.
  virtual Result<TaskId> release(const MachineRef& ref, const Call& call) = 0;

  virtual Result<TaskState> poll(const TaskId& task, const Call& call) = 0;  // kForgotten is an answer, not an error
  virtual Status cancel(const TaskId& task, const Call& call) = 0;

  virtual Images& images() = 0;  // methods answer kUnimplemented where the provider cannot
  virtual Console& console() = 0;
};

}  // namespace rig::provider
