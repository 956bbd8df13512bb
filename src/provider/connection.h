// provider/connection.h — the session with one hypervisor, opened anew when the credentials on disk have become others.
//
// `Session` has contact(): when it was answered last (answered_at), and the failure since then (problem, "" for none).
// `Credentials` can be compared.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "provider/limits.h"
#include "provider/provider.h"

namespace rig::provider {

// Thread-safe.
template <class Session, class Credentials>
class Connection {
 public:
  using Read = std::function<Result<Credentials>()>;
  using Open = std::function<Result<std::unique_ptr<Session>>(const Credentials&)>;  // makes no call

  // `endpoint` is for people.
  Connection(std::string endpoint, Read read, Open open, const Clock& clock)
      : endpoint_(std::move(endpoint)), read_(std::move(read)), open_(std::move(open)), clock_(clock) {}

  // Makes no call. Who holds it goes on with the credentials that it was opened with. kUnauthenticated,
  // kInvalidArgument: what the folder has can never work.
  Result<std::shared_ptr<Session>> session() {
    {
      const Lock lock(mutex_);
      if (session_ != nullptr && clock_.now() - read_at_ < kCredentialsFresh) return session_;
    }
    const auto credentials = read_();
    const Lock lock(mutex_);
    read_at_ = clock_.now();
    // A folder that is just being exchanged: what was read before is as good.
    if (session_ != nullptr && (!credentials.ok() || *credentials == credentials_)) return session_;
    auto opened = credentials.ok() ? open_(*credentials) : credentials.error();
    if (!opened.ok()) {
      problem_ = opened.error();
      return opened.take_error();
    }
    if (session_ != nullptr) log::info("the credentials have changed", {{"endpoint", endpoint_}});
    session_ = opened.take();
    credentials_ = *credentials;
    return session_;
  }

  // What became of the last look at all machines. `version`: for people, with success.
  void looked(const Status& outcome, const std::string& version) {
    const Lock lock(mutex_);
    problem_ = outcome.ok() ? std::nullopt : std::optional(outcome.error());
    if (outcome.ok()) version_ = version;
  }

  Health health() const {
    const Lock lock(mutex_);
    const auto contact = session_ == nullptr ? decltype(session_->contact()){} : session_->contact();
    if (problem_) return {false, problem_->to_string(), contact.answered_at};
    if (!contact.problem.empty()) return {false, contact.problem, contact.answered_at};
    if (version_.empty()) return {false, "connecting to " + endpoint_, contact.answered_at};
    return {true, version_, contact.answered_at};
  }

 private:
  const std::string endpoint_;
  const Read read_;
  const Open open_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::shared_ptr<Session> session_ GUARDED_BY(mutex_);
  Credentials credentials_ GUARDED_BY(mutex_);  // of session_
  Time read_at_ GUARDED_BY(mutex_);
  std::optional<Error> problem_ GUARDED_BY(mutex_);
  std::string version_ GUARDED_BY(mutex_);  // "" : not looked at yet
};

}  // namespace rig::provider
