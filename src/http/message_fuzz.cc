// http/message_fuzz.cc — libFuzzer: however the bytes of a connection are cut, the same requests come out of them, and
// whatever is refused is refused with a 4xx (in small pieces perhaps later: a head is judged when it is complete).
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "http/message.h"

namespace {

using rig::http::RequestParser;

// What a parser made of the bytes: targets and bodies, and the status of a refusal.
std::vector<std::string> read_in_pieces(std::string_view bytes, std::size_t piece) {
  RequestParser parser(1000, 1000);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    RequestParser::State state = parser.add(bytes.substr(at, piece));
    while (state == RequestParser::State::kDone) {
      const rig::http::ServerRequest request = parser.take();
      out.push_back(request.method + " " + request.target + " " + request.body);
      state = parser.add({});
    }
    if (state == RequestParser::State::kMore) continue;
    const int status = parser.refusal().status;
    if (status < 400 || status > 499) std::abort();
    out.push_back(std::to_string(status));
    break;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read_in_pieces(bytes, size + 1), small = read_in_pieces(bytes, 1);
  if (!std::equal(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(std::min(whole.size(), small.size())),
                  small.begin()))
    std::abort();
  return 0;
}
