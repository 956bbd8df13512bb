// http/upload_test.cc — bodies that are read while they are sent.
#include <gtest/gtest.h>

#include <algorithm>

#include "http/client.h"
#include "http/server.h"

namespace rig::http {
namespace {

using namespace std::chrono_literals;

Call soon() { return {.deadline = std::chrono::steady_clock::now() + 20s, .stop = {}, .request_id = {}}; }

std::unique_ptr<Server> echo_server() {
  return Server::start({},
                       [](const ServerRequest& request, Responder& responder) {
                         responder.send({.status = 200,
                                         .headers = {{"X-Method", request.method}},
                                         .body = request.target + "\n" + request.body});
                       })
      .take();
}
std::unique_ptr<Client> client_of(const Server& server) {
  ClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(server.port());
  return Client::make(options).take();
}

// `bytes` of 'u', in pieces.
ReadBody some_bytes(std::size_t bytes) {
  return [bytes](std::span<char> buffer) mutable -> Result<std::size_t> {
    const std::size_t n = std::min(bytes, std::min<std::size_t>(buffer.size(), 1000));
    std::fill_n(buffer.begin(), n, 'u');
    bytes -= n;
    return n;
  };
}

TEST(Upload, IsOfWhatIsReadOfKnownLengthAndOfNone) {
  const auto server = echo_server();
  const auto client = client_of(*server);
  for (const std::string method : {"PUT", "POST"}) {
    for (const std::int64_t told : {100'000, -1}) {
      const auto reply = client->upload({.method = method, .target = "/u", .headers = {}, .body = {}}, told,
                                        some_bytes(100'000), soon());
      ASSERT_TRUE(reply.ok()) << reply.error().to_string();
      EXPECT_EQ(reply->header("x-method"), method);
      EXPECT_TRUE(reply->body == "/u\n" + std::string(100'000, 'u')) << told;
    }
  }
  EXPECT_TRUE(client->send({.method = "GET", .target = "/again", .headers = {}, .body = {}}, soon()).ok())
      << "the connection is as it was";
}

TEST(Upload, AFailureOfItsReaderIsTheAnswer) {
  const auto server = echo_server();
  const auto client = client_of(*server);
  const auto reply = client->upload(
      {.method = "PUT", .target = "/u", .headers = {}, .body = {}}, 10,
      [](std::span<char>) -> Result<std::size_t> { return Error(Code::kDataLoss, "no more of it"); }, soon());
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().message(), "no more of it");
  const auto early =
      client->upload({.method = "PUT", .target = "/u", .headers = {}, .body = {}}, 5000, some_bytes(1000), soon());
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().message(), "the body ends 4000 bytes too early");
}

}  // namespace
}  // namespace rig::http
