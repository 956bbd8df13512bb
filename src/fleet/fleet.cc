// fleet/fleet.cc — supervising a process for each Provider object.
#include "fleet/fleet.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/uuid.h"
#include "fleet/child.h"
#include "fleet/credentials.h"
#include "fleet/find.h"
#include "fleet/greet.h"
#include "fleet/guard.h"
#include "fleet/limits.h"
#include "provider/wire/transport.h"

namespace rig::fleet {
namespace {

using provider::ProviderProcess;
using provider::RuntimeState;
using Phase = RuntimeState::Phase;

// What a provider learns from its environment: the reference's names (contract of its provider pods).
std::map<std::string, std::string> environment_for(const ProviderProcess& process) {
  std::map<std::string, std::string> out;
  for (const char* name : {"PATH", "HOME", "LANG", "TZ"})
    if (const char* value = std::getenv(name)) out[name] = value;
  out["PROVIDER_TYPE"] = process.type;
  out["PROVIDER_ENDPOINT"] = process.endpoint;
  out["PROVIDER_NAMESPACE"] = process.key.namespace_;
  out["PROVIDER_NAME"] = process.key.name;
  out["TLS_INSECURE_SKIP_VERIFY"] = process.insecure_skip_verify ? "true" : "false";
  out["LOG_LEVEL"] = process.log_level;
  out["LOG_FORMAT"] = process.log_format;
  out.merge(provider::variables_of_defaults(process));
  for (const auto& [name, value] : process.env) out[name] = value;
  return out;
}

constexpr const char* kFolderPrefix = "p-";
constexpr int kFolderSuffix = 8;

// Left by a process that was killed; its children have ended or are about to.
void sweep(const std::string& runtime_dir) {
  std::error_code error;
  std::vector<std::filesystem::path> left;
  for (const auto& entry : std::filesystem::directory_iterator(runtime_dir, error))
    if (entry.path().filename().string().starts_with(kFolderPrefix)) left.push_back(entry.path());
  for (const auto& path : left) std::filesystem::remove_all(path, error);
}

// What a child is started with: neither what it rereads by itself nor what is meant for a pod.
ProviderProcess as_started(const ProviderProcess& process) {
  ProviderProcess out = process;
  out.credentials.clear();
  out.tls.clear();
  out.runtime = {};
  out.credentials_secret.clear();
  out.tls_secret.clear();
  out.is_plaintext = out.skip_server_check = false;
  return out;
}

// One Provider's process, its folder and its connection. The supervisor's thread starts it again and again.
class Served {
 public:
  Served(ProviderProcess process, const Options& options, const Clock& clock)
      : process_(std::move(process)),
        options_(options),
        clock_(clock),
        folder_(options.runtime_dir + "/" + kFolderPrefix + random_suffix(kFolderSuffix)) {}
  ~Served() {
    request_stop();
    if (thread_.joinable()) thread_.join();
    remove_folder();
  }

  // `predecessor` (of the same key; may be null) is ended before the new process begins: two must not work at once.
  Status start(std::shared_ptr<Served> predecessor) {
    TRY(make_folder(folder_, 0700));
    TRY(project_credentials(credentials(), process_.credentials));
    provider_ = guard(TRY(provider::wire::connect("unix:" + socket(), {})), process_.key, process_.type, clock_,
                      over_.get_token());
    thread_ = std::jthread([this, before = std::move(predecessor)](std::stop_token stop) mutable {
      before.reset();
      supervise(std::move(stop));
      remove_folder();  // the credentials go with the process
      is_over_ = true;
    });
    return {};
  }
  bool is_served_by(const ProviderProcess& process) const { return as_started(process) == as_started(process_); }
  Status take_credentials(const ProviderProcess& process) {
    if (process.credentials == process_.credentials) return {};
    TRY(project_credentials(credentials(), process.credentials));
    process_.credentials = process.credentials;
    return {};
  }
  RuntimeState state() const {
    const Lock lock(mutex_);
    return state_;
  }
  const std::shared_ptr<provider::Provider>& provider() const { return provider_; }
  void request_stop() {
    over_.request_stop();  // who still holds the provider need not wait for a process that does not come back
    thread_.request_stop();
  }
  bool is_over() const { return is_over_; }  // its process has ended; taking it apart does not wait

 private:
  std::string socket() const { return folder_ + "/s"; }
  std::string credentials() const { return folder_ + "/credentials"; }

  void tell(RuntimeState state) {
    {
      const Lock lock(mutex_);
      if (state == state_) return;
      state_ = std::move(state);
    }
    if (options_.on_change) options_.on_change(process_.key);
  }

  void supervise(std::stop_token stop) {
    Duration again = kRestartMin;
    while (!stop.stop_requested()) {
      const Time started = clock_.now();
      const std::string outcome = run_once(stop);
      if (stop.stop_requested()) return;
      if (clock_.now() - started > kHealthyAfter) again = kRestartMin;
      log::warn("a provider process ended", {{"provider", process_.key.to_string()}, {"how", outcome}});
      tell({.phase = Phase::kFailed,
            .message = "The provider process ended (" + outcome + ") and is started again. Its log: " + log_file(),
            .endpoint = {}});
      wait(stop, again);
      again = std::min(again * 2, kRestartMax);
    }
  }

