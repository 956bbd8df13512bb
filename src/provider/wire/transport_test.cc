// provider/wire/transport_test.cc — connections, errors, deadlines, limits, streams, TLS.
#include "provider/wire/transport.h"

#include <arpa/inet.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <future>
#include <latch>
#include <thread>

#include "base/fd.h"
#include "provider/limits.h"
#include "provider/wire/certificate_test.h"
#include "provider/wire/limits.h"
#include "provider/wire/served_fake_test.h"
#include "provider/wire/tsan_test.h"

namespace rig::provider::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Wire, CarriesAnErrorWithItsHintAndItsAdvice) {
  ServedFake lab;
  lab.fake.on_task([](std::string_view, const MachineRef&) -> Status {
    return Error(Code::kResourceExhausted, "pool is full")
        .with_hint("Räume auf.")
        .with_retry_after(seconds(7))
        .with_context("create web");
  });
  const auto refused = lab.client->create(ref_of("web"), small("web"), soon());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kResourceExhausted);
  EXPECT_EQ(refused.error().message(), "create web: pool is full");
  EXPECT_EQ(refused.error().hint(), "Räume auf.");
  EXPECT_EQ(refused.error().retry_after(), seconds(7));
}

TEST(Wire, EveryCodeArrivesAsItself) {
  ServedFake lab;
  for (int code = 1; code <= 16; ++code) {
    lab.fake.on_task(
        [code](std::string_view, const MachineRef&) -> Status { return Error(static_cast<Code>(code), "x"); });
    EXPECT_EQ(static_cast<int>(lab.client->create(ref_of("web"), small("web"), soon()).error().code()), code);
  }
}

TEST(Wire, CutsTextsThatDoNotFitIntoTrailers) {
  ServedFake lab;
  std::string umlauts;
  for (int i = 0; i < 5000; ++i) umlauts += "ä";
  lab.fake.on_task([&](std::string_view, const MachineRef&) -> Status {
    return Error(Code::kInternal, umlauts).with_hint(umlauts);
  });
  const auto refused = lab.client->create(ref_of("web"), small("web"), soon());
  EXPECT_EQ(refused.error().code(), Code::kInternal);
  EXPECT_LE(refused.error().message().size(), kErrorTextMax);
  EXPECT_GT(refused.error().message().size(), kErrorTextMax - 8);
  EXPECT_LE(refused.error().hint().size(), kHintTextMax);
  EXPECT_TRUE(refused.error().message().ends_with("ä..."));
}

