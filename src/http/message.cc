// http/message.cc — see message.h.
#include "http/message.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.h"
#include "base/text.h"
#include "base/wall_time.h"

namespace rig::http {

bool same_text(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view find_header(const Headers& headers, std::string_view name) {
  for (const auto& [n, value] : headers) {
    if (same_text(n, name)) return value;
  }
  return {};
}

std::string_view Reply::header(std::string_view name) const { return find_header(headers, name); }
std::string_view ServerRequest::header(std::string_view name) const { return find_header(headers, name); }

namespace {

constexpr std::string_view kLineEnd = "\r\n", kHeadEnd = "\r\n\r\n";

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_target(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == ' '; });
}
bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> parse_number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether a comma-separated header, in all its lines, has this element.
bool lists(const Headers& headers, std::string_view name, std::string_view element) {
  for (const auto& [n, value] : headers) {
    if (!same_text(n, name)) continue;
    for (const std::string& part : split(value, ',')) {
      if (same_text(trim_blanks(part), element)) return true;
    }
  }
  return false;
}

std::ptrdiff_t count_of(const Headers& headers, std::string_view name) {
  return std::count_if(headers.begin(), headers.end(), [&](const auto& h) { return same_text(h.first, name); });
}

}  // namespace

RequestParser::State RequestParser::add(std::string_view bytes) {
  pending_.append(bytes);
  while (!refusal_ && part_ != Part::kDone && step()) {}
  pending_.erase(0, used_);
  searched_ -= std::min(searched_, used_);
  used_ = 0;
  if (refusal_) return State::kRefused;
  return part_ == Part::kDone ? State::kDone : State::kMore;
}

bool RequestParser::step() {
  switch (part_) {
    case Part::kHead: return read_head();
    case Part::kBody: return read_body(Part::kDone);
    case Part::kChunkSize: return read_chunk_size();
    case Part::kChunk: return read_body(Part::kChunkEnd);
    case Part::kChunkEnd: {
      const auto line = take_line();
      if (line && !line->empty()) return refuse(400, "a chunk is longer than it says");
      if (line) part_ = Part::kChunkSize;
      return line.has_value();
    }
    case Part::kTrailer: return read_trailer();
    case Part::kDone: break;
  }
  return false;
}

bool RequestParser::refuse(int status, std::string why) {
  refusal_ = Refusal{status, std::move(why)};
  return false;
}

bool RequestParser::read_head() {
  // Empty lines before a request are passed over (RFC 9112 2.2).
  while (pending_.compare(used_, kLineEnd.size(), kLineEnd) == 0) used_ += kLineEnd.size();
  const std::size_t end = pending_.find(kHeadEnd, std::max(used_, searched_));
  const std::size_t size = (end == std::string::npos ? pending_.size() : end) - used_;
  // What looks too long may be the beginning of its end.
  if (size > header_bytes_max_ + (end == std::string::npos ? kHeadEnd.size() - 1 : 0)) {
    return refuse(431, "Request header fields too large: limit is " + std::to_string(header_bytes_max_));
  }
  if (end == std::string::npos) {
    searched_ = pending_.size() - std::min(pending_.size(), kHeadEnd.size() - 1);
    return false;
  }
  const std::string_view head(pending_.data() + used_, size);
  used_ = end + kHeadEnd.size();
  return parse_head(head) && choose_framing();
}

bool RequestParser::parse_head(std::string_view head) {
  for (bool is_first = true; !head.empty(); is_first = false) {
    const std::size_t end = head.find(kLineEnd);
    const std::string_view line = head.substr(0, end);
    head = end == std::string_view::npos ? "" : head.substr(end + kLineEnd.size());
    if (!(is_first ? parse_request_line(line) : parse_field(line))) return false;
  }
  return true;
}

bool RequestParser::parse_request_line(std::string_view line) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse(400, "malformed request line");
  const std::string_view method = line.substr(0, first), target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method) || !is_target(target)) return refuse(400, "malformed request line");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse(400, "wanted HTTP/1.1 or HTTP/1.0");
  is_http_1_0_ = version == "HTTP/1.0";
  request_.method = method;
  request_.target = target;
  return true;
}

bool RequestParser::parse_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return refuse(400, "malformed header");
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (!is_field_value(value)) return refuse(400, "malformed header");
  request_.headers.emplace_back(line.substr(0, colon), value);
  return true;
}

bool RequestParser::choose_framing() {
  const Headers& headers = request_.headers;
  keeps_alive_ = is_http_1_0_ ? lists(headers, "Connection", "keep-alive") : !lists(headers, "Connection", "close");
  if (!is_http_1_0_ && count_of(headers, "Host") != 1) return refuse(400, "wanted exactly one Host header");
  const std::string_view expect = find_header(headers, "Expect");
  if (!expect.empty() && !same_text(expect, "100-continue")) return refuse(417, "unknown expectation");

  const auto encodings = count_of(headers, "Transfer-Encoding"), lengths = count_of(headers, "Content-Length");
  if (encodings + lengths > 1) return refuse(400, "wanted at most one Transfer-Encoding or Content-Length");
  if (encodings == 1) {
    if (is_http_1_0_ || !same_text(find_header(headers, "Transfer-Encoding"), "chunked")) {
      return refuse(400, "wanted no Transfer-Encoding but chunked");
    }
    part_ = Part::kChunkSize;
    return true;
  }
  const std::string_view text = find_header(headers, "Content-Length");
  const auto length = lengths == 0 ? std::optional<std::uint64_t>(0) : parse_number(text, 10);
  if (!length) return refuse(400, "Content-Length is no number");
  return expect_bytes(*length, Part::kBody);
}

