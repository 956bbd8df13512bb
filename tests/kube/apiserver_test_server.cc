// tests/kube/apiserver_test_server.cc — an API server alone, for tests and measurements with foreign clients.
//
//   apiserver_test_server FOLDER [--forget|--stored]   writes FOLDER/kubeconfig, says "ready PORT", ends when its
//                                                      standard input does. In memory; --forget: each second, what
//                                                      changed before the last one is forgotten; --stored: in
//                                                      FOLDER/state.db
//
// FOLDER also gets client certificates, NAME.crt and NAME.key: admin, alice (of no rights), expired, foreign.
#include <cstdio>
#include <thread>

#include "apiserver/access/user.h"
#include "apiserver/api_server.h"
#include "apiserver/janitor.h"
#include "apiserver/pki.h"
#include "apiserver/serve.h"
#include "base/file.h"

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
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < next) store.wait(store.revision(), next, stop);
    if (!store.compact(upto).ok()) return;
    upto = store.revision();
  }
}

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  return 1;
}

enum class Log : std::uint8_t { kMemory, kForgets, kStored };

int run(const std::string& folder, Log log) {
  const SystemClock clock;
  if (const Status issued = issue_clients(folder, clock.wall()); !issued.ok()) return fail(issued.error());
  auto opened = log == Log::kStored ? apiserver::sqlite_store(folder + "/state.db")
                                    : Result<std::unique_ptr<apiserver::Store>>(apiserver::memory_store());
  if (!opened.ok()) return fail(opened.error());
  const auto store = opened.take();
  apiserver::Registry registry(*store, api::kinds(), clock);
  if (const auto made = registry.bootstrap(); !made.ok()) return fail(made.error());
  apiserver::Janitor janitor(registry, clock);
  const auto token_key = apiserver::load_token_key(folder + "/pki");
  if (!token_key.ok()) {
    std::fprintf(stderr, "%s\n", token_key.error().to_string().c_str());
    return 1;
  }
  apiserver::ApiServer::Options options;
  options.token_key = *token_key;
  apiserver::ApiServer server(registry, clock, options);
  const auto serving = apiserver::serve(
      server,
      {.port = 0, .unix_socket = folder + "/s", .pki_dir = folder + "/pki", .kubeconfig = folder + "/kubeconfig"},
      clock);
  if (!serving.ok()) return fail(serving.error());
  std::jthread forgetting;
  if (log == Log::kForgets)
    forgetting = std::jthread([&](const std::stop_token& stop) { forget_each_second(*store, stop); });
  std::printf("ready %d\n", (*serving)->port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return 0;
}

}  // namespace
}  // namespace rig

int main(int argc, char** argv) {
  if (argc == 2) return rig::run(argv[1], rig::Log::kMemory);
  if (argc == 3 && std::string_view(argv[2]) == "--forget") return rig::run(argv[1], rig::Log::kForgets);
  if (argc == 3 && std::string_view(argv[2]) == "--stored") return rig::run(argv[1], rig::Log::kStored);
  std::fprintf(stderr, "usage: %s FOLDER [--forget|--stored]\n", argv[0]);
  return 2;
}
