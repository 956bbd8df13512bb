// tests/bench/provider_bench.cc — what a provider costs its hypervisor, its users and this machine: the built program
// in front of a fake that counts. Another hypervisor's is one more Lab.
//
//   provider_bench [MACHINES [TYPE]]        1,000; of "proxmox" and "vsphere" one, or both
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/folder_test.h"
#include "base/uuid.h"
#include "bench/figures.h"
#include "bench/lab.h"
#include "e2e/standalone.h"
#include "fleet/child.h"
#include "provider/wire/transport.h"

namespace rig::e2e {
namespace {

using namespace std::chrono_literals;
using provider::Machine;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;
using Clock = std::chrono::steady_clock;

constexpr char kCluster[] = "bench";
constexpr Duration kPatience = 2min;
constexpr int kSamples = 50;

Call call(Duration time = kPatience) { return {Clock::now() + time, {}, "bench"}; }

// The built program, served on a socket, and a connection to it.
class Served {
 public:
  explicit Served(Lab& lab) {
    const std::string socket = folder_ / "s", secrets = folder_ / "credentials";
    (void)make_folder(secrets, 0700);
    for (const auto& [name, text] : lab.credentials()) (void)write_file(secrets + "/" + name, text);
    fleet::Program with{.path = program("provider-" + lab.type()),
                        .arguments = {"--socket", socket, "--credentials-dir", secrets},
                        .environment = lab.environment(),
                        .log_file = folder_ / "log"};
    with.environment["LOG_LEVEL"] = "warn";
    with.environment["PROVIDER_TYPE"] = lab.type();
    child_ = fleet::Child::start(with).take();
    provider_ = provider::wire::connect("unix:" + socket, {}).take();
  }
  ~Served() {
    provider_.reset();
    child_.reset();
  }
  provider::Provider& operator*() { return *provider_; }
  provider::Provider* operator->() { return provider_.get(); }
  pid_t pid() const { return child_->pid(); }

 private:
  const TestFolder folder_;
  std::unique_ptr<fleet::Child> child_;
  std::unique_ptr<provider::Provider> provider_;
};

// What a watch tells, and when.
class Watch {
 public:
  explicit Watch(provider::Provider& provider)
      : thread_([this, &provider](const std::stop_token& stop) {
          const Status ended = provider.watch(kCluster, "",
                                              [this](const provider::Event& event) {
                                                const std::lock_guard lock(mutex_);
                                                if (const auto* machine = std::get_if<Machine>(&event.what))
                                                  power_[machine->ref.id] = machine->power;
                                                synced_ =
                                                    synced_ || std::holds_alternative<provider::Synced>(event.what);
                                                changed_.notify_all();
                                                return true;
                                              },
                                              {Clock::now() + 1h, stop, "bench"});
          if (!ended.ok() && !stop.stop_requested())
            std::printf("the watch ended: %s\n", ended.error().to_string().c_str());
        }) {}
  std::size_t wait_for_sync() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return synced_; });
    return power_.size();
  }
  bool wait_for(const std::string& id, Power power) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return power_[id] == power; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Power> power_;  // guarded by mutex_
  bool synced_ = false;                 // guarded by mutex_
  std::jthread thread_;
};

Status finish(provider::Provider& provider, const Result<provider::TaskId>& task) {
  if (!task.ok()) return task.error();
  provider::TaskState state;
  const bool is_over = task->text.empty() || eventually(kPatience, [&] {
                         const auto now = provider.poll(*task, call());
                         if (now.ok()) state = *now;
                         return now.ok() && now->phase != provider::TaskState::Phase::kRunning;
                       });
  if (!is_over) return Error(Code::kDeadlineExceeded, "a task did not end");
  return state.error ? Status(*state.error) : Status();
}

struct Traffic {
  double calls = 0, kilobytes = 0;
};

// Calls of the hypervisor and bytes of its answers since it was made, apart from what the same time costs without
// anything being done: what an idle minute had is taken off by the time that passed.
class Meter {
 public:
  explicit Meter(Lab& lab) : lab_(lab), calls_(lab.calls()), bytes_(lab.bytes()) {}
  Traffic since() const {
    return {static_cast<double>(lab_.calls() - calls_), static_cast<double>(lab_.bytes() - bytes_) / 1000};
  }
  void report(const std::string& what, double per, const Traffic& idle_minute = {}) const {
    const Traffic now = since();
    const double minutes = ms_since(began_) / 60'000;
    std::printf("%-58s %.1f calls, %.1f kB", what.c_str(), (now.calls - idle_minute.calls * minutes) / per,
                (now.kilobytes - idle_minute.kilobytes * minutes) / per);
    if (idle_minute.calls > 0) std::printf("; %.1f with the interval's own", now.calls / per);
    std::printf("\n");
  }

 private:
  Lab& lab_;
  const Clock::time_point began_ = Clock::now();
  const std::int64_t calls_, bytes_;
};

// Until what was begun before is over: guests are asked for their addresses for a while after each start.
void settle(Lab& lab) {
  constexpr double kIdleCalls = 8;  // of a few seconds, an interval's own among them
  const bool is_calm = eventually(kPatience, [&] {
    const Meter meter(lab);
    pass(5s);
    return meter.since().calls <= kIdleCalls;
  });
  if (!is_calm) std::printf("it never became calm\n");
}

