// provider/wire/client.cc — the far side of the wire as a Provider: asks the peer what it is, then speaks its words.
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "provider/wire/internal/clients.h"
#include "provider/wire/internal/credentials.h"
#include "provider/wire/internal/words.h"
#include "provider/wire/limits.h"

namespace rig::provider::wire {
namespace {

grpc::ChannelArguments arguments(const Tls& tls) {
  grpc::ChannelArguments all;
  const auto set = [&](const char* name, std::chrono::milliseconds value) {
    all.SetInt(name, static_cast<int>(value.count()));
  };
  all.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // two Providers never share a connection
  all.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);             // retries live in the work queue
  all.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
  // Only while a stream is open: the reference's servers close connections that ping while idle.
  set(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTime);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeout);
  set(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirst);
  set(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectFirst);
  set(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMax);
  if (!tls.server_name.empty()) all.SetSslTargetNameOverride(tls.server_name);
  return all;
}

// How tasks ended, as a stream told it: an end is final, and no other task has that id, also after the peer's restart.
class TaskEnds {
 public:
  void note(const TaskEvent& told) {
    if (told.state.phase == TaskState::Phase::kRunning) return;
    const std::lock_guard lock(mutex_);
    if (!ends_.emplace(told.id, told.state).second) return;
    order_.push_back(told.id);
    if (order_.size() <= kEndsKept) return;
    ends_.erase(order_.front());
    order_.pop_front();
  }
  std::optional<TaskState> find(const TaskId& task) const {
    const std::lock_guard lock(mutex_);
    const auto known = ends_.find(task);
    return known == ends_.end() ? std::nullopt : std::optional(known->second);
  }

 private:
  mutable std::mutex mutex_;
  std::map<TaskId, TaskState> ends_;  // guarded by mutex_
  std::deque<TaskId> order_;          // guarded by mutex_
};

// Chooses the half when it is first called, and again after the peer was away: it may have been upgraded.
class Client final : public Provider, Images, Console {
 public:
  explicit Client(std::shared_ptr<Peer> peer) : peer_(std::move(peer)) {}

