// fleet/testing/provider_tiny_test.cc — a provider process as small as it can be, for the tests of the fleet.
//
// Serves a fake on --socket, after it has written its name and process id beside it. Ends at the end of file of
// descriptor 3. With --parent PROGRAM it serves nothing and is the parent of one such child.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "fleet/child.h"
#include "provider/fake/fake_provider.h"
#include "provider/wire/transport.h"

namespace {

using namespace rig;

std::string option(int argc, char** argv, const std::string& name) {
  for (int i = 1; i + 1 < argc; ++i)
    if (argv[i] == name) return argv[i + 1];
  return "";
}

void wait_for_end_of_parent() {
  pollfd lifeline = {fleet::kParentFd, POLLIN, 0};
  while (::poll(&lifeline, 1, -1) < 0) {}
}

int serve(const std::string& socket) {
  const SystemClock clock;
  provider::fake::FakeProvider fake(clock, {});
  provider::wire::ServerOptions options;
  options.address = "unix:" + socket;
  const char* name = std::getenv("PROVIDER_NAME");
  const Status told = write_file(socket + ".pid", std::to_string(::getpid()) + " " + (name == nullptr ? "" : name));
  const auto server = provider::wire::serve(fake, options);
  if (!server.ok() || !told.ok()) return 1;
  wait_for_end_of_parent();
  return 0;
}

int be_parent(const std::string& program, const std::string& socket) {
  const auto child = fleet::Child::start({program, {"--socket", socket}, {}, socket + ".log"});
  if (!child.ok()) return 1;
  for (;;) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (option(argc, argv, "--stubborn") == "yes") std::signal(SIGTERM, SIG_IGN);
  if (option(argc, argv, "--exit") == "7") return 7;
  if (option(argc, argv, "--stubborn") == "yes")
    for (;;) ::pause();
  const std::string socket = option(argc, argv, "--socket"), parent_of = option(argc, argv, "--parent");
  return parent_of.empty() ? serve(socket) : be_parent(parent_of, socket);
}