bool RequestParser::expect_bytes(std::uint64_t count, Part part) {
  if (count > body_bytes_max_ - request_.body.size()) {
    return refuse(413, "Request entity too large: limit is " + std::to_string(body_bytes_max_));
  }
  missing_ = count;
  part_ = part;
  return true;
}

bool RequestParser::read_body(Part then) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(missing_, pending_.size() - used_));
  request_.body.append(pending_, used_, size);
  used_ += size;
  missing_ -= size;
  if (missing_ > 0) return false;
  part_ = then;
  return true;
}

std::optional<std::string_view> RequestParser::take_line() {
  const std::size_t end = pending_.find(kLineEnd, std::max(used_, searched_));
  const std::size_t size = (end == std::string::npos ? pending_.size() : end) - used_;
  if (size + trailer_bytes_ > header_bytes_max_ + (end == std::string::npos ? kLineEnd.size() - 1 : 0)) {
    refuse(431, "Request header fields too large: limit is " + std::to_string(header_bytes_max_));
    return std::nullopt;
  }
  if (end == std::string::npos) {
    searched_ = pending_.empty() ? 0 : pending_.size() - 1;
    return std::nullopt;
  }
  const std::string_view line(pending_.data() + used_, size);
  used_ = end + kLineEnd.size();
  return line;
}

bool RequestParser::read_chunk_size() {
  const auto line = take_line();
  if (!line) return false;
  const auto size = parse_number(trim_blanks(line->substr(0, line->find(';'))), 16);  // extensions mean nothing to us
  if (!size || !is_field_value(*line)) return refuse(400, "malformed chunk size");
  return expect_bytes(*size, *size == 0 ? Part::kTrailer : Part::kChunk);
}

// Trailers are read and dropped.
bool RequestParser::read_trailer() {
  const auto line = take_line();
  if (!line) return false;
  trailer_bytes_ += line->size();
  if (line->empty()) part_ = Part::kDone;
  return true;
}

bool RequestParser::wants_continue() {
  if (told_to_continue_ || part_ == Part::kHead || part_ == Part::kDone) return false;
  told_to_continue_ = true;
  return !find_header(request_.headers, "Expect").empty();
}

ServerRequest RequestParser::take() {
  CHECK(part_ == Part::kDone);
  part_ = Part::kHead;
  trailer_bytes_ = 0;
  told_to_continue_ = false;
  return std::exchange(request_, {});
}

std::string RequestParser::take_rest() {
  searched_ = 0;
  return std::exchange(pending_, {});
}

namespace {

std::string_view reason_of(int status) {
  struct Row {
    int status;
    std::string_view reason;
  };
  static constexpr std::array kRows = {
      Row{101, "Switching Protocols"},
      Row{200, "OK"},
      Row{201, "Created"},
      Row{204, "No Content"},
      Row{301, "Moved Permanently"},
      Row{302, "Found"},
      Row{304, "Not Modified"},
      Row{400, "Bad Request"},
      Row{401, "Unauthorized"},
      Row{403, "Forbidden"},
      Row{404, "Not Found"},
      Row{405, "Method Not Allowed"},
      Row{406, "Not Acceptable"},
      Row{408, "Request Timeout"},
      Row{409, "Conflict"},
      Row{410, "Gone"},
      Row{413, "Content Too Large"},
      Row{415, "Unsupported Media Type"},
      Row{417, "Expectation Failed"},
      Row{422, "Unprocessable Content"},
      Row{429, "Too Many Requests"},
      Row{431, "Request Header Fields Too Large"},
      Row{500, "Internal Server Error"},
      Row{501, "Not Implemented"},
      Row{503, "Service Unavailable"},
      Row{504, "Gateway Timeout"},
      Row{507, "Insufficient Storage"},
  };
  const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.status == status; });
  return found == kRows.end() ? "" : found->reason;
}

}  // namespace

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string reply_head(int status, const Headers& headers, Framing framing, std::size_t length, bool keep_alive,
                       std::string_view reason) {
  std::string out;
  out.reserve(256);
  const auto append_text = [&](std::string_view text) {
    for (const char c : text) out += is_control(c) ? ' ' : c;
  };
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  append_text(reason.empty() ? reason_of(status) : reason);
  out.append(kLineEnd);
  for (const auto& [name, value] : headers) {
    out.append(name).append(": ");
    append_text(value);
    out += kLineEnd;
  }
  out.append("Date: ").append(format_http_time(std::chrono::system_clock::now())).append(kLineEnd);
  if (framing == Framing::kLength && has_body(status)) out += "Content-Length: " + std::to_string(length) + "\r\n";
  if (framing == Framing::kChunked) out += "Transfer-Encoding: chunked\r\n";
  if (!keep_alive && framing != Framing::kUpgrade) out += "Connection: close\r\n";
  out += kLineEnd;
  return out;
}

}  // namespace rig::http
