// provider/wire/machines_service.cc — our own service: checks, reservations, plans, streams.
#include <thread>

#include "provider/limits.h"
#include "provider/wire/internal/convert.h"
#include "provider/wire/internal/services.h"
#include "provider/wire/limits.h"

namespace rig::provider::wire {

grpc::Status MachinesService::Check(grpc::ServerContext* context, const v1::CheckRequest*, v1::Health* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    encode(TRY(provider_.check(call)), *response);
    return {};
  });
}

grpc::Status MachinesService::Reserve(grpc::ServerContext* context, const v1::ReserveRequest* request,
                                      v1::MachineRef* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    const auto spec = decode(request->spec());
    if (!spec.ok()) return spec.error();
    encode(TRY(provider_.reserve(decode(request->owner()), request->machine_id(), *spec, call)), *response);
    return {};
  });
}

grpc::Status MachinesService::Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                                    grpc::ServerWriter<v1::WatchEvent>* writer) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    const Calls::Stream place = TRY(calls_.enter_stream(*context));
    return provider_.watch(
        request->cluster_id(), request->resume(),
        [&](const Event& event) {
          v1::WatchEvent message;
          encode(event, message);
          return writer->Write(message);
        },
        call);
  });
}

grpc::Status MachinesService::DescribeMany(grpc::ServerContext* context, const v1::DescribeManyRequest* request,
                                           grpc::ServerWriter<v1::DescribeManyChunk>* writer) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    const Calls::Stream place = TRY(calls_.enter_stream(*context));
    if (static_cast<std::size_t>(request->refs_size()) > kDescribeManyMax)
      return Error(Code::kInvalidArgument, "refs: found " + std::to_string(request->refs_size()) + ", wanted at most " +
                                               std::to_string(kDescribeManyMax));
    std::vector<MachineRef> refs;
    for (const v1::MachineRef& machine : request->refs()) refs.push_back(decode(machine));
    const std::vector<Machine> machines = TRY(provider_.describe_many(refs, call));
    v1::DescribeManyChunk chunk;
    for (const Machine& machine : machines) {
      encode(machine, *chunk.add_machines());
      if (chunk.machines_size() < kDescribeChunk) continue;
      if (!writer->Write(chunk)) return {};
      chunk.Clear();
    }
    if (chunk.machines_size() > 0) writer->Write(chunk);
    return {};
  });
}

grpc::Status MachinesService::Plan(grpc::ServerContext* context, const v1::PlanRequest* request, v1::Plan* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    const auto spec = decode(request->spec());
    if (!spec.ok()) return spec.error();
    encode(TRY(provider_.plan(decode(request->ref()), *spec, call)), *response);
    return {};
  });
}

grpc::Status MachinesService::Release(grpc::ServerContext* context, const v1::ReleaseRequest* request,
                                      v1::ReleaseResponse* response) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    response->set_task_id(TRY(provider_.release(decode(request->ref()), call)).text);
    return {};
  });
}

grpc::Status MachinesService::CancelTask(grpc::ServerContext* context, const v1::CancelTaskRequest* request,
                                         v1::CancelTaskResponse*) {
  return answer(calls_, *context,
                [&](const Call& call) -> rig::Status { return provider_.cancel(TaskId{request->task_id()}, call); });
}

// This thread reads what the caller types; another writes what the console says. An output without bytes is the
// console's end: the caller then ends its side, which ends this call.
grpc::Status MachinesService::OpenConsole(grpc::ServerContext* context,
                                          grpc::ServerReaderWriter<v1::ConsoleOutput, v1::ConsoleInput>* stream) {
  return answer(calls_, *context, [&](const Call& call) -> rig::Status {
    const Calls::Stream place = TRY(calls_.enter_stream(*context));
    v1::ConsoleInput input;
    if (!stream->Read(&input)) return Error(Code::kInvalidArgument, "console: the caller named no machine");
    const auto console = TRY(provider_.console().open_serial(decode(input.ref()), call));
    context->AddInitialMetadata(kConsoleIsOpen, "");  // the caller waits for this before it hands the console out
    stream->SendInitialMetadata();
    const std::jthread writer([&] {
      std::string buffer(kConsoleChunkBytes, '\0');
      v1::ConsoleOutput output;
      do {
        const auto count = console->read(buffer, call);
        output.set_bytes(buffer.data(), count.ok() ? *count : 0);
      } while (stream->Write(output) && !output.bytes().empty());
    });
    while (stream->Read(&input) && console->write(input.bytes(), call).ok()) {}
    console->close();
    return {};
  });
}

}  // namespace rig::provider::wire
