// apiserver/api_server.cc — see api_server.h. The table of routes; what each does is in routes/, by noun.
#include "apiserver/api_server.h"

#include <sys/utsname.h>
#include <array>

#include "apiserver/failure.h"
#include "apiserver/routes/discovery.h"
#include "apiserver/routes/openapi.h"
#include "apiserver/routes/resources.h"
#include "apiserver/routes/reviews.h"
#include "base/digest.h"

namespace rig::apiserver {
namespace {

// The Kubernetes version whose API this is. kubectl warns when it is more than one minor version away from its own.
constexpr std::string_view kMajor = "1", kMinor = "33";

json::Value version_body() {
  utsname machine{};
  ::uname(&machine);
  const std::string_view architecture = machine.machine;
  const std::string go_name = architecture == "x86_64"    ? "amd64"
                              : architecture == "aarch64" ? "arm64"
                                                          : std::string(architecture);
  return json::Object{
      {"major", kMajor},
      {"minor", kMinor},
      {"gitVersion", "v" + std::string(kMajor) + "." + std::string(kMinor) + ".0+virtrigaud-" RIG_VERSION},
      {"gitCommit", ""},
      {"gitTreeState", ""},
      {"buildDate", ""},
      {"goVersion", ""},
      {"compiler", "g++"},
      {"platform", "linux/" + go_name}};
}

ApiAnswer no_such_method() {
  return answer_error(status_error(405, "MethodNotAllowed",
                                   "the server does not allow this method on the requested resource", json::Object()));
}

// People who look with a browser or curl get indented JSON.
bool is_for_a_person(const Ask& ask) {
  if (const auto pretty = ask.target.find("pretty")) return *pretty == "true" || *pretty == "1";
  const std::string_view agent = ask.http.user_agent;
  return agent.starts_with("curl/") || agent.starts_with("Mozilla/") || agent.starts_with("Wget/");
}

}  // namespace

struct ApiServer::Impl {
  Registry& registry;
  const Clock& clock;
  const Options options;
  const std::vector<ServedGroup> groups;
  Access access;
  const Tokens tokens;
  Resources resources;
  OpenApi openapi;

  Impl(Registry& r, const Clock& c, Options o)
      : registry(r),
        clock(c),
        options(std::move(o)),
        groups(served_groups(r.kinds(), options.open_console != nullptr)),
        access(r),
        tokens(r, c, options.token_key ? *options.token_key : SigningKey::make()),
        resources(r, access, tokens, c, options),
        openapi(groups) {}

  // ---- what is not a resource: one row each; '*' takes a segment, "**" the rest ----
  struct Route {
    std::string_view pattern;
    ApiAnswer (Impl::*answer)(const Ask&);
  };
  static std::span<const Route> routes();

  ApiAnswer root(const Ask& ask);
  ApiAnswer version(const Ask& ask);
  ApiAnswer health(const Ask& ask);
  ApiAnswer metrics(const Ask& ask);
  ApiAnswer core_group(const Ask& ask);
  ApiAnswer all_groups(const Ask& ask);
  ApiAnswer one_group(const Ask& ask);
  ApiAnswer group_version(const Ask& ask);
  ApiAnswer openapi_v2(const Ask& ask);
  ApiAnswer openapi_v3_index(const Ask& ask);
  ApiAnswer openapi_v3(const Ask& ask);