TEST(Wire, RefusesPlaintextOnANetworkAddress) {
  const SystemClock clock;
  fake::FakeProvider fake(clock, {});
  ServerOptions options;
  options.address = "127.0.0.1:0";
  EXPECT_EQ(serve(fake, options).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(connect("127.0.0.1:1", {}).error().code(), Code::kInvalidArgument);
}

TEST(Wire, RefusesAPathThatNoUnixSocketHasAndHalfATls) {
  const std::string fits(kUnixPathMax, 'x');
  EXPECT_TRUE(connect("unix:" + fits, {}).ok());
  EXPECT_EQ(connect("unix:" + fits + "x", {}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(connect("unix:/s", {"certificate", "", "", ""}).error().code(), Code::kInvalidArgument);
}

TEST(Wire, ACallToAPeerThatIsAwayWaitsAndIsThenUnavailable) {
  const SocketFolder folder;
  const auto client = connect(folder.address(), {}).take();
  EXPECT_EQ(client->check(within(milliseconds(100))).error().code(), Code::kUnavailable);

  const SystemClock clock;
  fake::FakeProvider fake(clock, {});
  ServerOptions options;
  options.address = folder.address();
  auto waiting = std::async(std::launch::async, [&] { return client->check(soon()); });
  const auto server = serve(fake, options).take();
  EXPECT_TRUE(waiting.get().ok()) << "the peer came while the call waited";
}

TEST(Wire, AClientFindsARestartedServer) {
  ServedFake lab;
  ASSERT_TRUE(lab.client->check(soon()).ok());
  ASSERT_TRUE(lab.server->drain(seconds(5)).ok());
  ServerOptions options;
  options.address = lab.folder.address();
  lab.server = serve(lab.fake, options).take();
  Result<Health> health = lab.client->check(soon());  // may still meet the old connection's end
  if (!health.ok()) health = lab.client->check(soon());
  EXPECT_TRUE(health.ok());
}

// ---- a provider whose describe() takes as long as the test wants ----

class Blocking final : public Provider, Images, Console {
 public:
  Result<Machine> describe(const MachineRef&, const Call& call) override {
    {
      const std::lock_guard lock(mutex_);
      ++inside_;
      entered_.notify_all();
    }
    std::promise<void> stopped;
    const std::stop_callback on_stop(call.stop, [&] { stopped.set_value(); });
    stopped.get_future().wait();
    const std::lock_guard lock(mutex_);
    --inside_;
    entered_.notify_all();
    return Error(Code::kCancelled, "told to stop");
  }
  void wait_for_inside(int count) {
    std::unique_lock lock(mutex_);
    entered_.wait(lock, [&] { return inside_ == count; });
  }

  Result<Health> check(const Call&) override { return Health{true, "", {}}; }
  Result<Capabilities> capabilities(const Call&) override {
    const std::lock_guard lock(mutex_);
    Capabilities told;
    told.hypervisor_version = std::to_string(++times_told_);
    return told;
  }
  Result<MachineRef> reserve(const Owner&, const std::string&, const MachineSpec&, const Call&) override {
    return no();
  }
  Result<TaskId> create(const MachineRef&, const MachineSpec&, const Call&) override { return no(); }
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef>, const Call&) override { return no(); }
  Status watch(const std::string&, const std::string&, const OnEvent&, const Call&) override { return no(); }
  Result<Plan> plan(const MachineRef&, const MachineSpec&, const Call&) override { return no(); }
  Result<TaskId> apply(const MachineRef&, const MachineSpec&, const Plan&, const Call&) override { return no(); }
  Result<TaskId> power_on(const MachineRef&, const Call&) override { return no(); }
  Result<TaskId> power_off(const MachineRef&, std::optional<WallTime>, const Call&) override { return no(); }
  Result<TaskId> reboot(const MachineRef&, WallTime, const Call&) override { return no(); }
  Result<TaskId> remove(const MachineRef&, const Call&) override { return no(); }
  Result<TaskId> release(const MachineRef&, const Call&) override { return no(); }
  Result<TaskState> poll(const TaskId&, const Call&) override { return no(); }
  Status cancel(const TaskId&, const Call&) override { return no(); }
  Images& images() override { return *this; }
  Console& console() override { return *this; }

 private:
  static Error no() { return Error(Code::kUnimplemented, "not in this test"); }
  Result<PreparedImage> prepare(const ImageRequest&, const Call&) override { return no(); }
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef&, const Call&) override { return no(); }

  std::mutex mutex_;
  std::condition_variable entered_;
  int inside_ = 0, times_told_ = 0;
};

TEST(Wire, CapabilitiesAreAskedForOnceAndAgainAfterACheck) {
  Blocking provider;
  const SocketFolder folder;
  ServerOptions options;
  options.address = folder.address();
  const auto server = serve(provider, options).take();
  const auto client = connect(folder.address(), {}).take();
  const std::string first = client->capabilities(soon())->hypervisor_version;
  EXPECT_EQ(client->capabilities(soon())->hypervisor_version, first);
  ASSERT_TRUE(client->check(soon()).ok());
  EXPECT_NE(client->capabilities(soon())->hypervisor_version, first);
}

TEST(Wire, ACallerThatLeavesStopsItsCall) {
  Blocking provider;
  const SocketFolder folder;
  ServerOptions options;
  options.address = folder.address();
  const auto server = serve(provider, options).take();
  const auto client = connect(folder.address(), {}).take();
  std::stop_source stop;
  auto call = std::async(std::launch::async, [&] {
    return client->describe({}, {soon().deadline, stop.get_token(), ""});
  });
  provider.wait_for_inside(1);
  stop.request_stop();
  EXPECT_EQ(call.get().error().code(), Code::kCancelled);
  provider.wait_for_inside(0);  // the handler was told
}

TEST(Wire, HandlersBeyondTheLimitAreRefused) {
  Blocking provider;
  const SocketFolder folder;
  ServerOptions options;
  options.address = folder.address();
  options.threads_max = 4;
  const auto server = serve(provider, options).take();
  const auto client = connect(folder.address(), {}).take();
  ASSERT_TRUE(client->check(soon()).ok());
  std::stop_source stop;
  std::vector<std::future<Result<Machine>>> calls;
  for (int i = 0; i < 8; ++i)
    calls.push_back(std::async(std::launch::async, [&] {
      auto result = client->describe({}, {soon().deadline, stop.get_token(), ""});
      if (!result.ok() && result.error().is(Code::kResourceExhausted)) stop.request_stop();
      return result;
    }));
  int refused = 0;
  for (auto& call : calls) refused += call.get().error().is(Code::kResourceExhausted) ? 1 : 0;
  EXPECT_GE(refused, 1);
}

TEST(Wire, DrainEndsWhatDoesNotEndByItself) {
  Blocking provider;
  const SocketFolder folder;
  ServerOptions options;
  options.address = folder.address();
  const auto server = serve(provider, options).take();
  const auto client = connect(folder.address(), {}).take();
  auto call = std::async(std::launch::async, [&] { return client->describe({}, soon()); });
  provider.wait_for_inside(1);
  ASSERT_TRUE(server->drain(milliseconds(50)).ok());
  EXPECT_FALSE(call.get().ok());
}

TEST(Wire, AMessageBeyondTheLimitIsRefused) {
  ServedFake lab;
  MachineSpec spec = small("web");
  spec.seed.user_data.assign(kMessageBytesMax, 'x');
  EXPECT_EQ(lab.client->create(ref_of("web"), spec, soon()).error().code(), Code::kResourceExhausted);
  spec.seed.user_data.resize(kMessageBytesMax / 2);
  EXPECT_TRUE(lab.client->create(ref_of("web"), spec, soon()).ok());
}

// ---- streams ----

TEST(Wire, ManyMachinesComeInTheirOrderOverSeveralMessages) {
  ServedFake lab;
  ASSERT_TRUE(lab.fake.create(ref_of("m249"), small("m249"), {}).ok());
  std::vector<MachineRef> refs;
  for (int i = 0; i < 250; ++i) refs.push_back(ref_of("m" + std::to_string(i)));
  static_assert(250 > 2 * kDescribeChunk);
  const std::vector<Machine> machines = lab.client->describe_many(refs, soon()).take();
  ASSERT_EQ(machines.size(), refs.size());
  EXPECT_EQ(machines[7].ref, refs[7]);
  EXPECT_EQ(machines[7].existence, Existence::kGone);
  EXPECT_EQ(machines[249].existence, Existence::kOurs);
  refs.resize(kDescribeManyMax + 1);
  EXPECT_EQ(lab.client->describe_many(refs, soon()).error().code(), Code::kInvalidArgument);
}

TEST(Wire, AWatchTellsUntilItsReaderHasEnough) {
  ServedFake lab;
  ASSERT_TRUE(lab.fake.create(ref_of("web"), small("web"), {}).ok());
  std::vector<Power> seen;
  const Status ended = lab.client->watch(
      "cluster", "",
      [&](const Event& event) {
        if (std::holds_alternative<Synced>(event.what)) lab.fake.set_power("web", Power::kOn);
        if (const auto* machine = std::get_if<Machine>(&event.what)) seen.push_back(machine->power);
        return seen.size() < 2;
      },
      soon());
  EXPECT_TRUE(ended.ok());
  EXPECT_EQ(seen, (std::vector<Power>{Power::kOff, Power::kOn}));
}

TEST(Wire, AnEndThatTheStreamToldIsNotAskedFor) {
  ServedFake lab;
  std::vector<TaskEvent> told;
  const auto listen = [&](const Event& event) {
    const auto* task = std::get_if<TaskEvent>(&event.what);
    if (task != nullptr) told.push_back(*task);
    if (told.size() > kEndsKept) return false;
    if (task == nullptr && !std::holds_alternative<Synced>(event.what)) return true;
    const std::string name = "web-" + std::to_string(told.size());
    return lab.fake.create(ref_of(name), small(name), {}).ok();
  };
  ASSERT_TRUE(lab.client->watch("cluster", "", listen, soon()).ok());
  ASSERT_TRUE(lab.server->drain(seconds(5)).ok());  // nobody is there to ask
  const Call brief{std::chrono::steady_clock::now() + milliseconds(1), {}, ""};
  EXPECT_EQ(lab.client->poll(told.back().id, brief)->phase, TaskState::Phase::kDone);
  EXPECT_FALSE(lab.client->poll(told.front().id, brief).ok());  // no more than kEndsKept are remembered
}

// Watches on threads of their own; each is known to be in place when the constructor has returned.
class Watches {
 public:
  Watches(Provider& client, std::size_t count) : synced_(static_cast<std::ptrdiff_t>(count)) {
    for (std::size_t i = 0; i < count; ++i)
      threads_.emplace_back([&client, this] {
        const Call call{soon().deadline, stop_.get_token(), ""};
        const Status ended = client.watch(
            "cluster", "",
            [&](const Event&) {
              synced_.count_down();
              return true;
            },
            call);
        last_.store(ended.ok() ? 0 : static_cast<int>(ended.error().code()));
      });
    synced_.wait();
  }
  void stop() { stop_.request_stop(); }
  Code join() {
    threads_.clear();
    return static_cast<Code>(last_.load());
  }

 private:
  std::latch synced_;
  std::stop_source stop_;
  std::atomic<int> last_ = 0;
  std::vector<std::jthread> threads_;
};

TEST(Wire, StreamsBeyondTheLimitAreRefusedAndTheirPlacesComeBack) {
  ServedFake lab;
  Watches watches(*lab.client, kStreamsMax);
  const auto one_more = [&] {
    return lab.client->watch(
        "cluster", "", [](const Event&) { return false; }, soon());
  };
  EXPECT_EQ(one_more().error().code(), Code::kResourceExhausted);
  EXPECT_TRUE(lab.client->check(soon()).ok()) << "calls are served beside them";
  watches.stop();
  EXPECT_EQ(watches.join(), Code::kCancelled);
  Status again = one_more();
  while (!again.ok() && again.error().is(Code::kResourceExhausted)) again = one_more();
  EXPECT_TRUE(again.ok());
}

TEST(Wire, DrainEndsWatchesAtOnce) {
  ServedFake lab;
  Watches watches(*lab.client, 2);
  ASSERT_TRUE(lab.server->drain(seconds(20)).ok());
  EXPECT_EQ(remedy(watches.join()), Remedy::kRetry);
}

TEST(Wire, AConsoleIsBytesBothWaysUntilItIsClosed) {
  ServedFake lab;
  ASSERT_TRUE(lab.fake.create(ref_of("web"), small("web"), {}).ok());
  EXPECT_EQ(lab.client->console().open_serial(ref_of("web"), soon()).error().code(), Code::kNotFound);
  ASSERT_TRUE(lab.fake.power_on(ref_of("web"), {}).ok());
  const auto console = lab.client->console().open_serial(ref_of("web"), soon()).take();
  const auto read = [&](std::size_t count) {
    std::string all;
    char buffer[7];
    while (all.size() < count) {
      const std::size_t got = console->read(buffer, soon()).take();
      if (got == 0) break;
      all.append(buffer, got);
    }
    return all;
  };
  const std::string greeting = "console of web\r\n";
  EXPECT_EQ(read(greeting.size()), greeting);
  const std::string typed(kConsoleChunkBytes + 100, 'x');
  ASSERT_TRUE(console->write(typed, soon()).ok());
  EXPECT_EQ(read(typed.size()), typed);
  console->close();
  EXPECT_EQ(read(1), "");
}

// ---- health and TLS ----

// grpc.health.v1 needs no generated code: HealthCheckResponse{status=1 SERVING=1} is two bytes.
std::string health_of(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + seconds(20));
  context.set_wait_for_ready(true);
  const std::string field = service.empty() ? "" : "\x0a" + std::string(1, static_cast<char>(service.size())) + service;
  const grpc::Slice slice(field);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  if (!status.ok()) return status.error_message();
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(response.Dump(&slices).ok());
  return {reinterpret_cast<const char*>(slices.at(0).begin()), slices.at(0).size()};
}

