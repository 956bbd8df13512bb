// apiserver/bad_peer_test.cc — peers without manners at the server's real sockets: each is told with a Status what was
// wrong, and thousands of them leave nothing behind. What each rule says in detail is in http/server_test (time, number
// and size), api_server_test and bad_input_test.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "apiserver/limits.h"
#include "apiserver/pki.h"
#include "apiserver/serve.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/folder_test.h"
#include "base/text.h"
#include "http/client.h"

namespace rig::apiserver {
namespace {

using namespace std::chrono_literals;

Call soon() { return {.deadline = std::chrono::steady_clock::now() + 20s, .stop = {}, .request_id = {}}; }

std::string request(const std::string& line, const std::string& body = {}, const std::string& headers = {}) {
  return line + " HTTP/1.1\r\nHost: rig\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + headers + "\r\n" + body;
}
std::string post(const std::string& body) { return request("POST /api/v1/namespaces/default/configmaps", body); }
std::string many(std::size_t count, const std::string& what) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += what;
  return out;
}

struct Row {
  std::string name, bytes;
  std::vector<int> statuses;  // one of these
};
std::vector<Row> rows() {
  const std::string maps = "GET /api/v1/namespaces/default/configmaps";
  return {
      {"a body that is too long",
       "POST /api/v1/namespaces HTTP/1.1\r\nHost: rig\r\nContent-Length: 3145729\r\n\r\n",
       {413}},
      {"an object that is too large",
       post(R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"data":{"a":")" +
            std::string(2U << 20, 'x') + "\"}}"),
       {413, 422}},
      {"lists without end", post(std::string(100'000, '[')), {400}},
      {"maps without end", post(many(100'000, R"({"a":)")), {400}},
      {"nested data",
       post(R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"data":)" + many(1000, R"({"a":)") + "1" +
            std::string(1000, '}') + "}"),
       {400}},
      {"bytes that are no UTF-8",
       post("{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"\xC3\x28\"}}"),
       {400}},
      {"a path that is no UTF-8", request(maps + "/%ff%fe"), {400, 404}},
      {"a zero in the path", request(maps + "/%00"), {400, 404}},
      {"steps up", request("GET /api/v1/namespaces/default/configmaps/../../../../etc/passwd"), {404}},
      {"steps up, encoded", request(maps + "/%2e%2e%2f%2e%2e%2fetc"), {404}},
      {"a name with a slash", request(maps + "/a%2fb"), {400, 404}},
      {"slashes", request("GET ////////"), {404}},
      {"a group nobody knows", request("GET /apis/nobody.example/v1/things"), {404}},
      {"a version nobody knows", request("GET /apis/infra.virtrigaud.io/v9/virtualmachines"), {404}},
      {"a list from the future", request(maps + "?resourceVersion=99999999&resourceVersionMatch=NotOlderThan"), {504}},
      {"a watch of no version", request(maps + "?watch=1&resourceVersion=-1"), {500}},  // as kube-apiserver
      {"a list of no version", request(maps + "?resourceVersion=-1"), {400}},
      {"a selector without end", request(maps + "?labelSelector=" + std::string(100'000, '(')), {400}},
      {"headers without end", request("GET /version", {}, many(50'000, "X-Flood: 0123456789012345\r\n")), {431}},
      {"a header without end", request("GET /version", {}, "X-Flood: " + std::string(2U << 20, 'x') + "\r\n"), {431}},
      {"a length that is no number", "POST /version HTTP/1.1\r\nHost: rig\r\nContent-Length: 1x\r\n\r\n", {400}},
      {"two lengths", "POST /version HTTP/1.1\r\nHost: rig\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", {400}},
      {"a TLS handshake", std::string("\x16\x03\x01\x00\x05hello\r\n\r\n", 14), {400}},
  };
}

class BadPeer : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(registry_.bootstrap().ok());
    serving_ = serve(server_, {.port = 0, .unix_socket = folder_ + "/s", .pki_dir = folder_ + "/pki", .kubeconfig = {}},
                     clock_)
                   .take();
  }

  Fd connect() const {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder_ + "/s").copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return socket;
  }
  // The whole answer. The server may answer, and close, before it has read everything.
  std::string exchange(std::string_view bytes) const {
    const Fd socket = connect();
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    ::shutdown(socket.get(), SHUT_WR);
    std::string answer;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(socket.get(), buffer, sizeof buffer, 0)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(got));
    return answer;
  }
  void leave_half_way(std::string_view bytes) const {
    const Fd socket = connect();
    (void)::send(socket.get(), bytes.data(), bytes.size() / 2, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  SystemClock clock_;
  std::unique_ptr<Store> store_ = memory_store();
  Registry registry_{*store_, api::kinds(), clock_};
  ApiServer server_{registry_, clock_, {}};
  const TestFolder own_;
  const std::string& folder_ = own_.path();
  std::unique_ptr<Serving> serving_;
};

Result<json::Value> body_of(const std::string& answer) {
  return json::parse(answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4)));
}

std::int64_t resident_bytes() {
  const std::string statm = read_file("/proc/self/statm").take();
  return *parse_int(split(statm, ' ').at(1)) * ::sysconf(_SC_PAGESIZE);
}

TEST_F(BadPeer, IsToldByAStatusWhatWasWrong) {
  for (const Row& row : rows()) {
    const std::string answer = exchange(row.bytes);
    ASSERT_TRUE(answer.starts_with("HTTP/1.1 ")) << row.name << ": " << answer.substr(0, 200);
    const int status = static_cast<int>(*parse_int(answer.substr(9, 3)));
    EXPECT_NE(std::ranges::find(row.statuses, status), row.statuses.end()) << row.name << ": " << answer.substr(0, 400);
    const auto body = body_of(answer);
    const bool is_plain =
        answer.find("404 page not found") != std::string::npos;  // as kube-apiserver, before any group
    EXPECT_TRUE(is_plain || (body.ok() && body->text({"kind"}) == "Status"))
        << row.name << ": " << answer.substr(0, 400);
  }
}

TEST_F(BadPeer, WithACertificateOfAnotherTimeOrAuthorityIsNobody) {
  const http::KeyPair own = load_authority(folder_ + "/pki", clock_.wall()).take();
  const http::KeyPair other = http::make_authority("other", clock_.wall(), 1h).take();
  const http::Subject admin{.common_name = "admin", .organizations = {"system:masters"}, .names = {}, .client = true};
  for (const http::KeyPair& pair :
       {http::issue(own, admin, clock_.wall() - 48h, 1h).take(),
        http::issue(own, admin, clock_.wall() + 48h, 1h).take(), http::issue(other, admin, clock_.wall(), 1h).take()}) {
    http::ClientOptions options;
    options.base_url = "https://127.0.0.1:" + std::to_string(serving_->port());
    options.ca_pem = own.certificate_pem;
    options.certificate_pem = pair.certificate_pem;
    options.key_pem = pair.key_pem;
    const auto reply =
        http::Client::make(options).take()->send({.target = "/api/v1/namespaces", .headers = {}, .body = {}}, soon());
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ(reply->status, 401);
    EXPECT_EQ(json::parse(reply->body)->text({"reason"}), "Unauthorized");
  }
}

TEST_F(BadPeer, LeavesNothingBehind) {
  const std::vector<Row> all = rows();
  const auto round = [&] {
    for (const Row& row : all) {
      if (row.statuses.front() == 504) continue;  // the server waits a while whether the future comes
      (void)exchange(row.bytes);
      leave_half_way(row.bytes);
    }
  };
  for (int i = 0; i < 20; ++i) round();  // what is kept for reuse has grown to its size
  const std::int64_t before = resident_bytes();
  for (int i = 0; i < 60; ++i) round();
  EXPECT_LT(resident_bytes() - before, 8 << 20) << "after " << 120 * all.size() << " more";
  EXPECT_EQ(body_of(exchange(request("GET /version")))->text({"major"}), "1");
}

}  // namespace
}  // namespace rig::apiserver
