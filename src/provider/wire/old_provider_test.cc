// provider/wire/old_provider_test.cc — our client with the reference's provider: a machine lives and dies.
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <mutex>

#include "base/json/json.h"
#include "provider/v1/provider.grpc.pb.h"
#include "provider/wire/internal/reference_json.h"
#include "provider/wire/served_fake_test.h"

namespace rig::provider::wire {
namespace {

namespace ref = ::provider::v1;

// Behaves as the reference's mock was recorded (tests/golden/wire): it names machines itself, and asked twice it makes
// two. Knows no field from 1000.
class OldProvider final : public ref::Provider::Service {
 public:
  struct Vm {
    std::string name, power = "Off";
    std::string class_json, user_data;
  };
  std::mutex mutex;  // of what follows: calls come in threads of gRPC's, a test looks in its own
  std::map<std::string, Vm> vms;
  std::string desired_json, image_json, task_error;
  bool loses_next_reply = false;
  ref::PowerRequest last_power;

  grpc::Status Validate(grpc::ServerContext*, const ref::ValidateRequest*, ref::ValidateResponse* r) override {
    r->set_ok(true);
    r->set_message("Provider is healthy");
    return grpc::Status::OK;
  }
  grpc::Status GetCapabilities(grpc::ServerContext*, const ref::GetCapabilitiesRequest*,
                               ref::GetCapabilitiesResponse* r) override {
    r->set_supports_snapshots(true);
    r->add_supported_disk_types("thin");
    return grpc::Status::OK;
  }
  grpc::Status Create(grpc::ServerContext*, const ref::CreateRequest* q, ref::CreateResponse* r) override {
    const std::lock_guard lock(mutex);
    const std::string id = "vm-" + std::to_string(100 + vms.size());
    vms[id] = {q->name(), "Off", q->class_json(), q->user_data()};
    if (std::exchange(loses_next_reply, false)) return {grpc::UNAVAILABLE, "connection reset"};
    r->set_id(id);
    r->mutable_task()->set_id("task/1");
    return grpc::Status::OK;
  }
  grpc::Status Delete(grpc::ServerContext*, const ref::DeleteRequest* q, ref::TaskResponse* r) override {
    const std::lock_guard lock(mutex);
    vms.erase(q->id());
    r->mutable_task()->set_id("task/2");
    return grpc::Status::OK;
  }
  grpc::Status Power(grpc::ServerContext*, const ref::PowerRequest* q, ref::TaskResponse*) override {
    const std::lock_guard lock(mutex);
    last_power = *q;
    vms[q->id()].power = q->op() == ref::POWER_OP_ON ? "On" : "Off";
    return grpc::Status::OK;
  }
  grpc::Status Reconfigure(grpc::ServerContext*, const ref::ReconfigureRequest* q, ref::TaskResponse*) override {
    const std::lock_guard lock(mutex);
    desired_json = q->desired_json();
    return grpc::Status::OK;
  }
  grpc::Status Describe(grpc::ServerContext*, const ref::DescribeRequest* q, ref::DescribeResponse* r) override {
    const std::lock_guard lock(mutex);
    const auto vm = vms.find(q->id());
    if (vm == vms.end()) return grpc::Status::OK;
    r->set_exists(true);
    r->set_power_state(vm->second.power);
    r->add_ips("192.168.1.149");
    r->set_console_url("https://console.example.com/vm/" + vm->first);
    r->set_provider_raw_json(R"({"name":"x","uptime":7})");
    return grpc::Status::OK;
  }
  grpc::Status TaskStatus(grpc::ServerContext*, const ref::TaskStatusRequest*, ref::TaskStatusResponse* r) override {
    const std::lock_guard lock(mutex);
    r->set_done(true);
    r->set_error(task_error);
    return grpc::Status::OK;
  }
  grpc::Status ImagePrepare(grpc::ServerContext*, const ref::ImagePrepareRequest* q,
                            ref::ImagePrepareResponse* r) override {
    const std::lock_guard lock(mutex);
    image_json = q->image_json();
    r->set_prepared_image_id("img");
    r->set_prepared_image_path("/pool/img.qcow2");
    return grpc::Status::OK;
  }
  grpc::Status ListVMs(grpc::ServerContext*, const ref::ListVMsRequest*, ref::ListVMsResponse* r) override {
    const std::lock_guard lock(mutex);
    for (const auto& [id, vm] : vms) {
      ref::VMInfo& info = *r->add_vms();
      info.set_id(id);
      info.set_name(vm.name);
      info.set_cpu(1);
      info.set_memory_mib(512);
    }
    return grpc::Status::OK;
  }
};

class WithOldProvider : public testing::Test {
 protected:
  WithOldProvider() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(folder_.address(), grpc::InsecureServerCredentials());
    builder.RegisterService(&peer_);
    server_ = builder.BuildAndStart();
    client_ = connect(folder_.address(), {}).take();
  }

  // Creates and learns the id, as a controller does.
  MachineRef make() {
    MachineRef machine = client_->reserve(ref_of("web").owner, "machine-web", small("web-1a2b3c4d"), soon()).take();
    const TaskId task = client_->create(machine, small("web-1a2b3c4d"), soon()).take();
    if (task.text.empty()) return machine;  // it was there
    const TaskState state = client_->poll(task, soon()).take();
    EXPECT_EQ(state.phase, TaskState::Phase::kDone);
    machine.id = state.result_id;
    return machine;
  }

