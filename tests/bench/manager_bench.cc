// tests/bench/manager_bench.cc — how many machines the manager brings about, how fast and at what cost, on the mock
// provider with the reference's task times (create 2 s, power 1 s, delete 1 s).
//
//   manager_bench [--kubeconfig FILE] [SIZE...]     FILE: a cluster's API server instead of virtrigaud's own
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "api/reasons.h"
#include "base/text.h"
#include "base/yaml/yaml.h"
#include "bench/figures.h"
#include "e2e/standalone.h"
#include "http/client.h"

namespace rig::e2e {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kFoundation[] = {
    "{apiVersion: v1, kind: Secret, metadata: {name: mock}, stringData: {username: nobody}}",
    "{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMClass, metadata: {name: small}, "
    "spec: {cpu: 2, memory: 4Gi, diskDefaults: {size: 1Gi}}}",
    "{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMImage, metadata: {name: image}, "
    "spec: {source: {libvirt: {path: /images/image.qcow2}}}}",
    "{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMNetworkAttachment, metadata: {name: default}, "
    "spec: {network: {libvirt: {networkName: default}}}}",
};

json::Value provider(const std::string& name) {
  return yaml::parse("{apiVersion: infra.virtrigaud.io/v1beta1, kind: Provider, metadata: {name: " + name +
                     "}, spec: {type: mock, endpoint: 'mock:///', credentialSecretRef: {name: mock}, runtime: {image: "
                     "mock, service: {tls: {enabled: false}}}}}")
      .take();
}

json::Value virtual_machine(const std::string& name, const std::string& provider) {
  return yaml::parse("{apiVersion: infra.virtrigaud.io/v1beta1, kind: VirtualMachine, metadata: {name: " + name +
                     "}, spec: {providerRef: {name: " + provider +
                     "}, classRef: {name: small}, imageRef: {name: image}, networks: [{name: eth0, networkRef: {name: "
                     "default}}], userData: {cloudInit: {inline: \"#cloud-config\\nhostname: bench\\n\"}}, "
                     "powerState: \"On\"}}")
      .take();
}

// What one watch tells of the machines in namespace `default`, and when.
class Machines {
 public:
  explicit Machines(kube::Transport& transport)
      : thread_([this, &transport](const std::stop_token& stop) {
          Call call = within(1h);
          call.stop = stop;
          while (!stop.stop_requested()) {  // a watch ends now and then; the next one tells all of them again
            (void)transport.stream(kube::watch_request(v1::VirtualMachine::kResource, "default", {}, 1h), call,
                                   [this](const json::Value& event) {
                                     note(event);
                                     return true;
                                   });
          }
        }) {}

  std::size_t ready() const {
    const std::lock_guard lock(mutex_);
    return ready_;
  }
  bool wait_for_ready(std::size_t count, Duration time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return ready_ >= count; });
  }
  bool wait_for_power(const std::string& name, std::string_view state, Duration time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return known_[name].power == state; });
  }

 private:
  struct Known {
    bool ready = false;
    std::string power;
  };
  static bool is_ready(const json::Value& object) {
    const std::string_view wanted = object.text({"spec", "powerState"});
    const auto* conditions = object.at({"status", "conditions"});
    if (object.text({"status", "powerState"}) != wanted || conditions == nullptr) return false;
    const auto& list = *conditions->as<json::Array>();
    return std::any_of(list.begin(), list.end(), [](const json::Value& c) {
      return c.text({"type"}) == api::condition::kReady && c.text({"status"}) == "True";
    });
  }
  void note(const json::Value& event) {
    const json::Value* object = event.find("object");
    if (object == nullptr) return;
    const bool ready = event.text({"type"}) != "DELETED" && is_ready(*object);
    const std::lock_guard lock(mutex_);
    Known& known = known_[std::string(object->text({"metadata", "name"}))];
    ready_ += static_cast<std::size_t>(ready) - static_cast<std::size_t>(known.ready);
    known = {ready, std::string(object->text({"status", "powerState"}))};
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Known> known_;  // guarded by mutex_
  std::size_t ready_ = 0;               // guarded by mutex_
  std::jthread thread_;
};

// ---- what it costs ----

struct Cost {
  double cpu_seconds = 0;
  double calls = 0;   // of the provider
  double writes = 0;  // to the API server: versions that were given out
};

double cpu_seconds(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  double user = 0, system = 0;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double provider_calls(const Standalone& rig) {
  http::ClientOptions options;
  options.base_url = "http://localhost";
  options.unix_socket = rig.socket();
  http::Request request;
  request.target = "/metrics";
  const auto client = http::Client::make(options);
  const auto reply = (*client)->send(request, within(10s));
  double sum = 0;
  if (!reply.ok()) return sum;
  std::istringstream lines(reply->body);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("virtrigaud_provider_rpc_requests_total")) sum += std::stod(line.substr(line.rfind(' ')));
  return sum;
}

double newest_version(Standalone& rig) {
  const auto list = kube::Api<v1::VirtualMachine>(rig.transport()).list("none", within(10s));
  return list.ok() ? std::stod(list->resource_version) : 0;
}

Cost cost(Standalone& rig) {
  return {.cpu_seconds = cpu_seconds(rig.pid()), .calls = provider_calls(rig), .writes = newest_version(rig)};
}

// ---- the measurements ----

std::string name_of(const std::string& prefix, std::size_t i) { return prefix + "-" + std::to_string(i); }

// From eight clients side by side.
void create(Standalone& rig, const std::string& prefix, std::size_t count) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> clients;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&] {
      for (std::size_t n = next++; n < count; n = next++) {
        const Status made = rig.create(virtual_machine(name_of(prefix, n), "mock"));
        if (!made.ok()) std::fprintf(stderr, "%s\n", made.error().to_string().c_str());
      }
    });
}