  ApiAnswer discovery(const Ask& ask, bool core, json::Value plain);
  const ServedGroup* find_group(std::string_view group) const;
  ApiAnswer route(const Ask& ask);
};

std::span<const ApiServer::Impl::Route> ApiServer::Impl::routes() {
  static constexpr std::array kRoutes = {
      Route{"/", &Impl::root},
      Route{"/version", &Impl::version},
      Route{"/healthz", &Impl::health},
      Route{"/healthz/*", &Impl::health},
      Route{"/livez", &Impl::health},
      Route{"/livez/*", &Impl::health},
      Route{"/readyz", &Impl::health},
      Route{"/readyz/*", &Impl::health},
      Route{"/metrics", &Impl::metrics},
      Route{"/api", &Impl::core_group},
      Route{"/api/*", &Impl::group_version},
      Route{"/apis", &Impl::all_groups},
      Route{"/apis/*", &Impl::one_group},
      Route{"/apis/*/*", &Impl::group_version},
      Route{"/openapi/v2", &Impl::openapi_v2},
      Route{"/openapi/v3", &Impl::openapi_v3_index},
      Route{"/openapi/v3/**", &Impl::openapi_v3},
  };
  return kRoutes;
}

namespace {

bool matches(std::string_view pattern, const std::vector<std::string>& path) {
  pattern.remove_prefix(1);
  for (const std::string& segment : path) {
    const std::size_t slash = pattern.find('/');
    const std::string_view wanted = pattern.substr(0, slash);
    if (wanted == "**") return true;
    if (wanted.empty() || (wanted != "*" && wanted != segment)) return false;
    pattern = slash == std::string_view::npos ? "" : pattern.substr(slash + 1);
  }
  return pattern.empty();
}

}  // namespace

ApiAnswer ApiServer::Impl::route(const Ask& ask) {
  if (const Status allowed = access.check(ask.http.user, ask.attributes); !allowed.ok())
    return answer_denied(allowed.error());
  if (ask.attributes.is_resource)
    return is_review(ask.attributes) ? answer_review({ask, access, tokens, clock.wall()}) : resources.handle(ask);
  for (const Route& row : routes()) {
    if (!matches(row.pattern, ask.target.path)) continue;
    if (ask.http.method != "GET" && ask.http.method != "HEAD") return no_such_method();
    return (this->*row.answer)(ask);
  }
  return answer_page_not_found();
}

ApiAnswer ApiServer::Impl::root(const Ask&) {
  json::Array paths;
  for (const Route& row : routes()) {
    if (row.pattern.find('*') == std::string_view::npos && row.pattern != "/") paths.emplace_back(row.pattern);
  }
  for (const ServedGroup& group : groups) {
    paths.emplace_back((group.group.empty() ? "/api/" : "/apis/") + group.group_version());
  }
  return answer_json({}, json::Object{{"paths", std::move(paths)}});
}

ApiAnswer ApiServer::Impl::version(const Ask& ask) {
  const Result<Media> media = negotiate(ask.http.accept, Offer::kPlain);
  if (!media.ok()) return answer_error(media.error());
  ApiAnswer out = answer_json(*media, version_body());
  out.pretty = true;
  return out;
}

// "ping" is that we answer at all; "ready" is what the owner says.
ApiAnswer ApiServer::Impl::health(const Ask& ask) {
  const std::string& which = ask.target.path[0];
  const bool asks_ready = which == "readyz";
  const Status ready = asks_ready && options.ready ? options.ready() : Status();
  const std::string text = ready.ok() ? "" : ready.error().message();
  if (ask.target.path.size() > 1) {
    const std::string& check = ask.target.path[1];
    if (check == "ping") return answer_text(200, "ok");
    if (check != "ready" || !asks_ready) return answer_page_not_found();
    return ready.ok() ? answer_text(200, "ok") : answer_text(500, "not ready: " + text + "\n");
  }
  if (ready.ok() && !ask.target.is_set("verbose")) return answer_text(200, "ok");
  std::string lines = "[+]ping ok\n";
  if (asks_ready) lines += ready.ok() ? "[+]ready ok\n" : "[-]ready failed: " + text + "\n";
  return answer_text(ready.ok() ? 200 : 500, lines + which + " check " + (ready.ok() ? "passed" : "failed") + "\n");
}

ApiAnswer ApiServer::Impl::metrics(const Ask&) {
  if (!options.metrics) return answer_page_not_found();
  ApiAnswer out = answer_text(200, options.metrics());
  out.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return out;
}

ApiAnswer ApiServer::Impl::discovery(const Ask& ask, bool core, json::Value plain) {
  const Result<Media> media = negotiate(ask.http.accept, Offer::kDiscovery);
  if (!media.ok()) return answer_error(media.error());
  if (media->form != Form::kDiscovery) return answer_json(*media, std::move(plain));
  std::string text = json::to_text(aggregated_discovery(groups, core));
  const std::string hash = sha256_hex(text);
  ApiAnswer out = answer_document(ask.http, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                                  std::move(text), hash);
  out.headers.emplace_back("Vary", "Accept");
  out.headers.emplace_back("Cache-Control", "public");
  return out;
}

ApiAnswer ApiServer::Impl::core_group(const Ask& ask) { return discovery(ask, true, api_versions(ask.http.host)); }
ApiAnswer ApiServer::Impl::all_groups(const Ask& ask) { return discovery(ask, false, api_group_list(groups)); }

const ServedGroup* ApiServer::Impl::find_group(std::string_view group) const {
  const auto found = std::find_if(groups.begin(), groups.end(), [&](const ServedGroup& g) { return g.group == group; });
  return found == groups.end() ? nullptr : &*found;
}

ApiAnswer ApiServer::Impl::one_group(const Ask& ask) {
  const ServedGroup* group = find_group(ask.target.path[1]);
  if (group == nullptr || group->group.empty()) return answer_page_not_found();
  const Result<Media> media = negotiate(ask.http.accept, Offer::kPlain);
  return media.ok() ? answer_json(*media, api_group(*group)) : answer_error(media.error());
}

ApiAnswer ApiServer::Impl::group_version(const Ask& ask) {
  const std::vector<std::string>& path = ask.target.path;
  const bool is_core = path[0] == "api";
  const ServedGroup* group = find_group(is_core ? "" : path[1]);
  if (group == nullptr || group->version != path.back() || group->group.empty() != is_core) {
    return is_core ? answer_not_served() : answer_page_not_found();
  }
  const Result<Media> media = negotiate(ask.http.accept, Offer::kPlain);
  return media.ok() ? answer_json(*media, api_resource_list(*group)) : answer_error(media.error());
}

// Clients that want it as protobuf go on without it.
ApiAnswer ApiServer::Impl::openapi_v2(const Ask& ask) {
  const Result<Media> media = negotiate(ask.http.accept, Offer::kPlain);
  if (!media.ok() || media->is_yaml) return answer_nothing(406);
  return answer_document(ask.http, "application/json", openapi.swagger().text, openapi.swagger().hash);
}

ApiAnswer ApiServer::Impl::openapi_v3_index(const Ask& ask) {
  return answer_document(ask.http, "application/json", openapi.index().text, openapi.index().hash);
}

ApiAnswer ApiServer::Impl::openapi_v3(const Ask& ask) {
  const std::string path = ask.target.path_text().substr(std::string_view("/openapi/v3/").size());
  const OpenApi::Document* document = openapi.find(path);
  if (document == nullptr) return answer_nothing(404);
  const std::string_view hash = ask.target.get("hash");
  if (!hash.empty() && hash != document->hash) {
    ApiAnswer out = answer_nothing(301);
    out.headers.emplace_back("Location", "/openapi/v3/" + path + "?hash=" + document->hash);
    return out;
  }
  ApiAnswer out = answer_document(ask.http, "application/json", document->text, document->hash);
  // A name with its hash never means anything else.
  if (!hash.empty()) out.headers.emplace_back("Cache-Control", "public, immutable");
  return out;
}

ApiServer::ApiServer(Registry& registry, const Clock& clock, Options options)
    : impl_(std::make_unique<Impl>(registry, clock, std::move(options))) {}
ApiServer::~ApiServer() = default;
Access& ApiServer::access() { return impl_->access; }
const Tokens& ApiServer::tokens() const { return impl_->tokens; }

ApiAnswer ApiServer::handle(const ApiRequest& request) {
  Result<Target> target = parse_target(request.target);
  if (!target.ok()) return answer_text(400, "400 Bad Request: " + target.error().message() + "\n");
  Ask ask{.http = request, .target = target.take(), .attributes = {}};
  ask.attributes = attributes_of(request.method, ask.target);
  ApiAnswer answer = impl_->route(ask);
  const bool is_status = answer.body.text({"kind"}) == "Status";
  if (is_status && request.accept.find("application/yaml") != std::string::npos) {
    answer.content_type = "application/yaml";
  }
  // An error is a plain object; when Accept has no place for one, no form was agreed on and it is for a person.
  const bool is_unasked_form = answer.status >= 400 && is_status && !negotiate(request.accept, Offer::kPlain).ok();
  answer.pretty = answer.pretty || is_unasked_form || is_for_a_person(ask);
  const bool is_cacheable = std::any_of(answer.headers.begin(), answer.headers.end(),
                                        [](const auto& h) { return h.first == "Cache-Control"; });
  if (!is_cacheable) answer.headers.emplace_back("Cache-Control", "no-cache, private");
  return answer;
}

}  // namespace rig::apiserver