  Result<Health> check(const Call& call) override {
    {
      const std::lock_guard lock(mutex_);
      capabilities_.reset();
    }
    return with(call, [&](Provider& half) { return half.check(call); });
  }
  // Asked for once, and again after each check and after the peer was away.
  Result<Capabilities> capabilities(const Call& call) override {
    {
      const std::lock_guard lock(mutex_);
      if (capabilities_) return *capabilities_;
    }
    auto told = with(call, [&](Provider& half) { return half.capabilities(call); });
    const std::lock_guard lock(mutex_);
    if (told.ok()) capabilities_ = *told;
    return told;
  }
  Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                             const Call& call) override {
    return with(call, [&](Provider& half) { return half.reserve(owner, machine_id, spec, call); });
  }
  Result<TaskId> create(const MachineRef& machine, const MachineSpec& spec, const Call& call) override {
    return with(call, [&](Provider& half) { return half.create(machine, spec, call); });
  }
  Result<Machine> describe(const MachineRef& machine, const Call& call) override {
    return with(call, [&](Provider& half) { return half.describe(machine, call); });
  }
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef> machines, const Call& call) override {
    return with(call, [&](Provider& half) { return half.describe_many(machines, call); });
  }
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
               const Call& call) override {
    const OnEvent listen = [&](Event event) {
      if (const auto* task = std::get_if<TaskEvent>(&event.what)) ends_.note(*task);
      return on_event(std::move(event));
    };
    return with(call, [&](Provider& half) { return half.watch(cluster_id, resume, listen, call); });
  }
  Result<Plan> plan(const MachineRef& machine, const MachineSpec& spec, const Call& call) override {
    return with(call, [&](Provider& half) { return half.plan(machine, spec, call); });
  }
  Result<TaskId> apply(const MachineRef& machine, const MachineSpec& spec, const Plan& plan,
                       const Call& call) override {
    return with(call, [&](Provider& half) { return half.apply(machine, spec, plan, call); });
  }
  Result<TaskId> power_on(const MachineRef& machine, const Call& call) override {
    return with(call, [&](Provider& half) { return half.power_on(machine, call); });
  }
  Result<TaskId> power_off(const MachineRef& machine, std::optional<WallTime> hard_at, const Call& call) override {
    return with(call, [&](Provider& half) { return half.power_off(machine, hard_at, call); });
  }
  Result<TaskId> reboot(const MachineRef& machine, WallTime if_booted_before, const Call& call) override {
    return with(call, [&](Provider& half) { return half.reboot(machine, if_booted_before, call); });
  }
  Result<TaskId> remove(const MachineRef& machine, const Call& call) override {
    return with(call, [&](Provider& half) { return half.remove(machine, call); });
  }
  Result<TaskId> release(const MachineRef& machine, const Call& call) override {
    return with(call, [&](Provider& half) { return half.release(machine, call); });
  }
  Result<TaskState> poll(const TaskId& task, const Call& call) override {
    if (auto end = ends_.find(task)) return *std::move(end);
    return with(call, [&](Provider& half) { return half.poll(task, call); });
  }
  Status cancel(const TaskId& task, const Call& call) override {
    return with(call, [&](Provider& half) { return half.cancel(task, call); });
  }
  Images& images() override { return *this; }
  Console& console() override { return *this; }

 private:
  Result<PreparedImage> prepare(const ImageRequest& request, const Call& call) override {
    return with(call, [&](Provider& half) { return half.images().prepare(request, call); });
  }
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& machine, const Call& call) override {
    return with(call, [&](Provider& half) { return half.console().open_serial(machine, call); });
  }

  template <class Body>
  auto with(const Call& call, Body body) -> decltype(body(std::declval<Provider&>())) {
    const std::shared_ptr<Provider> half = TRY(choose(call));
    auto result = body(*half);
    const bool may_have_changed =
        !result.ok() && (result.error().is(Code::kUnavailable) || result.error().is(Code::kUnimplemented));
    if (may_have_changed) {
      const std::lock_guard lock(mutex_);
      half_ = nullptr;
      capabilities_.reset();
    }
    return result;
  }

  Result<std::shared_ptr<Provider>> choose(const Call& call) {
    {
      const std::lock_guard lock(mutex_);
      if (half_ != nullptr) return half_;
    }
    ref::GetCapabilitiesResponse told;
    TRY(peer_->ask(
        call, [&](grpc::ClientContext& context) { return peer_->provider->GetCapabilities(&context, {}, &told); }));
    const bool is_new =
        std::find(told.features().begin(), told.features().end(), kMachinesFeature) != told.features().end();
    const std::lock_guard lock(mutex_);
    half_ = is_new ? client_of_new_peer(peer_) : client_of_old_peer(peer_);
    return half_;
  }

  const std::shared_ptr<Peer> peer_;
  TaskEnds ends_;
  std::mutex mutex_;
  std::shared_ptr<Provider> half_;            // guarded by mutex_
  std::optional<Capabilities> capabilities_;  // guarded by mutex_
};

}  // namespace

Peer::Peer(std::string peer_address, std::shared_ptr<grpc::Channel> open_channel)
    : address(std::move(peer_address)),
      channel(std::move(open_channel)),
      provider(ref::Provider::NewStub(channel)),
      machines(v1::Machines::NewStub(channel)) {}

void Peer::prepare(grpc::ClientContext& context, const Call& call) const {
  const Time now = std::chrono::steady_clock::now();
  const Duration left = call.deadline == Time{} ? kCallTimeMax : call.deadline - now;
  context.set_deadline(std::chrono::system_clock::now() + left);
  context.set_wait_for_ready(true);
  if (!call.request_id.empty()) context.AddMetadata(kRequestId, call.request_id);
}

Status Peer::ask(const Call& call, const std::function<grpc::Status(grpc::ClientContext&)>& method) {
  grpc::ClientContext context;
  prepare(context, call);
  const std::stop_callback on_stop(call.stop, [&] { context.TryCancel(); });
  const grpc::Status status = method(context);
  if (status.ok()) return {};
  return error_of(status, context);
}

Error Peer::error_of(const grpc::Status& status, const grpc::ClientContext& context) const {
  const bool is_late = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  if (is_late && channel->GetState(/*try_to_connect=*/false) != GRPC_CHANNEL_READY)
    return Error(Code::kUnavailable, "the provider at " + address + " does not answer");
  return from_grpc(status, context);
}

Result<std::unique_ptr<Provider>> connect(const std::string& address, const Tls& tls) {
  set_up_grpc();
  TRY(check_address(address, tls));
  auto channel = grpc::CreateCustomChannel(address, client_credentials(tls), arguments(tls));
  return std::unique_ptr<Provider>(std::make_unique<Client>(std::make_shared<Peer>(address, std::move(channel))));
}

}  // namespace rig::provider::wire
