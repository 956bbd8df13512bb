// apiserver/routes/resources.cc — see resources.h.
#include "apiserver/routes/resources.h"

#include <algorithm>
#include <array>
#include <thread>

#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "apiserver/listing.h"
#include "apiserver/routes/options.h"
#include "apiserver/routes/token_request.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

// The server has the group but not the resource. In a group of custom kinds there is no such page.
ApiAnswer answer_unknown_resource(std::span<const api::KindInfo> kinds, std::string_view group) {
  const bool is_core_group = std::any_of(kinds.begin(), kinds.end(), [&](const api::KindInfo& kind) {
    return kind.resource.group == group && !kind.is_custom;
  });
  if (!is_core_group) return answer_page_not_found();
  return answer_not_served();
}

const api::KindInfo* find_kind(std::span<const api::KindInfo> kinds, const Attributes& a) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const api::KindInfo& kind) {
    const api::Resource& r = kind.resource;
    return r.plural == a.resource && r.group == a.group && r.version == a.version;
  });
  return found == kinds.end() ? nullptr : &*found;
}

// One object has a namespace in its path if its kind has, and no other way to be named.
bool is_well_placed(const api::KindInfo& kind, const Attributes& a) {
  const bool is_about_one = a.verb != "list" && a.verb != "watch";
  if (a.resource == "namespaces") return a.name_space == (is_about_one ? a.name : "");
  if (!kind.resource.namespaced) return a.name_space.empty();
  return !is_about_one || !a.name_space.empty();
}

// How a Scale is printed; its own type is known to the Registry only.
const api::KindInfo& scale_kind() {
  static const api::KindInfo kKind = [] {
    api::KindInfo out{};
    out.resource = {"autoscaling", "v1", "Scale", "scales"};
    out.is_custom = false;
    out.columns = {{"Desired", "integer", ".spec.replicas", "Wanted number of replicas.", 0, {}},
                   {"Available", "integer", ".status.replicas", "Number of replicas.", 0, {}},
                   {"Age", "date", ".metadata.creationTimestamp", "Time since the creation.", 0, {}}};
    return out;
  }();
  return kKind;
}

// RFC 7234 5.5: 299 is "miscellaneous", "-" stands for the agent.
std::string warning_header(std::string_view text) {
  std::string out = "299 - \"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Both ways until one side ends.
void pump(ByteStream& from, ByteStream& to, const Call& call) {
  std::array<char, 4096> buffer{};
  while (true) {
    const Result<std::size_t> n = from.read(buffer, call);
    if (!n.ok() || *n == 0 || !to.write({buffer.data(), *n}, call).ok()) break;
  }
  from.close();
  to.close();
}

void join_streams(ByteStream& client, ByteStream& machine, Time deadline) {
  const Call call{.deadline = deadline, .stop = {}, .request_id = {}};
  const std::jthread back([&] { pump(machine, client, call); });
  pump(client, machine, call);
}

json::Value list_metadata(const api::KindInfo& kind, const ListResult& result) {
  json::Value metadata = json::Object{{"resourceVersion", std::to_string(result.at)}};
  if (kind.is_custom || !result.continue_token.empty()) metadata["continue"] = result.continue_token;
  if (result.remaining) metadata["remainingItemCount"] = *result.remaining;
  return metadata;
}

// For somebody who gets bytes, as we write them anyway.
bool is_compact_text(const Media& media, const ApiRequest& http) {
  return !media.is_yaml && !media.is_pretty && !http.host.empty();
}
// Objects as they are, in the form in which they are stored.
bool is_plain_text(const Media& media, const ApiRequest& http) {
  return media.form == Form::kPlain && is_compact_text(media, http);
}

std::string list_text(const api::KindInfo& kind, const ListResult& result, const json::Value& metadata) {
  std::size_t size = 256;
  for (const std::string& text : result.texts) size += text.size() + 1;
  std::string out;
  out.reserve(size);
  out += "{\"apiVersion\":\"" + kind.resource.api_version() + "\",\"items\":[";
  for (const std::string& text : result.texts) {
    if (&text != result.texts.data()) out += ',';
    out += text;
  }
  out += "],\"kind\":\"" + std::string(kind.list_kind) + "\",\"metadata\":" + json::to_text(metadata) + "}\n";
  return out;
}

}  // namespace