  // Starts it, says when it answers, and returns how it ended.
  std::string run_once(const std::stop_token& stop) {
    std::error_code ignored;  // absent is what we want
    std::filesystem::remove(socket(), ignored);
    const Program program{.path = options_.programs_dir + "/provider-" + process_.type,
                          .arguments = {"--socket", socket(), "--credentials-dir", credentials()},
                          .environment = environment_for(process_),
                          .log_file = log_file()};
    auto child = Child::start(program);
    if (!child.ok()) return child.error().to_string();
    tell({.phase = Phase::kStarting, .message = {}, .endpoint = {}});
    std::jthread greeter([&](const std::stop_token& ended) { greet_child(ended); });
    const std::string outcome = (*child)->wait(stop);
    greeter.request_stop();
    greeter.join();
    return outcome;
  }

  // It ends early when the child does.
  void greet_child(const std::stop_token& ended) {
    const bool answers = greet(*provider_, clock_, kStartTimeout, ended, [this](const Error& error) {
      tell({.phase = Phase::kFailed,
            .message = "The provider process does not answer: " + error.to_string(),
            .endpoint = {}});
    });
    if (answers) tell({.phase = Phase::kRunning, .message = {}, .endpoint = "unix:" + socket()});
  }

  void remove_folder() const {
    std::error_code ignored;  // what is left is removed at the next start
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string log_file() const {
    return options_.log_dir + "/provider-" + process_.key.namespace_ + "." + process_.key.name + ".log";
  }

  ProviderProcess process_;  // changed only by the owner, never while the supervisor reads it: see take_credentials()
  const Options& options_;
  const Clock& clock_;
  const std::string folder_;
  std::stop_source over_;
  std::shared_ptr<provider::Provider> provider_;
  mutable Mutex mutex_;
  RuntimeState state_ GUARDED_BY(mutex_);
  std::atomic<bool> is_over_ = false;
  std::jthread thread_;
};

}  // namespace

struct Fleet::Impl {
  Options options;
  const Clock& clock;
  Mutex mutex{};
  std::map<ObjectKey, std::shared_ptr<Served>> served GUARDED_BY(mutex){};
  std::map<ObjectKey, std::shared_ptr<Served>> ending GUARDED_BY(mutex){};  // removed; nobody waits for them
  bool stopped GUARDED_BY(mutex) = false;
};

Result<std::unique_ptr<Fleet>> Fleet::make(Options options, const Clock& clock) {
  constexpr std::size_t kTail = sizeof("/p-01234567/s") - 1;
  if (options.runtime_dir.size() + kTail > kSocketPathMax)
    return Error(Code::kInvalidArgument,
                 "the runtime folder \"" + options.runtime_dir + "\" is too long for the path of a unix socket")
        .with_hint("Choose one of at most " + std::to_string(kSocketPathMax - kTail) + " characters (--runtime-dir).");
  TRY(make_folder(options.runtime_dir, 0700));
  TRY(make_folder(options.log_dir, 0700));
  sweep(options.runtime_dir);
  return std::unique_ptr<Fleet>(
      new Fleet(std::unique_ptr<Impl>(new Impl{.options = std::move(options), .clock = clock})));
}

Fleet::Fleet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Fleet::~Fleet() { stop(); }

Result<RuntimeState> Fleet::ensure(const ProviderProcess& process) {
  const std::string program = impl_->options.programs_dir + "/provider-" + process.type;
  std::error_code error;
  if (!std::filesystem::exists(program, error))
    return Error(Code::kInvalidArgument,
                 "spec.type: there is no provider for \"" + process.type + "\" here (" + program + " is missing)");
  const Lock lock(impl_->mutex);
  if (impl_->stopped) return Error(Code::kCancelled, "stopping");
  std::shared_ptr<Served>& served = impl_->served[process.key];
  if (served && served->is_served_by(process)) {
    TRY(served->take_credentials(process));
    return served->state();
  }
  if (!served && impl_->served.size() > kProvidersMax) {
    impl_->served.erase(process.key);
    return Error(Code::kResourceExhausted,
                 "there are " + std::to_string(kProvidersMax) + " providers already, the most that one process serves");
  }
  // The new one's thread waits for the old one's end, so that nobody waits here.
  std::shared_ptr<Served> before = std::move(served);
  if (auto removed = impl_->ending.extract(process.key)) before = std::move(removed.mapped());
  if (before) before->request_stop();
  auto fresh = std::make_shared<Served>(process, impl_->options, impl_->clock);
  if (Status started = fresh->start(std::move(before)); !started.ok()) {
    impl_->served.erase(process.key);
    return started.take_error();
  }
  served = fresh;
  return fresh->state();
}

void Fleet::remove(const ObjectKey& key) {
  const Lock lock(impl_->mutex);
  std::erase_if(impl_->ending, [](const auto& entry) { return entry.second->is_over(); });
  const auto it = impl_->served.find(key);
  if (it == impl_->served.end()) return;
  it->second->request_stop();
  impl_->ending[key] = std::move(it->second);
  impl_->served.erase(it);
}

Result<std::shared_ptr<provider::Provider>> Fleet::find(const ObjectKey& key) {
  const Lock lock(impl_->mutex);
  return find_running(impl_->served, key);
}

void Fleet::stop() {
  std::map<ObjectKey, std::shared_ptr<Served>> all, ending;
  {
    const Lock lock(impl_->mutex);
    impl_->stopped = true;
    all.swap(impl_->served);
    ending.swap(impl_->ending);
  }
  for (auto& [key, served] : all) served->request_stop();  // all at once; then each is waited for
}

}  // namespace rig::fleet