TEST(Wire, AnswersHealthChecks) {
  ServedFake lab;
  const auto channel = grpc::CreateChannel(lab.folder.address(), grpc::InsecureChannelCredentials());
  EXPECT_EQ(health_of(channel, ""), "\x08\x01");
  EXPECT_EQ(health_of(channel, "provider"), "\x08\x01");
}

class WithTls : public testing::Test {
 protected:
  WithTls() {
    ServerOptions options;
    options.address = "127.0.0.1:0";
    options.tls = tls_of(leaf_, authority_);
    server_ = serve(fake_, options).take();
  }
  static Tls tls_of(const Certificate& leaf, const Certificate& authority) {
    return {leaf.certificate_pem(), leaf.key_pem(), authority.certificate_pem(), "provider.lab.svc"};
  }
  std::unique_ptr<Provider> client(const Tls& tls) {
    return connect("127.0.0.1:" + std::to_string(server_->port()), tls).take();
  }
  // What version a client that allows at most `version` agrees on; "" : none.
  std::string handshake(int version) const {
    const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(server_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), version);
    const unsigned char h2[] = {2, 'h', '2'};
    SSL_CTX_set_alpn_protos(context.get(), h2, sizeof h2);
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), fd.get());
    return SSL_connect(ssl.get()) == 1 ? SSL_get_version(ssl.get()) : "";
  }

  SystemClock clock_;
  fake::FakeProvider fake_{clock_, {}};
  Certificate authority_{"authority"}, leaf_{"provider.lab.svc", &authority_};
  std::unique_ptr<Server> server_;
};

