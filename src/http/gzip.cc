// http/gzip.cc — see gzip.h.
#include "http/gzip.h"

#include <zlib.h>

#include "base/check.h"
#include "base/text.h"

namespace rig::http {

bool accepts_gzip(std::string_view accept_encoding) {
  for (const std::string& part : split(accept_encoding, ',')) {
    const std::string_view coding = trim(std::string_view(part).substr(0, part.find(';')));
    if (to_lower(coding) != "gzip") continue;
    const std::size_t q = part.find("q=");
    return q == std::string::npos || part.find_first_of("123456789", q) != std::string::npos;
  }
  return false;
}

std::string gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // the largest window; 16 asks for gzip's frame instead of zlib's
  constexpr int kMemoryLevel = 8;       // zlib's default
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace rig::http
