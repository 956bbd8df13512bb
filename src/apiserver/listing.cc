// apiserver/listing.cc — GET of a collection.
#include "apiserver/listing.h"

#include "apiserver/limits.h"
#include "apiserver/registry_impl.h"
#include "apiserver/selector.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kTokenVersion = "meta.k8s.io/v1";

const api::Resource& list_options() {
  static const api::Resource kOptions{"meta.k8s.io", "v1", "ListOptions", "listoptions"};
  return kOptions;
}

Error invalid_options(std::string_view field, std::string_view reason, std::string what) {
  return invalid(list_options(), {}, {{std::string(field), std::string(reason), std::move(what)}});
}

Status check_match(const ListQuery& query) {
  const std::string& match = query.resource_version_match;
  if (match.empty()) return {};
  constexpr std::string_view kField = "resourceVersionMatch", kForbidden = "FieldValueForbidden";
  if (match != "Exact" && match != "NotOlderThan") {
    return invalid_options(
        kField, "FieldValueNotSupported",
        "Unsupported value: " + json::to_text(match) + ": supported values: \"Exact\", \"NotOlderThan\", \"\"");
  }
  if (query.resource_version.empty()) {
    return invalid_options(kField, kForbidden,
                           "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (!query.continue_token.empty()) {
    return invalid_options(kField, kForbidden,
                           "Forbidden: resourceVersionMatch is forbidden when continue is provided");
  }
  if (match == "Exact" && query.resource_version == "0") {
    return invalid_options(kField, kForbidden,
                           "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
  }
  return {};
}

struct Start {
  Revision at = 0;  // 0: the newest
  std::string after;
  std::size_t limit = 0;
};

Error expired_token(std::string_view after) {
  std::string name(after);
  if (name.starts_with('/')) name.erase(0, 1);
  return expired(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list "
      "without "
      "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
      "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
      "deleted between the time the first chunk was returned and now may show up in the list.",
      continue_token({-1, name}));
}

Result<Start> start_of(const ListQuery& query, const Store& store) {
  TRY(check_match(query));
  const Revision wanted = TRY(parse_list_version(query.resource_version));
  // With version 0 a client takes whatever is at hand: that is everything, and all at once.
  const bool is_limited = query.limit > 0 && query.resource_version != "0";
  Start start{0, {}, is_limited ? static_cast<std::size_t>(query.limit) : 0};
  if (!query.continue_token.empty()) {
    if (wanted != 0) return bad_request("specifying resource version is not allowed when using continue");
    const Continue position = TRY(parse_continue(query.continue_token));
    start.at = position.at < 0 ? 0 : position.at;
    start.after = position.after;
    if (start.at != 0 && start.at < store.compacted()) return expired_token(start.after);
    return start;
  }
  if (wanted > store.revision()) return too_large_version(wanted, store.revision());
  const bool is_exact =
      query.resource_version_match == "Exact" || (query.resource_version_match.empty() && start.limit > 0);
  if (wanted != 0 && is_exact) start.at = wanted;
  if (start.at != 0 && start.at < store.compacted()) {
    return expired("The resourceVersion for the provided list is too old.");
  }
  return start;
}

}  // namespace

std::string continue_token(const Continue& position) {
  std::string start = position.after;
  if (position.at >= 0 && !start.starts_with('/')) start.insert(0, "/");
  start.push_back('\0');
  const std::string text = R"({"v":")" + std::string(kTokenVersion) + R"(","rv":)" + std::to_string(position.at) +
                           R"(,"start":)" + json::to_text(start) + "}";
  std::string token = base64(text);
  while (token.ends_with('=')) token.pop_back();
  for (char& c : token) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return token;
}

Result<Continue> parse_continue(std::string_view token) {
  constexpr std::string_view kHead = "invalid continue token: continue key is not valid: ";
  std::string padded(token);
  for (char& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (padded.size() % 4 != 0) padded.push_back('=');
  const Result<std::string> text = parse_base64(padded);
  const Result<json::Value> parsed = text.ok() ? json::parse(*text) : Result<json::Value>(text.error());
  if (!parsed.ok()) return bad_request(std::string(kHead) + parsed.error().message());
  if (parsed->text({"v"}) != kTokenVersion) {
    return bad_request(std::string(kHead) + "server does not recognize this encoded version " +
                       std::string(parsed->text({"v"})));
  }
  const Revision at = parsed->integer({"rv"});
  std::string after(parsed->text({"start"}));
  if (at == 0 || after.empty()) return bad_request(std::string(kHead) + "incorrect encoded start resourceVersion");
  if (after.ends_with('\0')) after.pop_back();
  if (after.starts_with('/')) after.erase(0, 1);
  return Continue{at, std::move(after)};
}

Error too_large_version(Revision wanted, Revision current) {
  const std::string what =
      "Too large resource version: " + std::to_string(wanted) + ", current: " + std::to_string(current);
  return status_error(504, "Timeout", "Timeout: " + what,
                      json::Object{{"causes", json::Array{json::Object{{"reason", "ResourceVersionTooLarge"},
                                                                       {"message", "Too large resource version"}}}},
                                   {"retryAfterSeconds", 1}});
}

Status check_get_version(std::string_view text, Revision current) {
  const Result<Revision> wanted = parse_version(text);
  if (!wanted.ok()) {
    return bad_value("resourceVersion: Invalid value: " + json::to_text(json::Value(text)) + ": " +
                     wanted.error().message());
  }
  if (*wanted > current) return too_large_version(*wanted, current);
  return {};
}

Result<Revision> parse_list_version(std::string_view text) {
  Result<Revision> parsed = parse_version(text);
  if (parsed.ok()) return parsed;
  return bad_request("invalid resource version: resourceVersion: Invalid value: " + json::to_text(json::Value(text)) +
                     ": " + parsed.error().message());
}

Result<ListResult> Registry::list(const api::KindInfo& kind, const ListQuery& query) const {
  const Selector selector = TRY(Selector::parse(kind, query.label_selector, query.field_selector));
  const Start start = TRY(start_of(query, impl_->store));
  const std::string prefix = storage_prefix(kind, query.name_space);
  const bool is_filtered = !selector.is_everything();
  const std::size_t chunk = is_filtered && start.limit > 0 ? limits::kListChunk : start.limit;
  const bool as_text = query.as_text && kind.is_custom;  // the items of core lists do not repeat what they are
  const json::Members* only = kind.is_custom ? query.only : nullptr;
  ListResult result;
  result.at = start.at;
  std::string after = start.after.empty() ? std::string() : prefix + start.after;
  for (std::size_t remaining = 1; remaining > 0;) {
    Page page = TRY(impl_->store.list(prefix, after, chunk, result.at));
    result.at = page.at;
    remaining = page.remaining;
    for (std::size_t i = 0; i < page.records.size(); ++i) {
      const Record& record = page.records[i];
      if (as_text && !is_filtered) {
        result.texts.push_back(TRY(text_of(kind, record.value, record.revision)));
      } else {
        json::Value object = TRY(object_of(kind, record.value, record.revision, only));
        if (is_filtered && !selector.matches(object)) continue;
        if (query.write)
          result.texts.push_back(query.write(std::move(object)));
        else if (as_text)
          result.texts.push_back(json::to_text(object));
        else
          result.items.push_back(std::move(object));
      }
      const std::size_t left = page.records.size() - i - 1 + remaining;
      const std::size_t found = result.items.size() + result.texts.size();
      if (start.limit == 0 || found < start.limit || left == 0) continue;
      result.continue_token = continue_token({result.at, record.key.substr(prefix.size())});
      if (!is_filtered) result.remaining = static_cast<std::int64_t>(left);
      return result;
    }
    if (!page.records.empty()) after = page.records.back().key;
  }
  return result;
}

}  // namespace rig::apiserver
