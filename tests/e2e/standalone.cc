#include "e2e/standalone.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "base/check.h"
#include "base/file.h"
#include "e2e/host.h"

namespace rig::e2e {

using namespace std::chrono_literals;

std::string program(std::string_view name) { return std::string(RIG_PROGRAMS_DIR "/") + std::string(name); }

namespace {
std::optional<Cluster> in_use;
}  // namespace

Cluster lab_cluster() {
  const std::string& folder = environment().kube_folder;
  return {.person = folder + "/kubeconfig", .manager = folder + "/manager.kubeconfig"};
}
void use_cluster(const Cluster& cluster) { in_use = cluster; }
const std::optional<Cluster>& cluster_in_use() { return in_use; }

void Standalone::start() {
  std::vector<std::string> arguments = {"--data-dir",          data(),        "--runtime-dir",
                                        folder_.path() + "/r", "--log-level", log_level_};
  if (cluster_) {
    arguments.insert(arguments.end(), {"--kubeconfig", cluster_->manager});
  } else {
    std::filesystem::remove(kubeconfig());  // the port is another one each time
    arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  }
  process_.emplace(program("virtrigaud"), arguments, folder_.path() + "/log");
  const bool serves = eventually(30s, [&] { return connect(kubeconfig()).ok(); });
  if (!serves) ADD_FAILURE() << "virtrigaud does not serve:\n" << log();
  CHECK(serves);
}

void Standalone::kill() {
  process_->signal(SIGKILL);
  CHECK(process_->wait(10s).has_value());
}

int Standalone::stop() {
  process_->signal(SIGTERM);
  return process_->wait(20s).value_or(-1);
}

std::string Standalone::log() const {
  std::string text;
  const auto add = [&](const std::string& path) {
    const auto part = read_file(path, std::size_t{64} << 20);
    if (part.ok()) text += "---- " + path + "\n" + *part;
  };
  add(folder_.path() + "/log");
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(data() + "/log", none)) add(entry.path().string());
  return text;
}

}  // namespace rig::e2e
