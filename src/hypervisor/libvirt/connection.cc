// libvirt/connection.cc — opening with credentials, and what is said about it.
#include "hypervisor/libvirt/connection.h"

#include <algorithm>
#include <cstring>

#include "hypervisor/libvirt/event_loop.h"
#include "hypervisor/libvirt/limits.h"
#include "hypervisor/libvirt/login.h"

namespace rig::libvirt {
namespace {

// Answers user name and password. A question about a host key (VIR_CRED_ECHOPROMPT) is not among them, so it fails.
int answer(virConnectCredentialPtr questions, unsigned count, void* opaque) {
  const Login& login = *static_cast<const Login*>(opaque);
  for (unsigned i = 0; i < count; ++i) {
    const bool name = questions[i].type == VIR_CRED_USERNAME || questions[i].type == VIR_CRED_AUTHNAME;
    const std::string& value = name ? login.username : login.password;
    if (value.empty()) return -1;
    questions[i].result = ::strdup(value.c_str());
    questions[i].resultlen = static_cast<unsigned>(value.size());
  }
  return 0;
}

Result<Session> open_session(Login login) {
  int kinds[] = {VIR_CRED_USERNAME, VIR_CRED_AUTHNAME, VIR_CRED_PASSPHRASE, VIR_CRED_NOECHOPROMPT};
  virConnectAuth auth = {kinds, std::size(kinds), answer, &login};
  virConnectPtr host = ask(virConnectOpenAuth, login.uri.c_str(), &auth, 0U);
  if (host == nullptr) return last_error("connect");
  Session session(host, virConnectClose);
  keep_alive(host, /*on=*/true);
  return session;
}

std::string version_text(unsigned long version) {
  return std::to_string(version / 1'000'000) + "." + std::to_string(version / 1'000 % 1'000) + "." +
         std::to_string(version % 1'000);
}

// "libvirt 9.0.0, QEMU 7.2.22"
Result<std::string> versions(virConnectPtr host) {
  unsigned long libvirt = 0, hypervisor = 0;
  TRY(done(ask(virConnectGetLibVersion, host, &libvirt), "ask for the version"));
  TRY(done(ask(virConnectGetVersion, host, &hypervisor), "ask for the version"));
  const char* type = ask(virConnectGetType, host);
  return "libvirt " + version_text(libvirt) + ", " + (type == nullptr ? "hypervisor" : type) + " " +
         version_text(hypervisor);
}

}  // namespace

Connection::Connection(std::string endpoint, std::string credentials_folder, bool insecure, const Clock& clock)
    : endpoint_(std::move(endpoint)),
      credentials_folder_(std::move(credentials_folder)),
      insecure_(insecure),
      clock_(clock),
      sessions_([this] { return open_another(); }) {
  start_event_loop();
}

Result<Session> Connection::open_another() const {
  const Credentials credentials = TRY(read_credentials(credentials_folder_));
  return open_session(TRY(login_for(endpoint_, credentials, insecure_)));
}

Result<Session> Connection::open() {
  const auto attempt = [&]() -> Result<std::pair<Session, std::string>> {
    Session session = TRY(open_another());
    std::string version = TRY(versions(session.get()));
    return std::pair(std::move(session), std::move(version));
  };
  auto opened = attempt();
  if (!opened.ok()) {
    settle(opened.error(), "");
    return opened.take_error();
  }
  settle(opened->first, std::move(opened->second));
  return std::move(opened->first);
}

void Connection::settle(std::optional<Result<Session>> watched, std::string version) {
  {
    const Lock lock(mutex_);
    if (watched && watched->ok()) {
      version_ = std::move(version);
      last_contact_ = clock_.wall();
    }
    watched_ = std::move(watched);
  }
  sessions_.renew();
  changed_.notify_all();
}

Status Connection::probe() {
  const Session session = TRY([&]() -> Result<Session> {
    const Lock lock(mutex_);
    return watched_.value_or(Error(Code::kUnavailable, "not connected yet"));
  }());
  unsigned long version = 0;
  auto answered = done(ask(virConnectGetLibVersion, session.get(), &version), "ask whether the host is there");
  if (!answered.ok()) {
    lost(answered.error());
    return answered;
  }
  const Lock lock(mutex_);
  last_contact_ = clock_.wall();
  return {};
}

void Connection::lost(const Error& why) {
  {
    const Lock lock(mutex_);
    lost_why_ = why.to_string();
  }
  settle(std::nullopt, "");
}

// libvirt notices a dead connection a little before the observer does. This asks only the library.
bool Connection::is_settled() const {
  return watched_ && (!watched_->ok() || virConnectIsAlive((*watched_)->get()) != 0);
}

Status Connection::wait_until_open(const Call& call) const {
  Lock lock(mutex_);
  const Time until = std::min(call.deadline, clock_.now() + kFirstContactMax);
  changed_.wait_until(lock, call.stop, until, [&]() REQUIRES(mutex_) { return is_settled(); });
  if (!is_settled()) return Error(Code::kUnavailable, "libvirt at " + endpoint_ + ": still connecting");
  if (watched_->ok()) return {};
  // Whatever the reason is, a later attempt may find another one.
  return Error(watched_->error()).with_context("libvirt at " + endpoint_);
}

Result<Session> Connection::session(const Call& call) const {
  TRY(wait_until_open(call));
  return sessions_.take(call);
}

Result<Session> Connection::lasting_session(const Call& call) const {
  TRY(wait_until_open(call));
  return open_another();
}

provider::Health Connection::health() const {
  const Lock lock(mutex_);
  if (!watched_)
    return {false, "connecting to " + endpoint_ + (lost_why_.empty() ? "" : " after " + lost_why_), last_contact_};
  if (!watched_->ok()) return {false, Error(watched_->error()).to_string(), last_contact_};
  return {true, version_, last_contact_};
}

}  // namespace rig::libvirt
