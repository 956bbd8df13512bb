// http/message.h — HTTP/1.1 as text: requests out of bytes, heads of replies into bytes. Pure. Inside this room only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/server.h"

namespace rig::http {

struct Refusal {
  int status = 0;  // always 4xx
  std::string why;
};

// Fed with the bytes of one connection in any pieces; yields its requests one after another.
class RequestParser {
 public:
  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~RequestParser();

  enum class State : std::uint8_t { kMore, kDone, kRefused };
  State add(std::string_view bytes);
  bool has_begun() const;  // a byte of the next request is here
  bool wants_continue();   // "Expect: 100-continue" and the body is still to come; true once
  const Refusal& refusal() const { return *refusal_; }  // after kRefused; the connection is of no more use
  bool keeps_alive() const;                             // after kDone, and before take()
  bool is_http_1_0() const;                             // likewise
  ServerRequest take();     // after kDone: method, target, headers, body; then ready for the next one
  std::string take_rest();  // bytes behind the request: they belong to the protocol that was upgraded to

 private:
  struct Impl;
  std::optional<Refusal> check_head() const;
  std::unique_ptr<Impl> impl_;
  std::string pending_;  // not yet understood
  std::optional<Refusal> refusal_;
  const std::size_t header_bytes_max_, body_bytes_max_;
};

enum class Framing : std::uint8_t { kLength, kChunked, kUntilClose, kUpgrade };
// Status line, headers, blank line. `length` counts for kLength. Control characters in values become blanks.
std::string reply_head(int status, const Headers& headers, Framing framing, std::size_t length, bool keep_alive);
bool has_body(int status);  // 1xx, 204 and 304 have none

std::string_view find_header(const Headers& headers,
                             std::string_view name);     // first of that name, any case; "" : absent
bool same_text(std::string_view a, std::string_view b);  // ASCII, any case

}  // namespace rig::http
