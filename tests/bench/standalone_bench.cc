// tests/bench/standalone_bench.cc — how fast and how small the single process is, on a real libvirt.
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "base/uuid.h"
#include "bench/figures.h"
#include "e2e/host.h"
#include "e2e/process.h"
#include "e2e/standalone.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using Clock = std::chrono::steady_clock;

// From starting the program to its first answer on the unix socket.
void bench_start() {
  std::vector<double> ms;
  for (int i = 0; i < 10; ++i) {
    const Folder folder;
    kube::Access access;
    access.server = "http://localhost";
    access.unix_socket = folder.path() + "/r/api.sock";
    const auto transport = kube::connect(access);
    const auto started = Clock::now();
    const Process process(
        program("virtrigaud"),
        {"--data-dir", folder.path() + "/data", "--runtime-dir", folder.path() + "/r", "--listen", "127.0.0.1:0"},
        folder.path() + "/out");
    kube::Request request;
    request.path = "/apis/infra.virtrigaud.io/v1beta1/virtualmachines";
    while (!transport.ok() || !(*transport)->send(request, within(std::chrono::seconds(1))).ok())
      std::this_thread::yield();
    ms.push_back(ms_since(started));
  }
  report("start, empty, to the first list answered", ms);
}

// Times at which the machine's powerState was seen to change, through one watch.
class PowerWatch {
 public:
  explicit PowerWatch(kube::Transport& transport)
      : thread_([this, &transport](const std::stop_token& stop) {
          Call call = within(std::chrono::minutes(10));
          call.stop = stop;
          (void)transport.stream(
              kube::watch_request(v1::VirtualMachine::kResource, "default", {}, std::chrono::minutes(10)), call,
              [this](const json::Value& event) {  // a watch that ends early shows as a time-out below
                const std::lock_guard lock(mutex_);
                state_[std::string(event.text({"object", "metadata", "name"}))] =
                    event.text({"object", "status", "powerState"});
                changed_.notify_all();
                return true;
              });
        }) {}
  bool wait_for(const std::string& name, const std::string& state, Duration time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return state_[name] == state; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> state_;
  std::jthread thread_;
};

// A machine that boots nothing: what is measured is ours and libvirt's part.
json::Value blank_machine(const std::string& name) {
  return machine(name, "imageRef: {name: blank}\nuserData: null\n");
}

// Both until libvirt's start is over: a domain counts as active long before that.
void bench_create(Standalone& rig, Host& host) {
  PowerWatch watch(rig.transport());
  std::vector<double> ours, raw;
  for (int i = 0; i < 12; ++i) {
    const std::string name = "create-" + std::to_string(i);
    const auto started = Clock::now();
    if (!rig.create(blank_machine(name)).ok() || !watch.wait_for(name, "On", kSoon)) return;
    ours.push_back(ms_since(started));
    eventually(kSoon, [&] { return has(told(rig.vm(name), condition::kReady), "True"); });
    const std::string id = rig.vm(name).meta.annotation("virtrigaud.io/machine-id");

    // The same definition under another name, by libvirt alone, on the same disks.
    std::string xml = host.xml(id);
    host.destroy(id);
    (void)rig.patch<v1::VirtualMachine>(name, "spec: {powerState: \"Off\"}");  // or it would be started again
    eventually(kSoon, [&] { return !host.is_on(id) && has(told(rig.vm(name), condition::kReady), "True"); });
    const std::string other = random_uuid();
    for (std::size_t at = xml.find(id); at != std::string::npos; at = xml.find(id, at + 1))
      if (xml.substr(at - 6, 6) == "<uuid>") xml.replace(at, id.size(), other);
    const auto open = xml.find("<name>") + 6;
    xml.replace(open, xml.find("</name>") - open, "raw-" + name);
    const auto raw_started = Clock::now();
    host.define(xml);
    const auto domain = host.domain(other);
    if (domain && virDomainCreate(domain.get()) == 0) raw.push_back(ms_since(raw_started));
    host.destroy(other);
    host.undefine(other);
    (void)rig.remove<v1::VirtualMachine>(name);  // what is left is seen in the last line
    eventually(kSoon, [&] { return rig.is_gone<v1::VirtualMachine>(name); });
  }
  report("create of a VirtualMachine to powerState On", ours);
  report("  the same machine, raw define and start", raw);
}

void bench_events(Standalone& rig, Host& host) {
  const std::string name = "events";
  if (!rig.create(blank_machine(name)).ok()) return;
  eventually(kSoon, [&] { return has(told(rig.vm(name), condition::kReady), "True"); });
  const std::string id = rig.vm(name).meta.annotation("virtrigaud.io/machine-id");
  PowerWatch watch(rig.transport());
  std::vector<double> off, on;
  for (int i = 0; i < 50; ++i) {
    if (!watch.wait_for(name, "On", kSoon)) break;
    const auto pulled = Clock::now();
    host.destroy(id);
    const double destroyed = ms_since(pulled);
    if (!watch.wait_for(name, "Off", kSoon)) break;
    off.push_back(std::max(0.0, ms_since(pulled) - destroyed));
    if (!watch.wait_for(name, "On", kSoon)) break;
    on.push_back(ms_since(pulled));
  }
  report("machine destroyed behind our back to powerState Off", off);
  report("  to On again", on);
  (void)rig.remove<v1::VirtualMachine>(name);  // the process ends next
}

int run_all() {
  bench_start();
  Standalone rig;
  Host host;
  lay_foundation(rig);
  std::printf("%-58s %lld KiB\n", "resident, API server and manager, one Provider",
              static_cast<long long>(rss_kib(rig.pid())));
  bench_create(rig, host);
  bench_events(rig, host);
  std::printf("%-58s %lld KiB\n", "  after all of this", static_cast<long long>(rss_kib(rig.pid())));
  for (const pid_t provider : rig.providers())
    std::printf("%-58s %lld KiB\n", "resident, provider-libvirt", static_cast<long long>(rss_kib(provider)));
  return 0;
}

}  // namespace
}  // namespace rig::e2e

int main() { return rig::e2e::run_all(); }