void lay_mock_foundation(Standalone& rig) {
  for (const std::string_view text : kFoundation) (void)rig.create(yaml::parse(text).take());
  (void)rig.create(provider("mock"));
}

void report_memory(Standalone& rig, std::size_t count) {
  const std::string what = "resident with " + std::to_string(count) + ", ";
  std::printf("%-58s %lld MiB\n", (what + "virtrigaud").c_str(), static_cast<long long>(rss_kib(rig.pid()) / 1024));
  for (const pid_t pid : rig.providers())
    std::printf("%-58s %lld MiB\n", (what + "a provider-mock").c_str(), static_cast<long long>(rss_kib(pid) / 1024));
}

void bench_convergence(Standalone& rig, Machines& machines, std::size_t count) {
  const Cost before = cost(rig);
  const auto started = Clock::now();
  std::jthread creating([&] { create(rig, "m", count); });
  const bool done = machines.wait_for_ready(count, 15min);
  const double seconds = ms_since(started) / 1000;
  creating.join();
  const Cost after = cost(rig);
  std::printf("%-58s %s%.1f s  (per machine: %.1f writes, %.1f calls, %.1f ms of CPU)\n",
              (std::to_string(count) + " machines, from create to Ready").c_str(),
              done ? "" : ("only " + std::to_string(machines.ready()) + " after ").c_str(), seconds,
              (after.writes - before.writes) / static_cast<double>(count),
              (after.calls - before.calls) / static_cast<double>(count),
              (after.cpu_seconds - before.cpu_seconds) * 1000 / static_cast<double>(count));
  report_memory(rig, count);
}

void bench_idle(Standalone& rig, std::size_t count) {
  constexpr int kSeconds = 60;
  pass(5s);  // the last events of what came before
  const Cost before = cost(rig);
  pass(std::chrono::seconds(kSeconds));
  const Cost after = cost(rig);
  std::printf("%-58s %.2f writes/s, %.2f calls/s, %.2f %% of a core\n", ("idle with " + std::to_string(count)).c_str(),
              (after.writes - before.writes) / kSeconds, (after.calls - before.calls) / kSeconds,
              (after.cpu_seconds - before.cpu_seconds) * 100 / kSeconds);
}

// One machine after the other is turned off; the second task takes the mock another second.
std::vector<double> switch_off(Standalone& rig, Machines& machines, const std::vector<std::string>& names) {
  std::vector<double> ms;
  for (const std::string& name : names) {
    const auto asked = Clock::now();
    if (!rig.patch<v1::VirtualMachine>(name, "spec: {powerState: \"Off\"}").ok()) continue;
    if (machines.wait_for_power(name, "Off", 2min)) ms.push_back(ms_since(asked));
  }
  return ms;
}

// By so many users that all of it happens during the creation.
void bench_change(Standalone& rig, Machines& machines, std::size_t count) {
  constexpr std::size_t kUsers = 20, kEach = 8;
  std::jthread creating([&] { create(rig, "more", count); });
  std::vector<double> all;
  std::mutex mutex;
  {
    std::vector<std::jthread> users;
    for (std::size_t user = 0; user < kUsers; ++user)
      users.emplace_back([&, user] {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < kEach; ++i) names.push_back(name_of("m", user * kEach + i));
        const std::vector<double> ms = switch_off(rig, machines, names);
        const std::lock_guard lock(mutex);
        all.insert(all.end(), ms.begin(), ms.end());
      });
  }
  std::printf("%-58s %zu of %zu\n", "  are made when the last is changed", std::max(machines.ready(), count) - count,
              count);
  report("spec.powerState to status, " + std::to_string(count) + " being created beside", all);
}

// `dying`: the provider process of "mock".
void bench_dead_provider(Standalone& rig, Machines& machines, pid_t dying) {
  (void)rig.create(provider("other"));
  for (int i = 0; i < 10; ++i) (void)rig.create(virtual_machine(name_of("o", i), "other"));
  std::vector<std::string> first, second;
  for (std::size_t i = 0; i < 5; ++i) {
    machines.wait_for_power(name_of("o", i), "On", 1min);
    machines.wait_for_power(name_of("o", i + 5), "On", 1min);
    first.push_back(name_of("o", i));
    second.push_back(name_of("o", i + 5));
  }
  report("spec.powerState to status, both providers alive", switch_off(rig, machines, first));
  ::kill(dying, SIGSTOP);
  for (std::size_t i = 200; i < 300; ++i)
    (void)rig.patch<v1::VirtualMachine>(name_of("m", i), "spec: {powerState: \"Off\"}");
  report("  the other one hangs, 100 changes wait for it", switch_off(rig, machines, second));
  ::kill(dying, SIGCONT);
}

void run_size(const std::optional<Cluster>& cluster, std::size_t count) {
  Standalone rig(cluster, "warn");
  lay_mock_foundation(rig);
  Machines machines(rig.transport());
  bench_convergence(rig, machines, count);
  bench_idle(rig, count);
  if (count != 1000) return;
  bench_change(rig, machines, count);
  bench_dead_provider(rig, machines, rig.providers().at(0));
}

}  // namespace
}  // namespace rig::e2e

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::optional<rig::e2e::Cluster> cluster;
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--kubeconfig" && i + 1 < argc) {
      ++i;
      cluster = rig::e2e::Cluster{.person = argv[i], .manager = argv[i]};
    } else {
      sizes.push_back(std::stoul(argv[i]));
    }
  }
  if (sizes.empty()) sizes = {100, 1000, 10000};
  for (const std::size_t size : sizes) rig::e2e::run_size(cluster, size);
}
