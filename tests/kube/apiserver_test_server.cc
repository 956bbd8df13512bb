// tests/kube/apiserver_test_server.cc — an API server alone, for tests and measurements with foreign clients.
//
//   apiserver_test_server FOLDER [OPTION...]   writes FOLDER/kubeconfig, says "ready PORT", ends with its input
//     --forget      each second, what changed before the last one is forgotten
//     --stored      not in memory but in FOLDER/state.db, for the next one that runs there, too
//     --port PORT   else any
//
// FOLDER also gets client certificates, NAME.crt and NAME.key: admin, alice (of no rights), expired, foreign.
#include <cstdio>
#include <optional>
#include <span>
#include <thread>

#include "apiserver/access/user.h"
#include "apiserver/api_server.h"
#include "apiserver/janitor.h"
#include "apiserver/pki.h"
#include "apiserver/serve.h"
#include "base/file.h"
#include "base/text.h"

namespace rig {
namespace {

// Its authority is the one that the server finds in FOLDER/pki.
Status issue_clients(const std::string& folder, WallTime now) {
  constexpr std::chrono::hours kLife(1), kLongAgo(24 * 30);
  const http::KeyPair authority = TRY(apiserver::load_authority(folder + "/pki", now));
  const http::KeyPair foreign = TRY(http::make_authority("foreign-ca", now, kLife));
  const struct {
    std::string name, group;
    const http::KeyPair& authority;
    WallTime issued;
  } rows[] = {{"admin", std::string(apiserver::kMasters), authority, now},
              {"alice", "team-a", authority, now},
              {"expired", "team-a", authority, now - kLongAgo},
              {"foreign", std::string(apiserver::kMasters), foreign, now}};
  for (const auto& row : rows) {
    const http::Subject subject{.common_name = row.name, .organizations = {row.group}, .names = {}, .client = true};
    const http::KeyPair made = TRY(http::issue(row.authority, subject, row.issued, kLife));
    TRY(write_file(folder + "/" + row.name + ".crt", made.certificate_pem, 0600));
    TRY(write_file(folder + "/" + row.name + ".key", made.key_pem, 0600));
  }
  return {};
}

void forget_each_second(apiserver::Store& store, const std::stop_token& stop) {
  for (apiserver::Revision upto = store.revision(); !stop.stop_requested();) {
    const Time next = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < next)
      store.wait("", store.revision(), next, stop);
    if (!store.compact(upto).ok()) return;
    upto = store.revision();
  }
}

struct Options {
  std::string folder;
  bool forgets = false, is_stored = false;
  int port = 0;
};

std::optional<Options> parse(std::span<char*> arguments) {
  if (arguments.size() < 2) return std::nullopt;
  Options out{.folder = arguments[1]};
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--forget") {
      out.forgets = true;
    } else if (word == "--stored") {
      out.is_stored = true;
    } else if (word == "--port" && i + 1 < arguments.size()) {
      const Result<std::int64_t> port = parse_int(arguments[++i]);
      if (!port.ok()) return std::nullopt;
      out.port = static_cast<int>(*port);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

Status run(const Options& options) {
  const std::string& folder = options.folder;
  const SystemClock clock;
  TRY(issue_clients(folder, clock.wall()));
  const std::unique_ptr<apiserver::Store> store =
      options.is_stored ? TRY(apiserver::sqlite_store(folder + "/state.db")) : apiserver::memory_store();
  apiserver::Registry registry(*store, api::kinds(), clock);
  TRY(registry.bootstrap());
  apiserver::Janitor janitor(registry, clock);
  apiserver::ApiServer::Options signing;
  signing.token_key = TRY(apiserver::load_token_key(folder + "/pki"));
  apiserver::ApiServer server(registry, clock, signing);
  const auto serving = TRY(apiserver::serve(server,
                                            {.port = options.port,
                                             .unix_socket = folder + "/s",
                                             .pki_dir = folder + "/pki",
                                             .kubeconfig = folder + "/kubeconfig"},
                                            clock));
  std::jthread forgetting;
  if (options.forgets)
    forgetting = std::jthread([&](const std::stop_token& stop) { forget_each_second(*store, stop); });
  std::printf("ready %d\n", serving->port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return {};
}

}  // namespace
}  // namespace rig

int main(int argc, char** argv) {
  const auto options = rig::parse({argv, static_cast<std::size_t>(argc)});
  if (!options) {
    std::fprintf(stderr, "usage: %s FOLDER [--forget] [--stored] [--port PORT]\n", argv[0]);
    return 2;
  }
  const rig::Status ran = rig::run(*options);
  if (!ran.ok()) std::fprintf(stderr, "%s\n", ran.error().to_string().c_str());
  return ran.ok() ? 0 : 1;
}