TEST_F(WithTls, BothSidesProveThemselves) {
  EXPECT_GT(server_->port(), 0);
  EXPECT_TRUE(client(tls_of(leaf_, authority_))->check(soon()).ok());
}

TEST_F(WithTls, StrangersAreRefusedOnEitherSide) {
  const Certificate other("authority"), stranger("provider.lab.svc", &other);
  Tls wrong_client = tls_of(stranger, authority_), wrong_server = tls_of(leaf_, other),
      wrong_name = tls_of(leaf_, authority_);
  wrong_name.server_name = "another.lab.svc";
  for (const Tls& tls : {wrong_client, wrong_server, wrong_name})
    EXPECT_EQ(client(tls)->check(within(milliseconds(300))).error().code(), Code::kUnavailable);
}

TEST_F(WithTls, NothingOlderThanTls13IsSpoken) {
  EXPECT_EQ(handshake(TLS1_3_VERSION), "TLSv1.3");
  EXPECT_EQ(handshake(TLS1_2_VERSION), "");
}

TEST(Wire, AnAddressInUseIsAnError) {
  const SystemClock clock;
  fake::FakeProvider fake(clock, {});
  const Certificate authority("authority"), leaf("provider.lab.svc", &authority);
  ServerOptions options;
  options.address = "127.0.0.1:0";
  options.tls = {leaf.certificate_pem(), leaf.key_pem(), authority.certificate_pem(), ""};
  const auto first = serve(fake, options).take();
  options.address = "127.0.0.1:" + std::to_string(first->port());
  EXPECT_EQ(serve(fake, options).error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rig::provider::wire
