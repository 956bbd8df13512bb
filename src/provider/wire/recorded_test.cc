// provider/wire/recorded_test.cc — the recorded exchanges of the reference: our messages and our server know them.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json/json.h"
#include "base/text.h"
#include "provider/v1/provider.grpc.pb.h"
#include "provider/wire/internal/convert.h"
#include "provider/wire/served_fake_test.h"
#include "rig/provider/v1/machines.pb.h"

namespace rig::provider::wire {
namespace {

namespace pb = google::protobuf;
namespace ref = ::provider::v1;

// One exchange as it was recorded.
struct Sample {
  std::string rpc, request;  // the request as it was on the wire
  json::Value request_json, response_json;
};

std::vector<Sample> samples(const std::string& rpc) {
  const std::string path = RIG_SOURCE_DIR "/tests/golden/wire/" + rpc + ".json";
  const json::Value file = json::parse(read_file(path).take()).take();
  std::vector<Sample> all;
  for (const json::Value& sample : *file.find("samples")->as<json::Array>()) {
    const json::Value* response = sample.at({"response", "json"});
    all.push_back({rpc, parse_base64(sample.text({"request", "wire_base64"})).take(), *sample.at({"request", "json"}),
                   response == nullptr ? json::Value() : *response});
  }
  return all;
}

constexpr const char* kRpcs[] = {"Validate",       "GetCapabilities", "Create",       "Delete",     "Power",
                                 "Reconfigure",    "Describe",        "TaskStatus",   "ListVMs",    "SnapshotCreate",
                                 "SnapshotDelete", "Clone",           "ImagePrepare", "ExportDisk", "ImportDisk"};

const pb::Descriptor* request_type(const std::string& rpc) {
  return pb::DescriptorPool::generated_pool()->FindMethodByName("provider.v1.Provider." + rpc)->input_type();
}

std::unique_ptr<pb::Message> new_message(const pb::Descriptor* type) {
  return std::unique_ptr<pb::Message>(pb::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string deterministic_bytes(const pb::Message& message) {
  std::string bytes;
  {
    pb::io::StringOutputStream stream(&bytes);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// The reference's .proto: ours without the fields from 1000.
class ReferencePool {
 public:
  ReferencePool() {
    pb::FileDescriptorProto file;
    ref::CreateRequest::descriptor()->file()->CopyTo(&file);
    file.clear_dependency();
    for (pb::DescriptorProto& message : *file.mutable_message_type()) {
      pb::DescriptorProto kept = message;
      kept.clear_field();
      kept.clear_oneof_decl();
      for (pb::FieldDescriptorProto field : message.field())
        if (field.number() < 1000) *kept.add_field() = std::move(field);
      message = std::move(kept);
    }
    EXPECT_NE(pool_.BuildFile(file), nullptr);
  }
  std::unique_ptr<pb::Message> make(const std::string& name) {
    return std::unique_ptr<pb::Message>(
        factory_.GetPrototype(pool_.FindMessageTypeByName("provider.v1." + name))->New());
  }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_{&pool_};
};

TEST(Recorded, RequestsReEncodeByteForByteThroughTheExtendedMessages) {
  int count = 0;
  for (const char* rpc : kRpcs) {
    for (const Sample& sample : samples(rpc)) {
      const auto message = new_message(request_type(rpc));
      ASSERT_TRUE(message->ParseFromString(sample.request)) << rpc;
      EXPECT_EQ(deterministic_bytes(*message), sample.request) << rpc;
      EXPECT_TRUE(message->GetReflection()->GetUnknownFields(*message).empty()) << rpc;
      ++count;
    }
  }
  EXPECT_EQ(count, 39) << "recorded exchanges";
}

TEST(Recorded, RequestsSayTheSameAsTheirJson) {
  for (const char* rpc : kRpcs) {
    for (const Sample& sample : samples(rpc)) {
      const auto from_bytes = new_message(request_type(rpc)), from_json = new_message(request_type(rpc));
      ASSERT_TRUE(from_bytes->ParseFromString(sample.request));
      ASSERT_TRUE(pb::util::JsonStringToMessage(json::to_text(sample.request_json), from_json.get()).ok()) << rpc;
      EXPECT_TRUE(pb::util::MessageDifferencer::Equals(*from_bytes, *from_json)) << rpc;
    }
  }
}

TEST(Recorded, RequestsExtendedByUsAreReadByTheReferenceAsBefore) {
  ReferencePool reference;
  for (const Sample& sample : samples("Create")) {
    ref::CreateRequest ours;
    ASSERT_TRUE(ours.ParseFromString(sample.request));
    encode(ref_of("web"), *ours.mutable_ref());
    encode(small("web"), *ours.mutable_spec());
    const auto theirs = reference.make("CreateRequest");
    ASSERT_TRUE(theirs->ParseFromString(ours.SerializeAsString()));
    theirs->DiscardUnknownFields();
    EXPECT_EQ(theirs->SerializeAsString(), sample.request);
  }
}

// ---- the server, spoken to as the reference's manager speaks ----

using Stub = ref::Provider::Stub;

template <class Request, class Response>
grpc::Status call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const std::string& bytes) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  Request request;
  EXPECT_TRUE(request.ParseFromString(bytes));
  Response response;
  return (stub.*method)(&context, request, &response);
}

struct Row {
  const char* rpc;
  grpc::Status (*ask)(Stub&, const std::string&);
  grpc::StatusCode wanted;
};
#define ASK(rpc) #rpc, [](Stub& stub, const std::string& bytes) { return call(stub, &Stub::rpc, bytes); }
const Row kRows[] = {
    {ASK(Validate), grpc::OK},
    {ASK(GetCapabilities), grpc::OK},
    {ASK(Create), grpc::OK},
    {ASK(Describe), grpc::OK},    // of machines that are not there: exists=false
    {ASK(TaskStatus), grpc::OK},  // of forgotten tasks: done
    {ASK(Power), grpc::NOT_FOUND},
    {ASK(Reconfigure), grpc::NOT_FOUND},
    {ASK(ImagePrepare), grpc::OK},
    {ASK(Delete), grpc::OK},  // of what is gone
    {ASK(ListVMs), grpc::UNIMPLEMENTED},
    {ASK(SnapshotCreate), grpc::UNIMPLEMENTED},
    {ASK(SnapshotDelete), grpc::UNIMPLEMENTED},
    {ASK(Clone), grpc::UNIMPLEMENTED},
    {ASK(ExportDisk), grpc::UNIMPLEMENTED},
    {ASK(ImportDisk), grpc::UNIMPLEMENTED},
};
#undef ASK

TEST(Recorded, RequestsAreServed) {
  ServedFake lab;
  Stub stub(grpc::CreateChannel(lab.folder.address(), grpc::InsecureChannelCredentials()));
  ASSERT_EQ(std::size(kRows), std::size(kRpcs));
  for (const Row& row : kRows) {
    for (const Sample& sample : samples(row.rpc)) {
      const grpc::Status status = row.ask(stub, sample.request);
      EXPECT_EQ(status.error_code(), row.wanted) << row.rpc << ": " << status.error_message();
    }
  }
}

}  // namespace
}  // namespace rig::provider::wire
