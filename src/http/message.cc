// http/message.cc — see message.h. The only file that sees Beast.
#include "http/message.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>
#include <ctime>

#include "base/check.h"

namespace rig::http {

namespace beast = boost::beast::http;

bool same_text(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

std::string_view find_header(const Headers& headers, std::string_view name) {
  for (const auto& [n, value] : headers) {
    if (same_text(n, name)) return value;
  }
  return {};
}

std::string_view Reply::header(std::string_view name) const { return find_header(headers, name); }
std::string_view ServerRequest::header(std::string_view name) const { return find_header(headers, name); }

// Beast's grammar, our storage: its own (basic_fields) throws at a header value above 64 KiB.
struct RequestParser::Impl final : beast::basic_parser<true> {
  ServerRequest request;
  bool is_http_1_0 = false, told_to_continue = false;

  Impl(std::size_t header_max, std::size_t body_max) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(header_max));
    body_limit(body_max);
  }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;
  void on_request_impl(beast::verb, Text method, Text target, int version, Error&) override {
    request.method = std::string_view(method);
    request.target = std::string_view(target);
    is_http_1_0 = version < 11;
  }
  void on_field_impl(beast::field, Text name, Text value, Error&) override {
    request.headers.emplace_back(name, value);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) override {
    if (length) request.body.reserve(*length);  // body_limit has been looked at
  }
  std::size_t on_body_impl(Text bytes, Error&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, Error& error) override {
    return on_body_impl(bytes, error);
  }
  void on_header_impl(Error&) override {}
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  void on_finish_impl(Error&) override {}
  void on_response_impl(int, Text, int, Error&) override {}
};

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : impl_(std::make_unique<Impl>(header_bytes_max, body_bytes_max)),
      header_bytes_max_(header_bytes_max),
      body_bytes_max_(body_bytes_max) {}
RequestParser::~RequestParser() = default;

namespace {

Refusal refusal_of(const boost::beast::error_code& error, std::size_t header_max, std::size_t body_max) {
  if (error == beast::error::header_limit) {
    return {431, "Request header fields too large: limit is " + std::to_string(header_max)};
  }
  if (error == beast::error::body_limit) return {413, "Request entity too large: limit is " + std::to_string(body_max)};
  return {400, "malformed HTTP request: " + error.message()};
}

}  // namespace

// RFC 9112 3.2: one Host. RFC 9110 10.1.1: only one expectation is known.
std::optional<Refusal> RequestParser::check_head() const {
  const Headers& headers = impl_->request.headers;
  const auto hosts =
      std::count_if(headers.begin(), headers.end(), [](const auto& h) { return same_text(h.first, "Host"); });
  if (!impl_->is_http_1_0 && hosts != 1) return Refusal{400, "wanted exactly one Host header"};
  const std::string_view expect = find_header(headers, "Expect");
  if (!expect.empty() && !same_text(expect, "100-continue")) return Refusal{417, "unknown expectation"};
  return {};
}

RequestParser::State RequestParser::add(std::string_view bytes) {
  if (refusal_) return State::kRefused;
  pending_.append(bytes);
  Impl& parser = *impl_;
  std::size_t used = 0;
  while (!parser.is_done() && used < pending_.size()) {
    const bool had_head = parser.is_header_done();
    boost::beast::error_code error;
    const std::size_t n = parser.put(boost::asio::buffer(pending_.data() + used, pending_.size() - used), error);
    used += n;
    if (error && error != beast::error::need_more)
      refusal_ = refusal_of(error, header_bytes_max_, body_bytes_max_);
    else if (!had_head && parser.is_header_done())
      refusal_ = check_head();
    if (refusal_) return State::kRefused;
    if (n == 0) break;
  }
  pending_.erase(0, used);
  if (parser.is_done()) return State::kDone;
  if (pending_.size() > header_bytes_max_) {  // a chunk header or trailer without end
    refusal_ = Refusal{431, "Request header fields too large: limit is " + std::to_string(header_bytes_max_)};
    return State::kRefused;
  }
  return State::kMore;
}

bool RequestParser::has_begun() const { return !pending_.empty() || impl_->got_some(); }

bool RequestParser::wants_continue() {
  if (impl_->told_to_continue || !impl_->is_header_done() || impl_->is_done()) return false;
  impl_->told_to_continue = true;
  return !find_header(impl_->request.headers, "Expect").empty();
}

bool RequestParser::keeps_alive() const { return impl_->keep_alive(); }
bool RequestParser::is_http_1_0() const { return impl_->is_http_1_0; }

ServerRequest RequestParser::take() {
  CHECK(impl_->is_done());
  ServerRequest out = std::move(impl_->request);
  impl_ = std::make_unique<Impl>(header_bytes_max_, body_bytes_max_);
  return out;
}

std::string RequestParser::take_rest() { return std::exchange(pending_, {}); }

namespace {

void append_date(std::string& out) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  out.append(text.data(), std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts));
}

}  // namespace

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string reply_head(int status, const Headers& headers, Framing framing, std::size_t length, bool keep_alive) {
  std::string out;
  out.reserve(256);
  out += "HTTP/1.1 " + std::to_string(status) + ' ';
  out += std::string_view(beast::obsolete_reason(beast::int_to_status(static_cast<unsigned>(status))));
  out += "\r\n";
  for (const auto& [name, value] : headers) {
    out.append(name).append(": ");
    for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    out += "\r\n";
  }
  append_date(out);
  if (framing == Framing::kLength && has_body(status)) out += "Content-Length: " + std::to_string(length) + "\r\n";
  if (framing == Framing::kChunked) out += "Transfer-Encoding: chunked\r\n";
  if (!keep_alive && framing != Framing::kUpgrade) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

}  // namespace rig::http
