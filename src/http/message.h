// http/message.h — HTTP/1.1 (RFC 9112) as text: requests out of bytes, heads of replies into bytes. Pure. Inside this
// room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/server.h"

namespace rig::http {

struct Refusal {
  int status = 0;  // always 4xx
  std::string why;
};

// Fed with the bytes of one connection in any pieces; yields its requests one after another. Strict where leniency has
// let requests be smuggled: line ends, lengths, folded headers.
class RequestParser {
 public:
  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
      : header_bytes_max_(header_bytes_max), body_bytes_max_(body_bytes_max) {}

  enum class State : std::uint8_t { kMore, kDone, kRefused };
  State add(std::string_view bytes);
  bool has_begun() const { return part_ != Part::kHead || !pending_.empty(); }  // a byte of the next request is here
  bool wants_continue();  // "Expect: 100-continue" and the body is still to come; true once
  const Refusal& refusal() const { return *refusal_; }  // after kRefused; the connection is of no more use
  bool keeps_alive() const { return keeps_alive_; }     // after kDone, and before take()
  bool is_http_1_0() const { return is_http_1_0_; }     // likewise
  ServerRequest take();     // after kDone: method, target, headers, body; then ready for the next one
  std::string take_rest();  // bytes behind the request: they belong to the protocol that was upgraded to

 private:
  enum class Part : std::uint8_t { kHead, kBody, kChunkSize, kChunk, kChunkEnd, kTrailer, kDone };
  bool step();  // understands what it can of pending_; false: it needs more bytes, or refused
  bool read_head();
  bool read_body(Part then);
  bool read_chunk_size();
  bool read_trailer();
  std::optional<std::string_view> take_line();  // without its end; none: not complete
  bool refuse(int status, std::string why);
  bool parse_head(std::string_view head);
  bool parse_request_line(std::string_view line);
  bool parse_field(std::string_view line);
  bool choose_framing();
  bool expect_bytes(std::uint64_t count, Part part);  // of the body; refuses what is above the limit

  std::string pending_;  // from used_ on: not yet understood
  std::size_t used_ = 0;
  std::size_t searched_ = 0;  // how far a line end has been looked for in vain
  Part part_ = Part::kHead;
  std::uint64_t missing_ = 0;  // bytes of the body, or of the chunk, still to come
  std::size_t trailer_bytes_ = 0;
  bool keeps_alive_ = true, is_http_1_0_ = false, told_to_continue_ = false;
  ServerRequest request_;
  std::optional<Refusal> refusal_;
  const std::size_t header_bytes_max_, body_bytes_max_;
};

enum class Framing : std::uint8_t { kLength, kChunked, kUntilClose, kUpgrade };
// Status line, headers, blank line. `length` counts for kLength. Control characters in reason and values become blanks.
// `reason` "": the usual one of the status.
std::string reply_head(int status, const Headers& headers, Framing framing, std::size_t length, bool keep_alive,
                       std::string_view reason = "");
bool has_body(int status);  // 1xx, 204 and 304 have none

std::string_view find_header(const Headers& headers,
                             std::string_view name);     // first of that name, any case; "" : absent
bool same_text(std::string_view a, std::string_view b);  // ASCII, any case

}  // namespace rig::http
