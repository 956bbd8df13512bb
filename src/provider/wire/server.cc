// provider/wire/server.cc — a Provider behind gRPC.
#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "provider/wire/internal/credentials.h"
#include "provider/wire/internal/services.h"
#include "provider/wire/limits.h"
#include "provider/wire/transport.h"

namespace rig::provider::wire {
namespace {

int to_ms(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

class GrpcServer final : public Server {
 public:
  GrpcServer(Provider& provider, const ServerOptions& options)
      : calls_(options.callers),
        provider_service_(provider, calls_, options.provider),
        machines_service_(provider, calls_) {}
  ~GrpcServer() override { (void)drain(Duration::zero()); }  // nobody is left to tell

  Status start(const ServerOptions& options) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.address, server_credentials(options.tls), &port_);
    builder.RegisterService(&provider_service_);
    builder.RegisterService(&machines_service_);
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
    grpc::ResourceQuota quota("provider");
    quota.SetMaxThreads(options.threads_max);
    builder.SetResourceQuota(quota);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, to_ms(kConnectionIdle));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, to_ms(kConnectionAge));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, to_ms(kConnectionAgeGrace));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, to_ms(kKeepaliveTime));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, to_ms(kKeepaliveTimeout));
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, to_ms(kPingsApart));
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || (port_ == 0 && !is_unix(options.address)))
      return Error(Code::kUnavailable, "cannot listen on " + options.address)
          .with_hint("Is the address in use, or the certificate not the key's?");
    if (is_unix(options.address)) port_ = 0;
    server_->GetHealthCheckService()->SetServingStatus("provider", true);
    return {};
  }

  int port() const override { return port_; }

  Status drain(Duration grace) override {
    if (server_ == nullptr) return {};
    server_->GetHealthCheckService()->SetServingStatus(false);
    calls_.stop_streams();                                        // a watch would run for ever
    server_->Shutdown(std::chrono::system_clock::now() + grace);  // then cancels what still runs, which `calls_` sees
    server_->Wait();
    server_.reset();
    return {};
  }

 private:
  int port_ = 0;
  Calls calls_;
  ProviderService provider_service_;
  MachinesService machines_service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

Result<std::unique_ptr<Server>> serve(Provider& provider, const ServerOptions& options) {
  set_up_grpc();
  TRY(check_address(options.address, options.tls));
  auto server = std::make_unique<GrpcServer>(provider, options);
  TRY(server->start(options));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace rig::provider::wire
