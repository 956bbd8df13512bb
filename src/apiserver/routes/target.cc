// apiserver/routes/target.cc — see target.h.
#include "apiserver/routes/target.h"

#include "base/text.h"

namespace rig::apiserver {
namespace {

// Go's net/url: '+' is a blank; a pair with a ';' is dropped.
std::optional<std::string> decode_query_part(std::string_view text) {
  std::string blanks(text);
  for (char& c : blanks) {
    if (c == '+') c = ' ';
  }
  Result<std::string> decoded = percent_decode(blanks);
  if (!decoded.ok()) return std::nullopt;
  return decoded.take();
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const std::size_t equals = pair.find('=');
    auto name = decode_query_part(pair.substr(0, equals));
    auto value = decode_query_part(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (name && value) out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

// "http://host:1/api" -> "/api"
std::string_view without_origin(std::string_view target) {
  if (target.starts_with('/')) return target;
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return target;
  const std::size_t slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

}  // namespace

std::optional<std::string_view> Target::find(std::string_view name) const {
  for (const auto& [n, value] : query) {
    if (n == name) return value;
  }
  return std::nullopt;
}

bool Target::is_set(std::string_view name) const {
  const auto value = find(name);
  return value && *value != "false" && *value != "0";
}

std::string Target::path_text() const { return "/" + join(path, "/"); }

Result<Target> parse_target(std::string_view target) {
  target = without_origin(target);
  const std::size_t question = target.find('?');
  Target out;
  std::string path = TRY(percent_decode(target.substr(0, question)));
  if (path.starts_with('/')) path.erase(0, 1);
  if (path.ends_with('/')) path.pop_back();
  if (!path.empty()) out.path = split(path, '/');
  if (question != std::string_view::npos) out.query = parse_query(target.substr(question + 1));
  return out;
}

}  // namespace rig::apiserver
