// proxmox/session.h — asking the API of one cluster: who we are, which node answers, what its answer means.
//
// Several endpoints of one cluster are one session: as soon as one does not answer, the next one is asked. What only
// reads is asked again at once, at each; what changes something never is, because the lost reply may have been a yes:
// it fails as kUnavailable or kDeadlineExceeded, and the next call goes to the next endpoint. 401 answers take three
// seconds (Proxmox VE waits, against guessing), and slow calls die after thirty, while their work goes on.
//
// With username and password a ticket is fetched, renewed when half its two hours are over, and fetched anew when it is
// refused; however many calls need it, one fetches it. A token needs none of that.
//
// Source: recorded exchanges 01, 05 and 06; the life of tickets: pve-access-control src/PVE/AccessControl.pm; thirty
// seconds: pve-http-server src/PVE/APIServer/AnyEvent.pm.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/call.h"
#include "base/clock.h"
#include "base/json/json.h"
#include "hypervisor/proxmox/config.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/login.h"

namespace rig::proxmox {

struct ApiCall {
  std::string method = "GET";      // GET, POST, PUT, DELETE
  std::string path;                // below /api2/json, encoded: path_of()
  Form form;                       // query of GET and DELETE, body of POST and PUT
  std::string content_type, body;  // of an upload (upload_body()), instead of a form; may be longer than others
};

// "/nodes/pve1/qemu/100/config" from its parts, each percent-encoded.
std::string path_of(const std::vector<std::string>& parts);

// An upload to .../storage/{storage}/upload: multipart/form-data, `content` before the file, as Proxmox VE wants it.
// The file's name says what it is: .iso and .img for iso; .qcow2, .raw, .vmdk, .ova for import. kInvalidArgument: a
// name that would break the form.
Result<ApiCall> upload_call(const std::string& node, const std::string& storage, const std::string& content,
                            const std::string& file_name, std::string bytes);

struct Contact {  // the last answer, of any kind, and the last failure to get one
  std::optional<WallTime> answered_at;
  std::string problem;  // "" since it answered
};

// Thread-safe.
class Session {
 public:
  // No call is made. kInvalidArgument: the CA bundle is no PEM.
  // `patience`: for one answer, whatever the call's deadline is; uploads have ten times as long.
  static Result<std::unique_ptr<Session>> open(const Login& login, const Clock& clock, Duration patience = kAnswerMax);
  virtual ~Session() = default;

  // The answer's `data`. Codes as errors.h has them; kUnavailable and kDeadlineExceeded: nothing is known about the
  // effect. kOutOfRange, before any call: a form longer than Proxmox VE takes.
  virtual Result<json::Value> send(const ApiCall& what, const Call& call) = 0;
  virtual Contact contact() const = 0;
};

}  // namespace rig::proxmox
