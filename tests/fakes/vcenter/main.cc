// fakes/vcenter/main.cc — the fake as a program, for ./dev run and for a look at it with curl or govc.
//
//   vcenter_fake FOLDER [--port PORT] [--machines N]   writes FOLDER/ca.pem, FOLDER/url, FOLDER/username and
//                                                      FOLDER/password (0600), says "ready URL", and ends with its
//                                                      input
//
// Its inventory is that of inventory.h; --machines adds as many. Work takes its time, and guests answer.
#include <cstdio>
#include <span>

#include "base/file.h"
#include "base/text.h"
#include "fakes/vcenter/server.h"

namespace rig::fakes::vcenter {
namespace {

struct Options {
  std::string folder;
  FakeOptions fake;
  std::int64_t machines = 0;
};

std::optional<Options> parse_arguments(std::span<char*> arguments) {
  if (arguments.size() < 2) return std::nullopt;
  Options out{.folder = arguments[1], .fake = {}};
  for (std::size_t i = 2; i + 1 < arguments.size(); i += 2) {
    const std::string_view word = arguments[i];
    const auto number = parse_int(arguments[i + 1]);
    if (!number.ok() || (word != "--port" && word != "--machines")) return std::nullopt;
    if (word == "--port") out.fake.port = static_cast<int>(*number);
    if (word == "--machines") out.machines = *number;
  }
  return arguments.size() % 2 == 0 ? std::optional(out) : std::nullopt;
}

void make_busy(Center& center, std::int64_t machines) {
  using std::chrono::seconds;
  center.timing.clone = seconds(5);
  center.timing.reconfigure = center.timing.power = center.timing.destroy = seconds(1);
  center.timing.shutdown = seconds(3);
  for (std::int64_t i = 0; i < machines; ++i) {
    MachineSeed seed;
    seed.name = "machine-" + std::to_string(i);
    seed.is_on = true;
    center.add_machine(seed);
  }
}

Status run(const Options& options) {
  const SystemClock clock;
  const auto fake = TRY(Fake::start(clock, options.fake));
  fake->with([&](Center& center) { make_busy(center, options.machines); });
  TRY(make_folder(options.folder, 0700));
  TRY(write_file(options.folder + "/ca.pem", fake->authority_pem()));
  TRY(write_file(options.folder + "/url", fake->url() + "\n"));
  TRY(write_file(options.folder + "/username", options.fake.user));
  TRY(write_file(options.folder + "/password", options.fake.password, 0600));
  std::printf("ready %s\n", fake->url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return {};
}

}  // namespace
}  // namespace rig::fakes::vcenter

int main(int argc, char** argv) {
  const auto options = rig::fakes::vcenter::parse_arguments({argv, static_cast<std::size_t>(argc)});
  if (!options) {
    std::fprintf(stderr, "usage: %s FOLDER [--port PORT] [--machines N]\n", argv[0]);
    return 2;
  }
  const rig::Status ran = rig::fakes::vcenter::run(*options);
  if (!ran.ok()) std::fprintf(stderr, "%s\n", ran.error().to_string().c_str());
  return ran.ok() ? 0 : 1;
}
