#include "fakes/pve/api.h"

#include "base/check.h"
#include "base/text.h"

namespace rig::fakes::pve {
namespace {

constexpr std::size_t kBodyBytesMax = 512U << 10;  // pve-http-server: but for uploads

Outcome not_implemented(const Message& message, const std::string& path) {
  const std::string text = "Method '" + message.method + " " + path + "' not implemented";
  Outcome out = bare(501, text);
  out.body = json::to_text(json::Object{{"data", json::Value()}, {"message", text}});
  return out;
}

bool is_for_everyone(const Method& method) { return method.description.text({"permissions", "user"}) == "world"; }

Result<Answer> add_token(Access& access, Cluster& cluster, const Asked& asked) {
  const std::string name = asked.text("userid") + "!" + asked.text("tokenid");
  if (asked.text("userid") != "root@pam") return die("no such user ('" + asked.text("userid") + "')");
  if (access.tokens.contains(name)) return bad_parameters({{"tokenid", "Token already exists."}});
  access.tokens[name] = cluster.new_uuid();
  json::Object info{{"privsep", asked.has("privsep") ? asked.text("privsep") : "1"}};
  if (asked.has("comment")) info["comment"] = asked.text("comment");
  return Answer(json::Object{{"full-tokenid", name}, {"value", access.tokens.at(name)}, {"info", std::move(info)}});
}

}  // namespace

Api::Api(Cluster& cluster, Schema schema) : cluster_(cluster), schema_(std::move(schema)) {
  for (const auto& rows :
       {cluster_calls(), storage_calls(), task_calls(), config_calls(), power_calls(), status_calls(), create_calls(),
        clone_calls(), disk_calls(), snapshot_calls(), agent_calls()}) {
    for (const Row& row : rows) {
      CHECK(schema_.has(row.key));
      acts_.emplace(row.key, row.act);
    }
  }
}

Result<Answer> Api::act(const Route& route, Asked& asked) {
  const std::string& key = route.method->key;
  Texts errors = Schema::check(*route.method, asked.parameters);
  if (!errors.empty()) return bad_parameters(std::move(errors));
  if (key == "GET /access/ticket") return Answer(json::Value());
  if (key == "POST /access/ticket") return access.log_in(asked, cluster_.now());
  if (key == "GET /access/permissions") return Answer(all_permissions());
  if (key == "POST /access/users/{userid}/token/{tokenid}") return add_token(access, cluster_, asked);
  const auto row = acts_.find(key);
  CHECK(row != acts_.end());
  return row->second(cluster_, asked);
}

Outcome Api::answer(const Message& message) {
  cluster_.settle();
  const std::optional<std::string> path = path_of(message.target);
  if (!path) return bare(404, "no such file '" + message.target.substr(0, message.target.find('?')) + "'");
  const std::optional<Route> route = schema_.find(message.method, *path);
  Asked asked;
  Outcome refusal;
  if (!route || !is_for_everyone(*route->method)) {
    const std::optional<Caller> caller = access.identify(message, cluster_.now(), refusal);
    if (!caller) return refusal;
    asked.caller = *caller;
  }
  if (!route) return not_implemented(message, *path);
  const bool is_upload = route->method->key.ends_with("/upload");
  if (is_upload && !message.content_type.starts_with("multipart/form-data")) return bare(0, "");
  if (!is_upload && message.body.size() > kBodyBytesMax) return bare(501, "for data too large");
  asked.method = route->method;
  asked.parameters = route->parameters;
  const Status read = read_parameters(message, asked.parameters, asked.upload);
  if (!read.ok()) return bare(400, read.error().message());
  const Status permitted = Access::check_rights(*route->method, asked, cluster_.denied);
  if (!permitted.ok()) return failure(permitted.error());
  if (asked.has("node") && cluster_.node(asked.node()) == nullptr && route->method->is_of_node)
    return failure(die("hostname lookup '" + asked.node() + "' failed - failed to get address info for: " +
                       asked.node() + ": Temporary failure in name resolution"));
  const Node* node = asked.has("node") ? cluster_.node(asked.node()) : &cluster_.nodes.front();
  if (node != nullptr && !node->is_online) return bare(595, "No route to host");
  if (node != nullptr && !node->daemon_runs && route->method->is_protected) return bare(595, "Connection refused");
  const Result<Answer> done = act(*route, asked);
  if (!done.ok()) return failure(done.error());
  Outcome out;
  out.body = success(*done);
  return out;
}

}  // namespace rig::fakes::pve
