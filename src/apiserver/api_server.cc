// apiserver/api_server.cc — see api_server.h. The table of routes; what each does is in routes/, by noun.
#include "apiserver/api_server.h"

#include <sys/utsname.h>
#include <array>
#include <set>

#include "apiserver/failure.h"
#include "apiserver/routes/discovery.h"
#include "apiserver/routes/documents.h"
#include "apiserver/routes/resources.h"
#include "apiserver/routes/reviews.h"
#include "base/digest.h"

namespace rig::apiserver {
namespace {

json::Value version_body() {
  utsname machine{};
  ::uname(&machine);
  const std::string_view architecture = machine.machine;
  const std::string go_name = architecture == "x86_64"    ? "amd64"
                              : architecture == "aarch64" ? "arm64"
                                                          : std::string(architecture);
  return json::Object{{"major", kKubernetesMajor},
                      {"minor", kKubernetesMinor},
                      {"emulationMajor", kKubernetesMajor},
                      {"emulationMinor", kKubernetesMinor},
                      {"minCompatibilityMajor", kKubernetesMajor},
                      {"minCompatibilityMinor", kKubernetesMinor},
                      {"gitVersion", "v" + std::string(kKubernetesMajor) + "." + std::string(kKubernetesMinor) +
                                         ".0+virtrigaud-" RIG_VERSION},
                      {"gitCommit", "unknown"},
                      {"gitTreeState", "archive"},
                      {"buildDate", "1970-01-01T00:00:00Z"},
                      {"goVersion", "none"},
                      {"compiler", "g++"},
                      {"platform", "linux/" + go_name}};
}

ApiAnswer no_such_method() {
  return answer_error(status_error(405, "MethodNotAllowed",
                                   "the server does not allow this method on the requested resource", json::Object()));
}

ApiAnswer answer_ok() {  // of one check: without the header of answer_text()
  ApiAnswer out = answer_text(200, "ok");
  out.headers.clear();
  return out;
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
  Documents documents;

  Impl(Registry& r, const Clock& c, Options o)
      : registry(r),
        clock(c),
        options(std::move(o)),
        groups(served_groups(r.kinds(), options.open_console != nullptr)),
        access(r),
        tokens(r, c, options.token_key ? *options.token_key : SigningKey::make()),
        resources(r, access, tokens, c, options),
        documents(groups, c.wall()) {}

  // ---- what is not a resource: one row each; '*' takes a segment, "**" the rest ----
  struct Route {
    std::string_view pattern;
    ApiAnswer (Impl::*answer)(const Ask&);
  };
  static std::span<const Route> routes();

  ApiAnswer root(const Ask& ask);
  ApiAnswer version(const Ask& ask);
  struct Check {
    std::string_view name;
    Status status;
  };
  std::vector<Check> checks(bool asks_ready) const;
  ApiAnswer health(const Ask& ask);
  ApiAnswer metrics(const Ask& ask);
  ApiAnswer core_group(const Ask& ask);
  ApiAnswer all_groups(const Ask& ask);
  ApiAnswer one_group(const Ask& ask);
  ApiAnswer group_version(const Ask& ask);
  ApiAnswer openapi_v2(const Ask& ask) { return documents.swagger(ask); }
  ApiAnswer openapi_v3_index(const Ask& ask) { return documents.index(ask); }
  ApiAnswer openapi_v3(const Ask& ask) { return documents.group(ask); }

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
  std::set<std::string> paths = {"/apis/"};
  for (const Route& row : routes()) {
    if (row.pattern.find('*') == std::string_view::npos && row.pattern != "/") paths.emplace(row.pattern);
  }
  for (const ServedGroup& group : groups) {
    if (!group.group.empty()) paths.insert("/apis/" + std::string(group.group));
    paths.insert((group.group.empty() ? "/api/" : "/apis/") + group.group_version());
  }
  ApiAnswer out = answer_json({}, json::Object{{"paths", json::Array(paths.begin(), paths.end())}});
  out.pretty = true;
  return out;
}

ApiAnswer ApiServer::Impl::version(const Ask& ask) {
  if (ask.http.method == "HEAD") return no_such_method();  // as the real one, alone among these
  const Result<Media> media = negotiate(ask.http.accept, Offer::kPlain);
  if (!media.ok()) return answer_error(media.error());
  ApiAnswer out = answer_json(*media, version_body());
  out.pretty = true;
  return out;
}

// "ping" is that we answer at all; "etcd" that the log can be read, under the name by which probes ask for it; "ready"
// is what the owner says.
std::vector<ApiServer::Impl::Check> ApiServer::Impl::checks(bool asks_ready) const {
  const Result<Record> read = registry.store().get("/");
  const bool can_read = read.ok() || read.error().is(Code::kNotFound);
  std::vector<Check> out = {{"ping", {}}, {"etcd", can_read ? Status() : Status(read.error())}};
  if (asks_ready) out.push_back({"ready", options.ready ? options.ready() : Status()});
  return out;
}

ApiAnswer ApiServer::Impl::health(const Ask& ask) {
  const std::vector<std::string>& path = ask.target.path;
  bool passes = true;
  std::string lines;
  for (const Check& check : checks(path[0] == "readyz")) {
    const std::string why = check.status.ok() ? "" : check.status.error().message();
    if (path.size() > 1 && check.name == path[1])
      return why.empty() ? answer_ok() : answer_text(500, "not " + path[1] + ": " + why + "\n");
    const auto& query = ask.target.query;
    const std::pair<std::string, std::string> exclusion("exclude", check.name);
    const bool is_excluded = std::find(query.begin(), query.end(), exclusion) != query.end();
    passes = passes && (why.empty() || is_excluded);
    lines += (why.empty() || is_excluded ? "[+]" : "[-]") + std::string(check.name);
    lines += is_excluded ? " excluded: ok\n" : why.empty() ? " ok\n" : " failed: " + why + "\n";
  }
  if (path.size() > 1) return answer_page_not_found();
  if (passes && !ask.target.is_set("verbose")) return answer_text(200, "ok");
  return answer_text(passes ? 200 : 500, lines + path[0] + " check " + (passes ? "passed" : "failed") + "\n");
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
