// proxmox/connection.cc — reading the folder now and then, and what is said about it.
#include "hypervisor/proxmox/connection.h"

#include "base/log.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {

Result<std::shared_ptr<Session>> Connection::session() {
  {
    const Lock lock(mutex_);
    if (session_ != nullptr && clock_.now() - read_at_ < kCredentialsFresh) return session_;
  }
  const auto credentials = read_credentials(address_.credentials_folder, address_.otherwise);
  const Lock lock(mutex_);
  read_at_ = clock_.now();
  // A folder that is just being exchanged: what was read before is as good.
  if (session_ != nullptr && (!credentials.ok() || *credentials == credentials_)) return session_;
  const auto open = [&]() -> Result<std::unique_ptr<Session>> {
    if (!credentials.ok()) return credentials.error();
    const Login login = TRY(login_for(address_.endpoint, *credentials, address_.insecure));
    return Session::open(login, clock_, address_.patience);
  };
  auto opened = open();
  if (!opened.ok()) {
    problem_ = opened.error();
    return opened.take_error();
  }
  if (session_ != nullptr) log::info("the credentials have changed", {{"endpoint", address_.endpoint}});
  session_ = opened.take();
  credentials_ = *credentials;
  return session_;
}

void Connection::looked(const Status& outcome, const std::string& version) {
  const Lock lock(mutex_);
  problem_ = outcome.ok() ? std::nullopt : std::optional(outcome.error());
  if (outcome.ok()) version_ = version;
}

provider::Health Connection::health() const {
  const Lock lock(mutex_);
  const Contact contact = session_ == nullptr ? Contact{} : session_->contact();
  if (problem_) return {false, problem_->to_string(), contact.answered_at};
  if (!contact.problem.empty()) return {false, contact.problem, contact.answered_at};
  if (version_.empty()) return {false, "connecting to " + address_.endpoint, contact.answered_at};
  return {true, version_, contact.answered_at};
}

}  // namespace rig::proxmox
