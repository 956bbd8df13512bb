// provider/wire/new_peer.cc — a client of a peer like us: typed messages and service Machines.
#include <algorithm>
#include <cstring>

#include "provider/limits.h"
#include "provider/wire/internal/clients.h"
#include "provider/wire/internal/convert.h"
#include "provider/wire/internal/words.h"
#include "provider/wire/limits.h"

namespace rig::provider::wire {
namespace {

// One thread may read while another writes, as gRPC allows for one stream.
class RemoteConsole final : public ByteStream {
 public:
  RemoteConsole(std::shared_ptr<Peer> peer, std::unique_ptr<grpc::ClientContext> context)
      : peer_(std::move(peer)), context_(std::move(context)), stream_(peer_->machines->OpenConsole(context_.get())) {}
  ~RemoteConsole() override { RemoteConsole::close(); }

  Status open(const MachineRef& machine) {
    v1::ConsoleInput first;
    encode(machine, *first.mutable_ref());
    stream_->Write(first);
    stream_->WaitForInitialMetadata();
    if (context_->GetServerInitialMetadata().contains(kConsoleIsOpen)) return {};
    const grpc::Status status = stream_->Finish();
    return status.ok() ? Error(Code::kInternal, "console: the peer ended without a word")
                       : peer_->error_of(status, *context_);
  }

  Result<std::size_t> read(std::span<char> buffer, const Call& call) override {
    const std::stop_callback on_stop(call.stop, [&] { context_->TryCancel(); });
    if (rest_.empty()) {
      v1::ConsoleOutput output;
      if (!stream_->Read(&output)) {
        if (call.stop.stop_requested()) return Error(Code::kCancelled, "console: stopped");
        return 0;
      }
      rest_ = std::move(*output.mutable_bytes());  // empty: the console's end
    }
    const std::size_t count = std::min(buffer.size(), rest_.size());
    std::memcpy(buffer.data(), rest_.data(), count);
    rest_.erase(0, count);
    return count;
  }

  Status write(std::string_view bytes, const Call& call) override {
    const std::stop_callback on_stop(call.stop, [&] { context_->TryCancel(); });
    while (!bytes.empty()) {
      v1::ConsoleInput input;
      input.set_bytes(std::string(bytes.substr(0, kConsoleChunkBytes)));
      bytes.remove_prefix(input.bytes().size());
      if (!stream_->Write(input)) return Error(Code::kUnavailable, "console: closed");
    }
    return {};
  }

  void close() override { context_->TryCancel(); }

 private:
  const std::shared_ptr<Peer> peer_;
  const std::unique_ptr<grpc::ClientContext> context_;
  const std::unique_ptr<grpc::ClientReaderWriter<v1::ConsoleInput, v1::ConsoleOutput>> stream_;
  std::string rest_;  // read and not yet handed out; touched by the reading thread only
};

class NewPeer final : public Provider, Images, Console {
 public:
  explicit NewPeer(std::shared_ptr<Peer> peer) : peer_(std::move(peer)) {}

  Result<Health> check(const Call& call) override {
    v1::Health health;
    TRY(ask(call, [&](auto& c) { return peer_->machines->Check(&c, {}, &health); }));
    return decode(health);
  }

  Result<Capabilities> capabilities(const Call& call) override {
    ref::GetCapabilitiesResponse told;
    TRY(ask(call, [&](auto& c) { return peer_->provider->GetCapabilities(&c, {}, &told); }));
    return decode(told);
  }

  Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                             const Call& call) override {
    v1::ReserveRequest request;
    encode(owner, *request.mutable_owner());
    request.set_machine_id(machine_id);
    encode(spec, *request.mutable_spec());
    v1::MachineRef reserved;
    TRY(ask(call, [&](auto& c) { return peer_->machines->Reserve(&c, request, &reserved); }));
    return decode(reserved);
  }