ApiAnswer Resources::handle(const Ask& ask) {
  const Attributes& a = ask.attributes;
  const api::KindInfo* kind = find_kind(registry_.kinds(), a);
  if (kind == nullptr || !is_well_placed(*kind, a)) return answer_unknown_resource(registry_.kinds(), a.group);
  if (a.subresource == "console" && a.resource == "virtualmachines" && options_.open_console) {
    Answer answer = console(ask, *kind);
    return answer.ok() ? answer.take() : answer_error(answer.error());
  }
  Job job{.ask = ask,
          .kind = *kind,
          .key = {kind->resource.namespaced ? a.name_space : "", a.name},
          .part = Part::kWhole,
          .media = {},
          .include = Include::kMetadata,
          .warnings = {}};
  Answer answer = act(job);
  ApiAnswer out = answer.ok() ? answer.take() : answer_error(answer.error());
  for (const std::string& text : job.warnings) out.headers.emplace_back("Warning", warning_header(text));
  return out;
}

Result<Part> Resources::part_of(const api::KindInfo& kind, const Attributes& a) const {
  if (a.subresource.empty()) return Part::kWhole;
  if (a.subresource == "status" && kind.has_status) return Part::kStatus;
  if (a.subresource == "scale" && !kind.scale_spec_path.empty()) return Part::kScale;
  if (a.subresource == "token" && kind.resource.kind == "ServiceAccount") return Part::kToken;
  if (a.subresource == "finalize" && kind.resource.kind == "Namespace" && a.verb == "update") return Part::kFinalize;
  if (kind.is_custom) return not_found(kind.resource, a.name);
  return not_served();
}

// What the path alone does not tell: a PUT or an apply may create, and a role or binding gives rights away.
Resources::Permission Resources::permission(const Ask& ask) const {
  const User& user = ask.http.user;
  if (user.is_in(kMasters)) return nullptr;
  return
      [&access = access_, &user, &asked = ask.attributes](const json::Value& object, const json::Value* old) -> Status {
        if (old == nullptr && asked.verb != "create") {
          Attributes creation = asked;
          creation.verb = "create";
          TRY(access.check(user, creation));
        }
        return access.check_grant(user, asked, object, old);
      };
}

Resources::Answer Resources::act(Job& job) {
  const Attributes& a = job.ask.attributes;
  job.media = TRY(negotiate(job.ask.http.accept, job.kind.is_custom ? Offer::kObjects : Offer::kCoreObjects));
  job.part = TRY(part_of(job.kind, a));
  job.include = TRY(parse_include(job.ask.target.get("includeObject")));
  if (job.part == Part::kToken) return request_token(job);

  struct Row {
    std::string_view verb;
    Answer (Resources::*act)(Job&);
    bool on_parts;  // may be asked of a subresource
  };
  static constexpr std::array kRows = {
      Row{"get", &Resources::get, true},        Row{"list", &Resources::list, false},
      Row{"watch", &Resources::watch, false},   Row{"create", &Resources::create, false},
      Row{"update", &Resources::replace, true}, Row{"patch", &Resources::patch, true},
      Row{"delete", &Resources::remove, false}, Row{"deletecollection", &Resources::remove_collection, false},
  };
  for (const Row& row : kRows) {
    if (row.verb != a.verb) continue;
    if (job.part != Part::kWhole && !row.on_parts) return method_not_supported(job.kind.resource, a.verb);
    return (this->*row.act)(job);
  }
  return method_not_supported(job.kind.resource, "");  // an unknown method has no verb
}

// A version that is not there yet may come: others write. After that it is a 504.
void Resources::await_version(const Job& job) const {
  const Result<Revision> wanted = parse_int(job.ask.target.get("resourceVersion"));
  if (!wanted.ok() || *wanted <= registry_.store().revision()) return;
  // The store waits by the machine's clock. What it says is looked at again by who reads.
  (void)registry_.store().wait("", *wanted - 1, std::chrono::steady_clock::now() + limits::kFutureWait,
                               job.ask.http.stop);
}

Resources::Answer Resources::get(Job& job) {
  await_version(job);
  TRY(check_get_version(job.ask.target.get("resourceVersion"), registry_.store().revision()));
  return dress(job, TRY(registry_.get(job.kind, job.key, job.part)));
}

