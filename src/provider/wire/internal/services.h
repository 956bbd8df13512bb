// provider/wire/internal/services.h — the two gRPC services in front of a Provider. For the .cc files of the server.
#pragma once

#include <grpcpp/server_context.h>

#include "provider/provider.h"
#include "provider/v1/provider.grpc.pb.h"
#include "provider/wire/internal/calls.h"
#include "provider/wire/internal/errors.h"
#include "provider/wire/internal/words.h"
#include "rig/provider/v1/machines.grpc.pb.h"

namespace rig::provider::wire {

namespace ref = ::provider::v1;  // the reference's package

// Runs the body of a handler, Status(const Call&), as one running call.
template <class Body>
grpc::Status answer(Calls& calls, grpc::ServerContext& context, Body body) {
  const Calls::Running running(calls, context);
  Status status = calls.check_caller(context);
  if (status.ok()) status = body(running.call());
  return status.ok() ? grpc::Status::OK : to_grpc(status.error(), context);
}

// How an old manager, which knows neither owners nor machine ids, is understood (docs/ARCHITECTURE.md, Identity).
class OldManager {
 public:
  OldManager(Provider& served, std::string provider_key) : provider_(served), provider_key_(std::move(provider_key)) {}

  Status create(const ref::CreateRequest& request, ref::CreateResponse& response, const Call& call);
  Status remove(const std::string& id, const Call& call);  // ends when the machine is gone: the task is never polled
  Result<TaskId> power(const ref::PowerRequest& request, const Call& call);
  Result<TaskId> reconfigure(const ref::ReconfigureRequest& request, const Call& call);
  Status describe(const std::string& id, ref::DescribeResponse& response, const Call& call);
  Status prepare_image(const ref::ImagePrepareRequest& request, ref::ImagePrepareResponse& response, const Call& call);

 private:
  std::string name_id(const std::string& what) const;
  // The machine of this id when it is the old manager's: made for it by us, or by the reference before us.
  Result<Machine> machine(const std::string& id, const Call& call);
  Status wait_for(const TaskId& task, const Call& call);

  Provider& provider_;
  const std::string provider_key_;
};

class ProviderService final : public ref::Provider::Service {
 public:
  ProviderService(rig::provider::Provider& served, Calls& calls, std::string provider_key)
      : provider_(served), calls_(calls), old_(served, std::move(provider_key)) {}

  grpc::Status Validate(grpc::ServerContext*, const ref::ValidateRequest*, ref::ValidateResponse*) override;
  grpc::Status Create(grpc::ServerContext*, const ref::CreateRequest*, ref::CreateResponse*) override;
  grpc::Status Delete(grpc::ServerContext*, const ref::DeleteRequest*, ref::TaskResponse*) override;
  grpc::Status Power(grpc::ServerContext*, const ref::PowerRequest*, ref::TaskResponse*) override;
  grpc::Status Reconfigure(grpc::ServerContext*, const ref::ReconfigureRequest*, ref::TaskResponse*) override;
  grpc::Status Describe(grpc::ServerContext*, const ref::DescribeRequest*, ref::DescribeResponse*) override;
  grpc::Status TaskStatus(grpc::ServerContext*, const ref::TaskStatusRequest*, ref::TaskStatusResponse*) override;
  grpc::Status ImagePrepare(grpc::ServerContext*, const ref::ImagePrepareRequest*, ref::ImagePrepareResponse*) override;
  grpc::Status GetCapabilities(grpc::ServerContext*, const ref::GetCapabilitiesRequest*,
                               ref::GetCapabilitiesResponse*) override;

 private:
  rig::provider::Provider& provider_;
  Calls& calls_;
  OldManager old_;
};

class MachinesService final : public v1::Machines::Service {
 public:
  MachinesService(Provider& served, Calls& calls) : provider_(served), calls_(calls) {}

  grpc::Status Check(grpc::ServerContext*, const v1::CheckRequest*, v1::Health*) override;
  grpc::Status Reserve(grpc::ServerContext*, const v1::ReserveRequest*, v1::MachineRef*) override;
  grpc::Status Watch(grpc::ServerContext*, const v1::WatchRequest*, grpc::ServerWriter<v1::WatchEvent>*) override;
  grpc::Status DescribeMany(grpc::ServerContext*, const v1::DescribeManyRequest*,
                            grpc::ServerWriter<v1::DescribeManyChunk>*) override;
  grpc::Status Plan(grpc::ServerContext*, const v1::PlanRequest*, v1::Plan*) override;
  grpc::Status Release(grpc::ServerContext*, const v1::ReleaseRequest*, v1::ReleaseResponse*) override;
  grpc::Status CancelTask(grpc::ServerContext*, const v1::CancelTaskRequest*, v1::CancelTaskResponse*) override;
  grpc::Status OpenConsole(grpc::ServerContext*,
                           grpc::ServerReaderWriter<v1::ConsoleOutput, v1::ConsoleInput>*) override;

 private:
  Provider& provider_;
  Calls& calls_;
};

}  // namespace rig::provider::wire
