// vsphere/middle.cc — see middle.h.
#include "vsphere/middle.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"

namespace rig::vsphere {
namespace {

constexpr std::chrono::hours kCertificateLife(24);
constexpr Duration kCallMax = std::chrono::minutes(2);

// "CloneVM_Task" of "...<soapenv:Body><CloneVM_Task xmlns=...".
std::string method_of(const http::ServerRequest& request) {
  const std::size_t body = request.body.find("Body>");
  if (body == std::string::npos) return request.target;
  const std::size_t begin = request.body.find('<', body) + 1;
  return request.body.substr(begin, request.body.find_first_of(" />", begin) - begin);
}

bool is_effect(const std::string& method) {
  constexpr std::array<std::string_view, 6> kOthers = {"ShutdownGuest",        "RebootGuest",    "ImportVApp",
                                                       "HttpNfcLeaseComplete", "MarkAsTemplate", "HttpNfcLeaseAbort"};
  return method.ends_with("_Task") || std::ranges::find(kOthers, method) != kOthers.end();
}

http::Headers without_length(const http::Headers& headers) {
  http::Headers kept;
  for (const auto& [name, value] : headers) {
    const std::string lower = to_lower(name);
    if (lower == "content-type" || lower == "soapaction" || lower == "cookie" || lower == "set-cookie")
      kept.emplace_back(name, value);
  }
  return kept;
}

}  // namespace

http::Reply fault_reply(const std::string& fault) {
  return {.status = 500,
          .headers = {{"Content-Type", "text/xml"}},
          .body =
              "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" "
              "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body><e:Fault><faultstring>as planned"
              "</faultstring><detail><Fault xsi:type=\"" +
              fault + "\"/></detail></e:Fault></e:Body></e:Envelope>"};
}

Middle::Middle(const Login& center, Instead instead) : instead_(std::move(instead)) {
  http::ClientOptions to_center;
  to_center.base_url = center.base_url;
  to_center.ca_pem = center.ca_bundle;
  to_center.fingerprint_sha256 = center.fingerprint;
  client_ = http::Client::make(to_center).take();
  const WallTime now = std::chrono::system_clock::now();
  authority_ = http::make_authority("authority of the middle", now, kCertificateLife).take();
  const http::Subject subject{.common_name = "middle", .organizations = {}, .names = {"127.0.0.1"}, .server = true};
  const http::KeyPair own = http::issue(authority_, subject, now, kCertificateLife).take();
  http::ServerOptions door;
  door.certificate_pem = own.certificate_pem;
  door.key_pem = own.key_pem;
  auto server = http::Server::start(
      door, [this](const http::ServerRequest& request, http::Responder& responder) { answer(request, responder); });
  CHECK(server.ok());
  server_ = server.take();
  url_ = "https://127.0.0.1:" + std::to_string(server_->port());
}

Middle::~Middle() { end_calls(); }

void Middle::lose_answer(int n, bool and_all) {
  const Lock lock(mutex_);
  left_ = n;
  strikes_all_ = and_all;
  happened_ = false;
}

bool Middle::forget_plan() {
  const Lock lock(mutex_);
  left_.reset();
  return std::exchange(happened_, false);
}

void Middle::end_calls() {
  const Lock lock(mutex_);
  calls_end_.request_stop();
  calls_end_ = {};
  is_dead_ = false;
}

void Middle::end_sessions() {
  const Lock lock(mutex_);
  ended_.merge(cookies_);
  calls_end_.request_stop();  // what waits learns of it, too
  calls_end_ = {};
}

int Middle::calls(const std::string& method) const {
  const Lock lock(mutex_);
  const auto count = by_method_.find(method);
  return count == by_method_.end() ? 0 : count->second;
}

bool Middle::is_struck(bool is_effect) {
  const Lock lock(mutex_);
  if (is_dead_) return true;
  if (!is_effect || !left_ || (*left_)-- > 0) return false;
  left_.reset();
  happened_ = true;
  is_dead_ = strikes_all_;
  return true;
}

void Middle::answer(const http::ServerRequest& request, http::Responder& responder) {
  const std::string method = method_of(request);
  ++calls_;
  std::stop_token stop;
  bool is_dead = false, is_ended = false;
  {
    const std::string cookie(request.header("Cookie"));
    const Lock lock(mutex_);
    ++by_method_[method];
    stop = calls_end_.get_token();
    is_dead = is_dead_;
    if (!cookie.empty()) cookies_.insert(cookie);
    is_ended = ended_.contains(cookie);
  }
  if (is_dead) return responder.end_connection();
  if (is_ended) return responder.send(fault_reply("NotAuthenticated"));
  if (auto instead = instead_ ? instead_(method, request.body) : std::nullopt)
    return instead->status == 0 ? responder.end_connection() : responder.send(*instead);
  const Call call{std::chrono::steady_clock::now() + kCallMax, stop, ""};
  auto reply = client_->send({.method = request.method,
                              .target = request.target,
                              .headers = without_length(request.headers),
                              .body = request.body},
                             call);
  if (!reply.ok() || is_struck(is_effect(method))) return responder.end_connection();
  responder.send({.status = reply->status, .headers = without_length(reply->headers), .body = std::move(reply->body)});
}

}  // namespace rig::vsphere