void report_memory(const Lab& lab, const Served& served, const std::string& what) {
  std::printf("%-58s %lld KiB\n", (what + ", provider-" + lab.type()).c_str(),
              static_cast<long long>(rss_kib(served.pid())));
}

Status bench_creation(Lab& lab, Served& served, MachineSpec spec, MachineRef& made) {
  std::vector<double> ms;
  const Meter meter(lab);
  for (int i = 0; i < 10; ++i) {
    const std::string id = random_uuid();
    spec.display_name = "model-" + std::to_string(i);
    const auto began = Clock::now();
    MachineRef ref = TRY(served->reserve({kCluster, "default", "model", id}, id, spec, call()));
    TRY(finish(*served, served->create(ref, spec, call())));
    ms.push_back(ms_since(began));
    if (ref.id.empty()) ref = TRY(served->describe(ref, call())).ref;
    made = ref;
  }
  report("create, of an image, on a hypervisor that takes no time", ms);
  meter.report("  each", 10);
  return {};
}

Status bench_questions(Lab& lab, Served& served, const std::vector<MachineRef>& refs) {
  std::vector<double> ms;
  {
    const Meter meter(lab);
    for (int i = 0; i < kSamples; ++i) {
      const auto began = Clock::now();
      TRY(served->describe(refs[static_cast<std::size_t>(i)], call()));
      ms.push_back(ms_since(began));
    }
    report("describe", ms);
    meter.report("  each", kSamples);
  }
  const std::size_t many = std::min<std::size_t>(500, refs.size());
  const Meter meter(lab);
  const auto began = Clock::now();
  TRY(served->describe_many(std::span(refs).first(many), call()));
  std::printf("%-58s %.0f ms\n", ("describe_many of " + std::to_string(many)).c_str(), ms_since(began));
  meter.report("  each", static_cast<double>(many));
  return {};
}

Traffic bench_idle(Lab& lab) {
  const Meter meter(lab);
  pass(1min);
  meter.report("idle, a minute", 1);
  return meter.since();
}

// One after the other, so that the calls of each are counted apart from those of an idle minute.
void bench_changes(Lab& lab, Watch& watch, const std::vector<MachineRef>& refs, const Traffic& idle_minute) {
  std::vector<double> ms;
  const Meter meter(lab);
  for (std::size_t i = 0; i < 10; ++i) {
    const auto changed = Clock::now();
    lab.set_power(refs[i].id, false);
    if (watch.wait_for(refs[i].id, Power::kOff)) ms.push_back(ms_since(changed));
  }
  report("power cut by somebody, to the event", ms);
  meter.report("  each, without the interval's own", 10, idle_minute);
}

Status bench_power(Lab& lab, Served& served, const std::vector<MachineRef>& refs) {
  std::vector<double> ms;
  const Meter meter(lab);
  for (std::size_t i = 0; i < 10; ++i) {
    const auto began = Clock::now();
    TRY(finish(*served, served->power_on(refs[i], call())));
    ms.push_back(ms_since(began));
  }
  report("power_on, to the end of its task", ms);
  meter.report("  each", 10);
  return {};
}

Status run_lab(Lab& lab, std::size_t count) {
  std::printf("---- %s, %zu machines\n", lab.type().c_str(), count);
  std::vector<MachineRef> refs;
  {
    Served served(lab);
    const provider::PreparedImage image = TRY(served->images().prepare(lab.image(), call()));
    TRY(finish(*served, image.task));
    MachineSpec spec = lab.small();
    spec.image = {image.location, image.format};
    MachineRef model;
    TRY(bench_creation(lab, served, spec, model));
    refs = lab.fill(model, count);
  }
  pass(12s);  // until the hypervisor's own lists have them as they are
  const Meter meter(lab);
  const auto began = Clock::now();
  Served served(lab);
  Watch watch(*served);
  const std::size_t seen = watch.wait_for_sync();
  std::printf("%-58s %.0f ms (%zu machines)\n", "start of the program to a watcher's Synced", ms_since(began), seen);
  meter.report("  all of it", 1);
  settle(lab);
  meter.report("  and until it asks no more", 1);
  report_memory(lab, served, "resident then");
  TRY(bench_questions(lab, served, refs));
  settle(lab);
  const Traffic idle_minute = bench_idle(lab);
  bench_changes(lab, watch, refs, idle_minute);
  TRY(bench_power(lab, served, refs));
  report_memory(lab, served, "resident");
  return {};
}

}  // namespace
}  // namespace rig::e2e

int main(int argc, char** argv) {
  using namespace rig::e2e;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::size_t count = argc > 1 ? std::stoul(argv[1]) : 1000;
  const std::string_view wanted = argc > 2 ? argv[2] : "";
  for (const auto& make : {proxmox_lab, vsphere_lab}) {
    const std::unique_ptr<Lab> lab = make();
    if (!wanted.empty() && wanted != lab->type()) continue;
    const rig::Status outcome = run_lab(*lab, count);
    if (!outcome.ok()) std::printf("%s\n", outcome.error().to_string().c_str());
    if (!outcome.ok()) return 1;
  }
}
