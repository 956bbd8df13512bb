// provider/wire/provider_service.cc — the reference's service: typed requests of our peers, the rest to OldManager.
//
// The methods that are not here (snapshots, clones, disks, ListVMs, HardwareUpgrade) answer UNIMPLEMENTED.
#include "provider/wire/internal/convert.h"
#include "provider/wire/internal/services.h"

namespace rig::provider::wire {
namespace {

// An empty id: the work was finished within the call; the reference's peers read an absent task so.
template <class Response>
void set_task(const TaskId& task, Response& response) {
  if (!task.text.empty()) response.mutable_task()->set_id(task.text);
}

Result<TaskId> power(rig::provider::Provider& provider, const ref::PowerRequest& request, const Call& call) {
  const MachineRef machine = decode(request.ref());
  switch (request.op()) {
    case ref::POWER_OP_ON: return provider.power_on(machine, call);
    case ref::POWER_OP_OFF: return provider.power_off(machine, std::nullopt, call);
    case ref::POWER_OP_SHUTDOWN_GRACEFUL:
      if (!request.has_hard_at_unix_ns()) break;
      return provider.power_off(machine, wall_time(request.hard_at_unix_ns()), call);
    case ref::POWER_OP_REBOOT:
      if (!request.has_if_booted_before_unix_ns()) break;
      return provider.reboot(machine, wall_time(request.if_booted_before_unix_ns()), call);
    default: break;
  }
  return Error(Code::kInvalidArgument,
               "power: operation " + std::to_string(request.op()) + " is unknown or has no time");
}

}  // namespace

grpc::Status ProviderService::Validate(grpc::ServerContext* context, const ref::ValidateRequest*,
                                       ref::ValidateResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    const auto health = provider_.check(call);  // an old manager wants the bad news as a value
    response->set_ok(health.ok() && health->ok);
    response->set_message(health.ok() ? health->message : bare_text(health.error()));
    return {};
  });
}

grpc::Status ProviderService::Create(grpc::ServerContext* context, const ref::CreateRequest* request,
                                     ref::CreateResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    if (!request->has_ref()) return old_.create(*request, *response, call);
    const auto spec = decode(request->spec());  // not TRY: g++ 12 warns wrongly about so large a Result in a lambda
    if (!spec.ok()) return spec.error();
    set_task(TRY(provider_.create(decode(request->ref()), *spec, call)), *response);
    response->set_id(request->ref().id());
    return {};
  });
}

grpc::Status ProviderService::Delete(grpc::ServerContext* context, const ref::DeleteRequest* request,
                                     ref::TaskResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    if (!request->has_ref()) return old_.remove(request->id(), call);
    set_task(TRY(provider_.remove(decode(request->ref()), call)), *response);
    return {};
  });
}

grpc::Status ProviderService::Power(grpc::ServerContext* context, const ref::PowerRequest* request,
                                    ref::TaskResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    set_task(TRY(request->has_ref() ? power(provider_, *request, call) : old_.power(*request, call)), *response);
    return {};
  });
}

grpc::Status ProviderService::Reconfigure(grpc::ServerContext* context, const ref::ReconfigureRequest* request,
                                          ref::TaskResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    if (!request->has_ref()) {
      set_task(TRY(old_.reconfigure(*request, call)), *response);
      return {};
    }
    const auto spec = decode(request->spec());
    if (!spec.ok()) return spec.error();
    const rig::provider::Plan plan = TRY(decode(request->plan()));
    set_task(TRY(provider_.apply(decode(request->ref()), *spec, plan, call)), *response);
    return {};
  });
}

grpc::Status ProviderService::Describe(grpc::ServerContext* context, const ref::DescribeRequest* request,
                                       ref::DescribeResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    if (!request->has_ref()) return old_.describe(request->id(), *response, call);
    const auto machine = provider_.describe(decode(request->ref()), call);
    if (!machine.ok()) return machine.error();
    encode(*machine, *response->mutable_machine());
    return {};
  });
}

grpc::Status ProviderService::TaskStatus(grpc::ServerContext* context, const ref::TaskStatusRequest* request,
                                         ref::TaskStatusResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    const TaskState state = TRY(provider_.poll(TaskId{request->task().id()}, call));
    // A forgotten task is "done" for an old manager: an error would hold its VM for ever, and the next Describe
    // tells it the truth.
    response->set_done(state.phase != TaskState::Phase::kRunning);
    if (state.error) response->set_error(state.error->to_string());
    if (request->typed()) encode(state, *response->mutable_state());
    return {};
  });
}

grpc::Status ProviderService::ImagePrepare(grpc::ServerContext* context, const ref::ImagePrepareRequest* request,
                                           ref::ImagePrepareResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    if (!request->has_image()) return old_.prepare_image(*request, *response, call);
    encode(TRY(provider_.images().prepare(decode(request->image()), call)), *response->mutable_image());
    return {};
  });
}

grpc::Status ProviderService::GetCapabilities(grpc::ServerContext* context, const ref::GetCapabilitiesRequest*,
                                              ref::GetCapabilitiesResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    encode(TRY(provider_.capabilities(call)), *response);
    response->add_features(kMachinesFeature);
    return {};
  });
}

}  // namespace rig::provider::wire