Resources::Answer Resources::list(Job& job) {
  ListQuery query = TRY(list_options(job.ask.target, job.key.namespace_));
  query.as_text = is_plain_text(job.media, job.ask.http);
  std::optional<json::Members> shown;
  if (job.media.form == Form::kTable) shown = shown_members(job.kind, job.include);
  if (job.media.form == Form::kPartialList) shown = shown_members(job.kind, Include::kMetadata);
  if (shown) query.only = &*shown;
  if (job.media.form == Form::kTable && is_compact_text(job.media, job.ask.http)) {
    query.write = [&job, form = table_form(job), now = clock_.wall()](json::Value object) {
      return row_text(job.kind, std::move(object), form, now);
    };
  }
  await_version(job);
  return dress_list(job, TRY(registry_.list(job.kind, query)));
}

Resources::Answer Resources::watch(Job& job) {
  const Target& target = job.ask.target;
  const Duration timeout = TRY(watch_timeout(target, options_.watch_timeout_max));
  WatchQuery query{.list = TRY(list_options(target, job.key.namespace_))};
  query.bookmarks = target.is_set("allowWatchBookmarks");
  if (target.find("sendInitialEvents")) query.send_initial_events = target.is_set("sendInitialEvents");
  query.end = clock_.now() + timeout;
  query.list.as_text = is_plain_text(job.media, job.ask.http);
  ApiAnswer out;
  out.watch =
      watch_stream(TRY(registry_.watch(job.kind, query)), {job.kind, job.media, job.include}, *query.end, clock_);
  return out;
}

// What a write knows besides its options.
void Resources::complete(WriteContext& context, Body& body, Job& job) const {
  context.warnings = &job.warnings;
  context.permit = permission(job.ask);
  context.body_warnings = std::move(body.duplicates);
  if (body_type(job.ask.http.content_type) == BodyType::kJson) context.sent = job.ask.http.body;
}

Resources::Answer Resources::create(Job& job) {
  const ApiRequest& http = job.ask.http;
  Body body = TRY(read_object(http.body, http.content_type, job.kind.resource, job.kind.is_custom));
  WriteContext context = TRY(write_options("CreateOptions", job.ask.target, http.user_agent));
  complete(context, body, job);
  return dress(job, TRY(registry_.create(job.kind, job.key.namespace_, std::move(body.value), context)), 201);
}

Resources::Answer Resources::replace(Job& job) {
  if (job.key.name.empty()) return bad_request("name must be provided");
  const ApiRequest& http = job.ask.http;
  const api::KindInfo& kind = job.part == Part::kScale ? scale_kind() : job.kind;
  Body body = TRY(read_object(http.body, http.content_type, kind.resource, kind.is_custom));
  WriteContext context = TRY(write_options("UpdateOptions", job.ask.target, http.user_agent));
  complete(context, body, job);
  Written written = TRY(registry_.replace(job.kind, job.key, std::move(body.value), job.part, context));
  return dress(job, std::move(written.object), written.created ? 201 : 200);
}

Resources::Answer Resources::patch(Job& job) {
  const ApiRequest& http = job.ask.http;
  const PatchType type = TRY(patch_type(http.content_type, job.kind.is_custom));
  if (job.key.name.empty()) return bad_request("name must be provided");
  WriteContext context = TRY(patch_options(type == PatchType::kApply, job.ask.target, http.user_agent));
  Body body = TRY(read_patch(http.body, type));
  complete(context, body, job);
  Written written = TRY(registry_.patch(job.kind, job.key, type, body.value, job.part, context));
  return dress(job, std::move(written.object), written.created ? 201 : 200);
}

Resources::Answer Resources::remove(Job& job) {
  const ApiRequest& http = job.ask.http;
  const json::Value body = TRY(read_delete_options(http.body, http.content_type));
  const DeleteContext context = TRY(delete_options(body, job.ask.target));
  return answer_json(job.media, TRY(registry_.remove(job.kind, job.key, context)));
}

Resources::Answer Resources::remove_collection(Job& job) {
  const ApiRequest& http = job.ask.http;
  const json::Value body = TRY(read_delete_options(http.body, http.content_type));
  const DeleteContext context = TRY(delete_options(body, job.ask.target));
  const ListQuery query = TRY(list_options(job.ask.target, job.key.namespace_));
  return dress_list(job, TRY(registry_.remove_collection(job.kind, query, context)));
}

