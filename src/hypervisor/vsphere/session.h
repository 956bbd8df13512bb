// vsphere/session.h — asking one vCenter: which API it speaks, who we are, what its answer means.
//
// A login is a session of vCenter's, and of those there are few: a Session has one, shared by all calls. It is made by
// the first call, and again by the first that is told NotAuthenticated (sessions end when they idle for half an hour,
// when vCenter is started, and by a person's hand). However many calls need one, one logs in. What was refused for
// want of a login was not begun, so it is asked again; nothing else is: the lost reply may have been a yes.
//
// Sources: recorded exchanges (tests/golden/vsphere); idle sessions: vCenter's setting
// config.vmacore.soap.sessionTimeout; versions: GET /sdk/vimServiceVersions.xml, header SOAPAction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/call.h"
#include "base/clock.h"
#include "http/client.h"
#include "hypervisor/vsphere/codec.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/login.h"

namespace rig::vsphere {

struct Contact {  // the last answer, of any kind, and the last failure to get one
  std::optional<WallTime> answered_at;
  std::string problem;  // "" since it answered
};

struct Upload {             // of a file to where a lease says
  std::string url;          // the host "*" is the one that is asked; it has a ticket in it, which is a secret
  std::string thumbprint;   // SHA-1 of the certificate of who is there; "" : he is trusted as vCenter is
  std::int64_t bytes = -1;  // -1: not known
  bool creates = false;     // the file; else it is the content of a disk that is there
};

// Thread-safe.
class Session {
 public:
  // No call is made. `patience`: for one answer, but of calls that wait for something to happen. kInvalidArgument: the
  // CA bundle is no PEM.
  static Result<std::unique_ptr<Session>> open(const Login& login, const Clock& clock, Duration patience = kAnswerMax);
  virtual ~Session() = default;  // logs out

  // The body of the answer. Codes as errors.h has them; kUnavailable and kDeadlineExceeded: nothing is known about the
  // effect. kFailedPrecondition: the endpoint is no vCenter. `method` is for messages.
  virtual Result<std::string> send(std::string_view method, const std::string& request, const Call& call) = 0;

  // To vCenter, or to a host of it, by a connection of its own. Codes as send() has them, and those of `read`. Who is
  // not reached is named.
  virtual Status upload(const Upload& what, const http::ReadBody& read, const Call& call);

  // What vCenter calls its managers. Logs in where that is still to be done.
  virtual Result<ServiceContent> service(const Call& call) = 0;

  // Logins are numbered. An answer may say NotAuthenticated although it is a success (missingSet): whoever finds that
  // says so, with the number that he saw before he asked, and may ask once more.
  virtual std::uint64_t login_number() const = 0;
  virtual void distrust(std::uint64_t login_number) = 0;

  virtual Contact contact() const = 0;
};

// Asks by a method of methods.h.
template <class Method>
Result<typename Method::Answer> ask(Session& session, const Method& method, const Call& call) {
  const std::string body = TRY(session.send(Method::kName, request_text(method), call));
  return read_answer<Method>(body);
}

// Where an upload goes, and whom it trusts. kFailedPrecondition: it would go unprotected, or nowhere.
Result<http::ClientOptions> upload_options(const Login& login, const Upload& what);

// The newest of the versions that we know, too; none when all of them are newer than any that we know, or too old.
std::optional<std::string> choose_version(const std::vector<std::string>& offered);

}  // namespace rig::vsphere