  SocketFolder folder_;
  OldProvider peer_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Provider> client_;
};

TEST_F(WithOldProvider, AMachineLivesAndDies) {
  EXPECT_TRUE(client_->check(soon())->ok);
  const Capabilities capabilities = client_->capabilities(soon()).take();
  EXPECT_TRUE(capabilities.snapshots);
  EXPECT_FALSE(capabilities.proves_absence);
  EXPECT_EQ(capabilities.event_latency, Duration::zero());

  const MachineRef machine = make();
  EXPECT_EQ(machine.id, "vm-100");
  {
    const std::lock_guard lock(peer_.mutex);
    EXPECT_EQ(read_reference({peer_.vms["vm-100"].class_json, "", "", "", ""})->spec.memory_mib, 512);
  }
  Machine found = client_->describe(machine, soon()).take();
  EXPECT_EQ(found.existence, Existence::kOurs);
  EXPECT_EQ(found.power, Power::kOff);
  EXPECT_EQ(found.addresses, std::vector<std::string>{"192.168.1.149"});
  EXPECT_EQ(found.facts.at("uptime"), "7");

  ASSERT_TRUE(client_->power_on(machine, soon()).ok());
  EXPECT_EQ(client_->describe(machine, soon())->power, Power::kOn);
  MachineSpec bigger = small("web-1a2b3c4d");
  bigger.cpus = 4;
  const Plan plan = client_->plan(machine, bigger, soon()).take();
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].path, "cpus");
  ASSERT_TRUE(client_->apply(machine, bigger, plan, soon()).ok());
  {
    const std::lock_guard lock(peer_.mutex);
    EXPECT_NE(peer_.desired_json.find("\"CPU\":4"), std::string::npos);
  }

  const TaskId gone = client_->remove(machine, soon()).take();
  EXPECT_EQ(client_->poll(gone, soon())->phase, TaskState::Phase::kDone);
  EXPECT_EQ(client_->describe(machine, soon())->existence, Existence::kGone);
}

TEST_F(WithOldProvider, ALostReplyDoesNotMakeASecondMachine) {
  {
    const std::lock_guard lock(peer_.mutex);
    peer_.loses_next_reply = true;
  }
  const MachineRef reserved =
      client_->reserve(ref_of("web").owner, "machine-web", small("web-1a2b3c4d"), soon()).take();
  EXPECT_EQ(client_->create(reserved, small("web-1a2b3c4d"), soon()).error().code(), Code::kUnavailable);
  EXPECT_EQ(make().id, "vm-100");
  const std::lock_guard lock(peer_.mutex);
  EXPECT_EQ(peer_.vms.size(), 1U);
}

TEST_F(WithOldProvider, AShutdownsDeadlineBecomesTheSecondsThatAreLeft) {
  const MachineRef machine = make();
  const WallTime now = std::chrono::system_clock::now();
  ASSERT_TRUE(client_->power_off(machine, now + std::chrono::seconds(60), soon()).ok());
  {
    const std::lock_guard lock(peer_.mutex);
    EXPECT_EQ(peer_.last_power.op(), ref::POWER_OP_SHUTDOWN_GRACEFUL);
    EXPECT_NEAR(peer_.last_power.graceful_timeout_seconds(), 59, 1);
  }
  ASSERT_TRUE(client_->power_off(machine, now - std::chrono::seconds(1), soon()).ok());
  const std::lock_guard lock(peer_.mutex);
  EXPECT_EQ(peer_.last_power.op(), ref::POWER_OP_OFF);
}

TEST_F(WithOldProvider, ATaskErrorIsAFailure) {
  {
    const std::lock_guard lock(peer_.mutex);
    peer_.task_error = "no space left";
  }
  const TaskState state = client_->poll({"task/9"}, soon()).take();
  EXPECT_EQ(state.phase, TaskState::Phase::kFailed);
  EXPECT_EQ(state.error->message(), "no space left");
}

TEST_F(WithOldProvider, AnImageIsPreparedInItsWords) {
  const PreparedImage image =
      client_->images().prepare({"k", "ubuntu", "", "https://e/u.qcow2", "qcow2", "01", "sha256", ""}, soon()).take();
  EXPECT_EQ(image.location, "/pool/img.qcow2");
  const std::lock_guard lock(peer_.mutex);
  EXPECT_EQ(read_image_source(peer_.image_json)->checksum, "01");
}

TEST_F(WithOldProvider, WhatItCannotDoIsUnimplemented) {
  const MachineRef machine = make();
  EXPECT_EQ(client_
                ->watch(
                    "c", "", [](const Event&) { return true; }, soon())
                .error()
                .code(),
            Code::kUnimplemented);
  EXPECT_EQ(client_->cancel({"task/1"}, soon()).error().code(), Code::kUnimplemented);
  EXPECT_EQ(client_->console().open_serial(machine, soon()).error().code(), Code::kUnimplemented);
}

TEST_F(WithOldProvider, AnUpgradedPeerIsNoticedAfterItWasAway) {
  EXPECT_FALSE(client_->capabilities(soon())->proves_absence);
  server_->Shutdown();
  EXPECT_EQ(client_->check(within(std::chrono::milliseconds(200))).error().code(), Code::kUnavailable);
  const SystemClock clock;
  fake::FakeProvider fake(clock, {});
  ServerOptions options;
  options.address = folder_.address();
  const auto upgraded = serve(fake, options).take();
  EXPECT_TRUE(client_->capabilities(soon())->proves_absence);
}

}  // namespace
}  // namespace rig::provider::wire