Resources::Answer Resources::request_token(Job& job) {
  if (job.ask.attributes.verb != "create")
    return method_not_supported(api::token_request_kind().resource, job.ask.attributes.verb);
  const json::Value account = TRY(registry_.get(job.kind, job.key));
  const ApiRequest& http = job.ask.http;
  Body body = TRY(read_object(http.body, http.content_type, api::token_request_kind().resource));
  WriteContext context = TRY(write_options("CreateOptions", job.ask.target, http.user_agent));
  context.warnings = &job.warnings;
  context.body_warnings = std::move(body.duplicates);
  return dress(job, TRY(answer_token_request(tokens_, account, std::move(body.value), context)), 201);
}

Resources::Answer Resources::console(const Ask& ask, const api::KindInfo& kind) {
  const Attributes& a = ask.attributes;
  if (a.verb != "get") return method_not_supported(kind.resource, a.verb);
  if (ask.http.upgrade != kConsoleProtocol) {
    return bad_request("a console needs an upgraded connection: wanted the header Upgrade: " +
                       std::string(kConsoleProtocol));
  }
  const ObjectKey key{a.name_space, a.name};
  TRY(registry_.get(kind, key));
  const Call opening{.deadline = clock_.now() + limits::kConsoleOpenTime, .stop = {}, .request_id = {}};
  std::shared_ptr<ByteStream> machine = TRY(options_.open_console(key, opening));
  ApiAnswer out;
  out.status = 101;
  out.upgrade_protocol = kConsoleProtocol;
  out.upgraded = [machine, end = clock_.now() + limits::kConsoleTimeMax](ByteStream& client) {
    join_streams(client, *machine, end);
  };
  return out;
}

Resources::Answer Resources::dress(const Job& job, json::Value object, int status) const {
  switch (job.media.form) {
    case Form::kTable: {
      json::Value metadata = json::Object{{"resourceVersion", object.text({"metadata", "resourceVersion"})}};
      const api::KindInfo& kind = job.part == Part::kScale ? scale_kind() : job.kind;
      return answer_json(
          job.media, table_of(kind, {std::move(object)}, std::move(metadata), table_form(job), clock_.wall()), status);
    }
    case Form::kPartial: return answer_json(job.media, partial_of(std::move(object), job.media.version), status);
    case Form::kPartialList: return status_error(500, {}, "content is not a list");
    default: return answer_json(job.media, std::move(object), status);
  }
}

Resources::Answer Resources::dress_list(const Job& job, ListResult result) const {
  json::Value metadata = list_metadata(job.kind, result);
  if (job.media.form != Form::kPlain && result.continue_token.empty()) metadata.as<json::Object>()->erase("continue");
  const bool is_table = job.media.form == Form::kTable;
  if (!result.texts.empty()) {
    ApiAnswer out;
    out.text = is_table ? table_text(job.kind, result.texts, std::move(metadata), table_form(job)) + "\n"
                        : list_text(job.kind, result, metadata);
    return out;
  }
  if (is_table) {
    return answer_json(
        job.media, table_of(job.kind, std::move(result.items), std::move(metadata), table_form(job), clock_.wall()));
  }
  json::Value list = json::Object{{"apiVersion", job.kind.resource.api_version()}, {"kind", job.kind.list_kind}};
  if (job.media.form == Form::kPartial) {
    return not_acceptable("you requested PartialObjectMetadata, but the requested object is a list (" +
                          (job.kind.is_custom ? "*unstructured.UnstructuredList" : std::string(job.kind.list_kind)) +
                          ")");
  }
  if (job.media.form == Form::kPartialList) {
    list["apiVersion"] = "meta.k8s.io/" + job.media.version;
    list["kind"] = "PartialObjectMetadataList";
    for (json::Value& item : result.items) item = partial_of(std::move(item), job.media.version);
  } else if (!job.kind.is_custom) {  // the items of core lists do not repeat what they are
    for (json::Value& item : result.items) {
      item.as<json::Object>()->erase("apiVersion");
      item.as<json::Object>()->erase("kind");
    }
  }
  list["metadata"] = std::move(metadata);
  list["items"] =
      json::Array(std::make_move_iterator(result.items.begin()), std::make_move_iterator(result.items.end()));
  return answer_json(job.media, std::move(list));
}

}  // namespace rig::apiserver
