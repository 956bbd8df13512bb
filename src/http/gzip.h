// http/gzip.h — gzip content coding of whole bodies.
#pragma once

#include <string>
#include <string_view>

namespace rig::http {

// Whether Accept-Encoding names gzip and does not refuse it (q=0). "*" does not count, as in kube-apiserver.
bool accepts_gzip(std::string_view accept_encoding);
std::string gzip(std::string_view bytes);  // at the fastest level

}  // namespace rig::http