  Result<TaskId> create(const MachineRef& machine, const MachineSpec& spec, const Call& call) override {
    ref::CreateRequest request;
    request.set_name(spec.display_name);
    encode(machine, *request.mutable_ref());
    encode(spec, *request.mutable_spec());
    ref::CreateResponse response;
    TRY(ask(call, [&](auto& c) { return peer_->provider->Create(&c, request, &response); }));
    return TaskId{response.task().id()};
  }

  Result<Machine> describe(const MachineRef& machine, const Call& call) override {
    ref::DescribeRequest request;
    request.set_id(machine.id);
    encode(machine, *request.mutable_ref());
    ref::DescribeResponse response;
    TRY(ask(call, [&](auto& c) { return peer_->provider->Describe(&c, request, &response); }));
    return decode(response.machine());
  }

  Result<std::vector<Machine>> describe_many(std::span<const MachineRef> machines, const Call& call) override;
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
               const Call& call) override;

  Result<Plan> plan(const MachineRef& machine, const MachineSpec& spec, const Call& call) override {
    v1::PlanRequest request;
    encode(machine, *request.mutable_ref());
    encode(spec, *request.mutable_spec());
    v1::Plan plan;
    TRY(ask(call, [&](auto& c) { return peer_->machines->Plan(&c, request, &plan); }));
    return decode(plan);
  }

  Result<TaskId> apply(const MachineRef& machine, const MachineSpec& spec, const Plan& plan,
                       const Call& call) override {
    ref::ReconfigureRequest request;
    request.set_id(machine.id);
    encode(machine, *request.mutable_ref());
    encode(spec, *request.mutable_spec());
    encode(plan, *request.mutable_plan());
    return task(call, [&](auto& c, auto& response) { return peer_->provider->Reconfigure(&c, request, &response); });
  }

  Result<TaskId> power_on(const MachineRef& machine, const Call& call) override {
    return power(power_request(machine, ref::POWER_OP_ON), call);
  }

  Result<TaskId> power_off(const MachineRef& machine, std::optional<WallTime> hard_at, const Call& call) override {
    ref::PowerRequest request = power_request(machine, hard_at ? ref::POWER_OP_SHUTDOWN_GRACEFUL : ref::POWER_OP_OFF);
    if (hard_at) request.set_hard_at_unix_ns(unix_ns(*hard_at));
    return power(request, call);
  }

  Result<TaskId> reboot(const MachineRef& machine, WallTime if_booted_before, const Call& call) override {
    ref::PowerRequest request = power_request(machine, ref::POWER_OP_REBOOT);
    request.set_if_booted_before_unix_ns(unix_ns(if_booted_before));
    return power(request, call);
  }

  Result<TaskId> remove(const MachineRef& machine, const Call& call) override {
    ref::DeleteRequest request;
    request.set_id(machine.id);
    encode(machine, *request.mutable_ref());
    return task(call, [&](auto& c, auto& response) { return peer_->provider->Delete(&c, request, &response); });
  }

  Result<TaskId> release(const MachineRef& machine, const Call& call) override {
    v1::ReleaseRequest request;
    encode(machine, *request.mutable_ref());
    v1::ReleaseResponse response;
    TRY(ask(call, [&](auto& c) { return peer_->machines->Release(&c, request, &response); }));
    return TaskId{response.task_id()};
  }

  Result<TaskState> poll(const TaskId& id, const Call& call) override {
    ref::TaskStatusRequest request;
    request.mutable_task()->set_id(id.text);
    request.set_typed(true);
    ref::TaskStatusResponse response;
    TRY(ask(call, [&](auto& c) { return peer_->provider->TaskStatus(&c, request, &response); }));
    return decode(response.state());
  }

  Status cancel(const TaskId& id, const Call& call) override {
    v1::CancelTaskRequest request;
    request.set_task_id(id.text);
    v1::CancelTaskResponse response;
    return ask(call, [&](auto& c) { return peer_->machines->CancelTask(&c, request, &response); });
  }

