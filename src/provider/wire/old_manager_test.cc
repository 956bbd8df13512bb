// provider/wire/old_manager_test.cc — the reference's manager with our provider: a machine lives and dies.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json/json.h"
#include "base/text.h"
#include "provider/v1/provider.grpc.pb.h"
#include "provider/wire/served_fake_test.h"

namespace rig::provider::wire {
namespace {

namespace ref = ::provider::v1;
using std::chrono::milliseconds;

// Speaks as the reference's manager: no owner, no machine id, JSON in strings.
class OldManager : public testing::Test {
 protected:
  explicit OldManager(fake::Options options = {}) : lab_(std::move(options)) {}

  template <class Request, class Response>
  grpc::Status ask(grpc::Status (ref::Provider::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return (stub_.*method)(&context, request, &response);
  }

  // As recorded for a full machine: two NICs, an extra disk, both cloud-init documents.
  static ref::CreateRequest recorded_create() {
    const std::string path = RIG_SOURCE_DIR "/tests/golden/wire/Create.json";
    const json::Value file = json::parse(read_file(path).take()).take();
    for (const json::Value& sample : *file.find("samples")->as<json::Array>()) {
      ref::CreateRequest request;
      EXPECT_TRUE(request.ParseFromString(parse_base64(sample.text({"request", "wire_base64"})).take()));
      if (request.name() == "w-full") return request;
    }
    ADD_FAILURE() << "no such sample";
    return {};
  }
  grpc::Status create(ref::CreateResponse& response) {
    return ask(&ref::Provider::Stub::Create, recorded_create(), response);
  }
  ref::DescribeResponse describe() {
    ref::DescribeRequest request;
    request.set_id("w-full");
    ref::DescribeResponse response;
    EXPECT_TRUE(ask(&ref::Provider::Stub::Describe, request, response).ok());
    return response;
  }
  grpc::Status power(ref::PowerOp op, int graceful_seconds = 0) {
    ref::PowerRequest request;
    request.set_id("w-full");
    request.set_op(op);
    request.set_graceful_timeout_seconds(graceful_seconds);
    return ask(&ref::Provider::Stub::Power, request, response_);
  }
  grpc::Status remove() {
    ref::DeleteRequest request;
    request.set_id("w-full");
    return ask(&ref::Provider::Stub::Delete, request, response_);
  }

  ServedFake lab_;
  ref::Provider::Stub stub_{grpc::CreateChannel(lab_.folder.address(), grpc::InsecureChannelCredentials())};
  ref::TaskResponse response_;
};

TEST_F(OldManager, TakesAMachineThroughItsWholeLife) {
  ref::CreateResponse created;
  ASSERT_TRUE(create(created).ok());
  EXPECT_EQ(created.id(), "w-full") << "the id is the name, as with the reference's libvirt provider";
  EXPECT_FALSE(created.has_task());
  EXPECT_EQ(describe().power_state(), "Off");
  const Seed seed = lab_.fake.seed("w-full");
  EXPECT_EQ(seed.user_data, recorded_create().user_data());
  EXPECT_EQ(seed.meta_data, recorded_create().meta_data());

  ASSERT_TRUE(power(ref::POWER_OP_ON).ok());
  EXPECT_EQ(describe().power_state(), "On");
  EXPECT_EQ(describe().ips_size(), 2);
  EXPECT_NE(describe().provider_raw_json().find("\"name\":\"w-full\""), std::string::npos);

  ref::ReconfigureRequest wish;
  wish.set_id("w-full");
  wish.set_desired_json(R"({"Class":{"CPU":4,"MemoryMiB":8192},"Disks":[{"Name":"data","SizeGiB":200}]})");
  ASSERT_TRUE(ask(&ref::Provider::Stub::Reconfigure, wish, response_).ok());
  const Machine machine = lab_.fake.machines().at(0);
  EXPECT_EQ(machine.running.cpus, 4);
  EXPECT_EQ(machine.configured.disks.at(0).size_bytes, 200LL << 30);
  EXPECT_EQ(machine.configured.nics.size(), 2U) << "what it did not name stays";

  ASSERT_TRUE(power(ref::POWER_OP_REBOOT).ok());
  ASSERT_TRUE(power(ref::POWER_OP_SHUTDOWN_GRACEFUL, 60).ok());
  EXPECT_EQ(describe().power_state(), "Off");
  ASSERT_TRUE(remove().ok());
  EXPECT_FALSE(describe().exists());
  EXPECT_TRUE(remove().ok()) << "it deletes twice";
  EXPECT_TRUE(lab_.fake.volumes().empty());
}

TEST_F(OldManager, CreatesTheSameMachineHoweverOftenItAsks) {
  ref::CreateResponse created;
  ASSERT_TRUE(create(created).ok());
  const std::int64_t mutations = lab_.fake.mutations();
  ASSERT_TRUE(create(created).ok());
  EXPECT_EQ(created.id(), "w-full");
  EXPECT_EQ(lab_.fake.mutations(), mutations);
}

TEST_F(OldManager, IsRefusedTheNameOfAnother) {
  Machine foreign;
  foreign.ref.id = "w-full";
  foreign.ref.machine_id = "somebody";
  foreign.ref.owner = {"other-cluster", "default", "w-full", "uid"};
  lab_.fake.add_foreign(foreign);
  ref::CreateResponse created;
  EXPECT_EQ(create(created).error_code(), grpc::ALREADY_EXISTS);
  EXPECT_EQ(power(ref::POWER_OP_ON).error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(remove().error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(lab_.fake.machines().size(), 1U);
}

TEST_F(OldManager, KeepsTheMachinesThatTheReferenceMade) {
  Machine made_before;
  made_before.ref.id = "w-full";
  made_before.ref.machine_id = "550e8400-e29b-41d4-a716-123456789012";
  lab_.fake.add_foreign(made_before);
  EXPECT_TRUE(describe().exists());
  EXPECT_TRUE(power(ref::POWER_OP_ON).ok());
  EXPECT_EQ(describe().power_state(), "On");
  EXPECT_TRUE(remove().ok());
}

TEST_F(OldManager, HearsOfPausedMachinesAsOffAndOfHalfMadeOnesAsMissing) {
  ref::CreateResponse created;
  lab_.fake.on_effect([](std::string_view, std::string_view step) {
    return step == "root disk" ? fake::After::kReplyLost : fake::After::kGoOn;
  });
  EXPECT_EQ(create(created).error_code(), grpc::UNAVAILABLE);
  EXPECT_FALSE(describe().exists()) << "so that it creates again";
  lab_.fake.on_effect({});
  ASSERT_TRUE(create(created).ok());
  lab_.fake.set_power("w-full", Power::kPaused);
  EXPECT_TRUE(describe().exists());
  EXPECT_EQ(describe().power_state(), "Off");
  ASSERT_TRUE(power(ref::POWER_OP_ON).ok());
  EXPECT_EQ(describe().power_state(), "On");
}

TEST_F(OldManager, HearsOfAForgottenTaskAsDone) {
  ref::TaskStatusRequest request;
  request.mutable_task()->set_id("of-another-life");
  ref::TaskStatusResponse response;
  ASSERT_TRUE(ask(&ref::Provider::Stub::TaskStatus, request, response).ok());
  EXPECT_TRUE(response.done());
  EXPECT_EQ(response.error(), "");
}

TEST_F(OldManager, HearsBadNewsOfItsHypervisorAsAValue) {
  lab_.fake.set_available(false);
  ref::ValidateResponse response;
  ASSERT_TRUE(ask(&ref::Provider::Stub::Validate, {}, response).ok());
  EXPECT_FALSE(response.ok());
  EXPECT_EQ(response.message(), "the hypervisor cannot be reached");
}

TEST_F(OldManager, GetsAnImageByAddressFetchedBeforeTheMachineIsMade) {
  ref::CreateRequest request = recorded_create();
  request.set_image_json(R"({"URL":"https://images.example.com/u.qcow2","Format":"qcow2"})");
  ref::CreateResponse created;
  ASSERT_TRUE(ask(&ref::Provider::Stub::Create, request, created).ok());
  EXPECT_EQ(lab_.fake.images_on_host().size(), 1U);
  EXPECT_EQ(lab_.fake.machines().at(0).configured.image.location, lab_.fake.images_on_host().at(0));
}

fake::Options slow() {
  fake::Options options;
  options.create = options.remove = milliseconds(60);
  options.obeys_shutdown = false;
  return options;
}

class SlowOldManager : public OldManager {
 protected:
  SlowOldManager() : OldManager(slow()) {}
  void wait_for(const std::string& task) {
    ref::TaskStatusRequest request;
    request.mutable_task()->set_id(task);
    ref::TaskStatusResponse response;
    while (!response.done()) ASSERT_TRUE(ask(&ref::Provider::Stub::TaskStatus, request, response).ok());
    EXPECT_EQ(response.error(), "");
  }
};

TEST_F(SlowOldManager, PollsACreationAndWaitsForARemovalInsideTheCall) {
  ref::CreateResponse created;
  ASSERT_TRUE(create(created).ok());
  ASSERT_TRUE(created.has_task());
  wait_for(created.task().id());
  EXPECT_TRUE(describe().exists());
  ASSERT_TRUE(remove().ok());
  EXPECT_FALSE(response_.has_task()) << "nobody would poll it";
  EXPECT_FALSE(describe().exists());
}

TEST_F(SlowOldManager, AShutdownThatIsSentAgainKeepsItsFirstDeadline) {
  ref::CreateResponse created;
  ASSERT_TRUE(create(created).ok());
  wait_for(created.task().id());
  ASSERT_TRUE(power(ref::POWER_OP_ON).ok());
  const auto asked = std::chrono::steady_clock::now();
  ASSERT_TRUE(power(ref::POWER_OP_SHUTDOWN_GRACEFUL, 1).ok());
  const std::string task = response_.task().id();
  ASSERT_TRUE(power(ref::POWER_OP_SHUTDOWN_GRACEFUL, 60).ok());
  EXPECT_EQ(response_.task().id(), task);
  wait_for(task);
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(20));
  EXPECT_EQ(describe().power_state(), "Off");
}

}  // namespace
}  // namespace rig::provider::wire
