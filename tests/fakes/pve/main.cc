// fakes/pve/main.cc — the fake as a program, for ./dev run and for a look at it with curl.
//
//   pve_fake FOLDER [--port PORT] [--slow]    writes FOLDER/ca.pem, FOLDER/url and FOLDER/token (0600), says
//                                             "ready URL", and ends with its input
//
// There is a template (9000), every URL is an image, work takes its time, and guests answer.
#include <cstdio>
#include <span>

#include "base/file.h"
#include "base/text.h"
#include "fakes/pve/server.h"

namespace rig::fakes::pve {
namespace {

struct Options {
  std::string folder;
  FakeOptions fake;
};

std::optional<Options> parse(std::span<char*> arguments) {
  if (arguments.size() < 2) return std::nullopt;
  Options out{.folder = arguments[1], .fake = {}};
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--slow") {
      out.fake.is_slow = true;
    } else if (word == "--port" && i + 1 < arguments.size()) {
      const Result<std::int64_t> port = parse_int(arguments[++i]);
      if (!port.ok()) return std::nullopt;
      out.fake.port = static_cast<int>(*port);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

void furnish(Cluster& cluster) {
  cluster.has_every_url = true;
  cluster.timing.start = std::chrono::seconds(1);
  cluster.timing.stop = std::chrono::seconds(1);
  cluster.timing.copy_per_gib = std::chrono::seconds(2);
  cluster.guest.agent = Guest::Agent::kAnswers;
  cluster.guest.shutdown_takes = std::chrono::seconds(2);
  cluster.guest.host_name = "guest";
  cluster.guest.interfaces = json::Array{json::Object{
      {"name", "eth0"},
      {"hardware-address", "bc:24:11:00:00:01"},
      {"ip-addresses",
       json::Array{json::Object{{"ip-address", "192.0.2.10"}, {"ip-address-type", "ipv4"}, {"prefix", 24}}}}}};
  Vm model;
  model.id = 9000;
  model.node = cluster.nodes.front().name;
  model.config = {{"name", "template"},
                  {"template", "1"},
                  {"memory", "512"},
                  {"boot", "order=scsi0"},
                  {"smbios1", "uuid=" + cluster.new_uuid()},
                  {"scsi0", "shared:9000/base-9000-disk-0.qcow2,size=2G"}};
  Volume disk;
  disk.id = "shared:9000/base-9000-disk-0.qcow2";
  disk.owner = model.id;
  disk.format = "qcow2";
  disk.content = "images";
  disk.size_bytes = std::int64_t{2} << 30U;
  disk.created = cluster.now();
  cluster.storages.at("shared").add(model.node, std::move(disk));
  cluster.vms[model.id] = std::move(model);
}

Status run(const Options& options) {
  const SystemClock clock;
  const auto fake = TRY(Fake::start(clock, options.fake));
  fake->with([](Cluster& cluster) { furnish(cluster); });
  TRY(make_folder(options.folder, 0700));
  TRY(write_file(options.folder + "/ca.pem", fake->authority_pem()));
  TRY(write_file(options.folder + "/url", fake->url() + "\n"));
  TRY(write_file(options.folder + "/token", std::string(Fake::kToken) + "\n", 0600));
  std::printf("ready %s\n", fake->url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return {};
}

}  // namespace
}  // namespace rig::fakes::pve

int main(int argc, char** argv) {
  const auto options = rig::fakes::pve::parse({argv, static_cast<std::size_t>(argc)});
  if (!options) {
    std::fprintf(stderr, "usage: %s FOLDER [--port PORT] [--slow]\n", argv[0]);
    return 2;
  }
  const rig::Status ran = rig::fakes::pve::run(*options);
  if (!ran.ok()) std::fprintf(stderr, "%s\n", ran.error().to_string().c_str());
  return ran.ok() ? 0 : 1;
}
