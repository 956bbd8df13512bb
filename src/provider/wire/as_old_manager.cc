// provider/wire/as_old_manager.cc — see as_old_manager.h.
#include "provider/wire/as_old_manager.h"

#include <grpcpp/create_channel.h>

#include "provider/wire/internal/clients.h"
#include "provider/wire/internal/credentials.h"
#include "provider/wire/internal/reference_json.h"

namespace rig::provider::wire {
namespace {

class OldManagerOverGrpc final : public AsOldManager {
 public:
  explicit OldManagerOverGrpc(const std::string& address)
      : peer_(address, grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

  Result<std::string> validate(const Call& call) override {
    const auto answer = TRY(ask<ref::ValidateResponse>(&Stub::Validate, ref::ValidateRequest(), call));
    return answer.ok() ? std::string() : answer.message();
  }
  Result<Image> prepare_image(const ImageRequest& image, const Call& call) override {
    ref::ImagePrepareRequest request;
    request.set_image_json(write_image_source(image));
    request.set_target_name(image.name);
    const auto answer = TRY(ask<ref::ImagePrepareResponse>(&Stub::ImagePrepare, request, call));
    return Image{answer.prepared_image_path(), answer.task().id()};
  }
  Result<Made> create(const MachineSpec& spec, const Call& call) override {
    const ReferenceTexts texts = write_reference(spec);
    ref::CreateRequest request;
    request.set_name(spec.display_name);
    request.set_class_json(texts.class_json);
    request.set_image_json(texts.image_json);
    request.set_networks_json(texts.networks_json);
    request.set_disks_json(texts.disks_json);
    request.set_placement_json(texts.placement_json);
    request.set_user_data(spec.seed.user_data);
    request.set_meta_data(spec.seed.meta_data);
    for (const std::string& tag : spec.tags) request.add_tags(tag);
    const auto answer = TRY(ask<ref::CreateResponse>(&Stub::Create, request, call));
    return Made{answer.id(), answer.task().id()};
  }
  Result<Seen> describe(const std::string& id, const Call& call) override {
    ref::DescribeRequest request;
    request.set_id(id);
    const auto answer = TRY(ask<ref::DescribeResponse>(&Stub::Describe, request, call));
    return Seen{answer.exists(), answer.power_state()};
  }
  Result<std::string> power(const std::string& id, Op op, int graceful_seconds, const Call& call) override {
    constexpr ref::PowerOp kOps[] = {ref::POWER_OP_ON, ref::POWER_OP_OFF, ref::POWER_OP_SHUTDOWN_GRACEFUL,
                                     ref::POWER_OP_REBOOT};
    ref::PowerRequest request;
    request.set_id(id);
    request.set_op(kOps[static_cast<int>(op)]);
    request.set_graceful_timeout_seconds(graceful_seconds);
    return TRY(ask<ref::TaskResponse>(&Stub::Power, request, call)).task().id();
  }
  Result<std::string> reconfigure(const std::string& id, const MachineSpec& wish, const Call& call) override {
    ref::ReconfigureRequest request;
    request.set_id(id);
    request.set_desired_json(write_desired(wish));
    return TRY(ask<ref::TaskResponse>(&Stub::Reconfigure, request, call)).task().id();
  }
  Result<std::string> remove(const std::string& id, const Call& call) override {
    ref::DeleteRequest request;
    request.set_id(id);
    return TRY(ask<ref::TaskResponse>(&Stub::Delete, request, call)).task().id();
  }
  Result<bool> is_done(const std::string& task, const Call& call) override {
    ref::TaskStatusRequest request;
    request.mutable_task()->set_id(task);
    const auto answer = TRY(ask<ref::TaskStatusResponse>(&Stub::TaskStatus, request, call));
    if (!answer.error().empty()) return Error(Code::kUnknown, answer.error());
    return answer.done();
  }

 private:
  using Stub = ref::Provider::Stub;

  template <class Response, class Request>
  Result<Response> ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                       const Request& request, const Call& call) {
    Response response;
    TRY(peer_.ask(call, [&](grpc::ClientContext& context) {
      return (peer_.provider.get()->*method)(&context, request, &response);
    }));
    return response;
  }

  Peer peer_;
};

}  // namespace

Result<std::unique_ptr<AsOldManager>> AsOldManager::connect(const std::string& address) {
  set_up_grpc();
  TRY(check_address(address, {}));
  return std::unique_ptr<AsOldManager>(std::make_unique<OldManagerOverGrpc>(address));
}

}  // namespace rig::provider::wire
