// tests/kube/apiserver_test_server.cc — an API server in memory, for tests that drive it with foreign clients.
//
//   apiserver_test_server FOLDER      writes FOLDER/kubeconfig, says "ready PORT", ends when its standard input does
#include <cstdio>

#include "apiserver/api_server.h"
#include "apiserver/janitor.h"
#include "apiserver/serve.h"

namespace rig {
namespace {

int run(const std::string& folder) {
  const SystemClock clock;
  const auto store = apiserver::memory_store();
  apiserver::Registry registry(*store, api::kinds(), clock);
  if (const auto made = registry.bootstrap(); !made.ok()) {
    std::fprintf(stderr, "%s\n", made.error().to_string().c_str());
    return 1;
  }
  apiserver::Janitor janitor(registry, clock);
  apiserver::ApiServer server(registry, clock, {});
  const auto serving = apiserver::serve(
      server,
      {.port = 0, .unix_socket = folder + "/s", .pki_dir = folder + "/pki", .kubeconfig = folder + "/kubeconfig"},
      clock);
  if (!serving.ok()) {
    std::fprintf(stderr, "%s\n", serving.error().to_string().c_str());
    return 1;
  }
  std::printf("ready %d\n", (*serving)->port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return 0;
}

}  // namespace
}  // namespace rig

int main(int argc, char** argv) {
  if (argc == 2) return rig::run(argv[1]);
  std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
  return 2;
}