  Images& images() override { return *this; }
  Console& console() override { return *this; }

 private:
  Result<PreparedImage> prepare(const ImageRequest& image, const Call& call) override {
    ref::ImagePrepareRequest request;
    request.set_target_name(image.name);
    encode(image, *request.mutable_image());
    ref::ImagePrepareResponse response;
    TRY(ask(call, [&](auto& c) { return peer_->provider->ImagePrepare(&c, request, &response); }));
    return decode(response.image());
  }

  // The stream lives beyond the call: its deadline and stop are those of each read and write.
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& machine, const Call& call) override {
    auto context = std::make_unique<grpc::ClientContext>();
    if (!call.request_id.empty()) context->AddMetadata(kRequestId, call.request_id);
    const std::stop_callback on_stop(call.stop, [opened = context.get()] { opened->TryCancel(); });
    auto console = std::make_unique<RemoteConsole>(peer_, std::move(context));
    TRY(console->open(machine));
    return std::unique_ptr<ByteStream>(std::move(console));
  }

  Status ask(const Call& call, const std::function<grpc::Status(grpc::ClientContext&)>& method) {
    return peer_->ask(call, method);
  }
  template <class Method>
  Result<TaskId> task(const Call& call, Method method) {
    ref::TaskResponse response;
    TRY(ask(call, [&](grpc::ClientContext& context) { return method(context, response); }));
    return TaskId{response.task().id()};
  }
  static ref::PowerRequest power_request(const MachineRef& machine, ref::PowerOp op) {
    ref::PowerRequest request;
    request.set_id(machine.id);
    request.set_op(op);
    encode(machine, *request.mutable_ref());
    return request;
  }
  Result<TaskId> power(const ref::PowerRequest& request, const Call& call) {
    return task(call, [&](auto& c, auto& response) { return peer_->provider->Power(&c, request, &response); });
  }

  const std::shared_ptr<Peer> peer_;
};

Result<std::vector<Machine>> NewPeer::describe_many(std::span<const MachineRef> machines, const Call& call) {
  v1::DescribeManyRequest request;
  for (const MachineRef& machine : machines) encode(machine, *request.add_refs());
  std::vector<Machine> all;
  Status decoded;
  TRY(ask(call, [&](grpc::ClientContext& context) {
    const auto reader = peer_->machines->DescribeMany(&context, request);
    v1::DescribeManyChunk chunk;
    while (reader->Read(&chunk)) {
      for (const v1::Machine& machine : chunk.machines()) {
        auto value = decode(machine);
        if (value.ok())
          all.push_back(value.take());
        else
          decoded = value.take_error();
      }
    }
    return reader->Finish();
  }));
  TRY(std::move(decoded));
  if (all.size() != machines.size())
    return Error(Code::kInternal, "describe_many: asked for " + std::to_string(machines.size()) + " machines, got " +
                                      std::to_string(all.size()));
  return all;
}

Status NewPeer::watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
                      const Call& call) {
  v1::WatchRequest request;
  request.set_cluster_id(cluster_id);
  request.set_resume(resume);
  Status decoded;
  bool has_enough = false;
  const Status ended = ask(call, [&](grpc::ClientContext& context) {
    const auto reader = peer_->machines->Watch(&context, request);
    v1::WatchEvent message;
    while (!has_enough && decoded.ok() && reader->Read(&message)) {
      auto event = decode(message);
      if (event.ok())
        has_enough = !on_event(event.take());
      else
        decoded = event.take_error();
    }
    if (has_enough || !decoded.ok()) context.TryCancel();
    return reader->Finish();
  });
  if (!decoded.ok() || has_enough) return decoded;
  return ended;
}

}  // namespace

std::unique_ptr<Provider> client_of_new_peer(std::shared_ptr<Peer> peer) {
  return std::make_unique<NewPeer>(std::move(peer));
}

}  // namespace rig::provider::wire
