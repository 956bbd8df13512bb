// provider/conformance/old_manager_cases.cc — the reference's manager in front of this provider: what it expects of its
// own, this one does, too. The wire is served anew for each case, so that in process, too, there is one.
#include <stdlib.h>

#include <filesystem>

#include "provider/conformance/internal/bench.h"
#include "provider/wire/as_old_manager.h"
#include "provider/wire/transport.h"

namespace rig::provider::conformance {
namespace {

using std::chrono::seconds;
using Old = wire::AsOldManager;

class Front {
 public:
  explicit Front(Bench& bench) : bench_(bench) {}
  ~Front() {
    manager_.reset();
    server_.reset();
    std::error_code ignored;  // a socket's folder in /tmp
    std::filesystem::remove_all(folder_, ignored);
  }
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  Status open() {
    if (::mkdtemp(folder_.data()) == nullptr) return Error(Code::kInternal, "no folder for a socket in /tmp");
    wire::ServerOptions options;
    options.address = "unix:" + folder_ + "/s";
    options.provider = "default/" + bench_.cluster_id;
    server_ = TRY(wire::serve(bench_.provider(), options));
    manager_ = TRY(Old::connect(options.address));
    return {};
  }
  Old& manager() { return *manager_; }

  Status finish(const std::string& task) {
    if (task.empty()) return {};
    return bench_.until("task " + task, [&] { return manager_->is_done(task, bench_.call()); });
  }
  // The id that the manager writes into its object's status, and goes by from then on.
  Result<std::string> make(const MachineSpec& spec) {
    const Old::Made made = TRY(manager_->create(spec, bench_.call()));
    TRY(finish(made.task));
    TRY(want(!made.id.empty(), "Create tells no id"));
    return made.id;
  }
  Status power(const std::string& id, Old::Op op, int graceful_seconds = 0) {
    const std::string task = TRY(manager_->power(id, op, graceful_seconds, bench_.call()));
    return finish(task);
  }
  Status want_power(const std::string& id, const std::string& wanted, const std::string& when) {
    const Old::Seen seen = TRY(manager_->describe(id, bench_.call()).context(when));
    TRY(want(seen.exists, when + ": the machine does not exist"));
    return want_same(seen.power, wanted, when + ": powerState");
  }
  Status remove(const std::string& id) {
    TRY(want_same(manager_->remove(id, bench_.call()), std::string(), "Delete's task, which nobody polls"));
    const Old::Seen left = TRY(manager_->describe(id, bench_.call()));
    return want(!left.exists, "the machine is there after Delete has answered");
  }

 private:
  Bench& bench_;
  std::string folder_ = "/tmp/rig-old-XXXXXX";
  std::unique_ptr<wire::Server> server_;
  std::unique_ptr<Old> manager_;
};

Status old_manager_life(Bench& bench) {
  Front front(bench);
  TRY(front.open());
  TRY(want_same(front.manager().validate(bench.call()), std::string(), "Validate"));
  const Old::Image image = TRY(front.manager().prepare_image(bench.subject.image, bench.call()));
  TRY(front.finish(image.task));
  MachineSpec spec = TRY(bench.named(bench.subject.small));
  spec.image = {image.path, bench.subject.image.format};
  const std::vector<std::string> machines = TRY(bench.host().machine_names());
  const std::vector<std::string> volumes = TRY(bench.host().volumes());

  const std::string id = TRY(front.make(spec));
  TRY(front.want_power(id, "Off", "made"));
  TRY(want_same(front.make(spec).context("Create again"), id, "the id of a second Create"));
  const std::vector<std::string> with_it = TRY(bench.host().machine_names());
  TRY(want_same(with_it.size(), machines.size() + 1, "numbers of machines"));
  TRY(front.power(id, Old::Op::kOn));
  TRY(front.want_power(id, "On", "turned on"));
  TRY(front.power(id, Old::Op::kOff));
  TRY(front.want_power(id, "Off", "turned off"));
  MachineSpec wish = spec;
  wish.memory_mib *= 2;
  const std::string task = TRY(front.manager().reconfigure(id, wish, bench.call()));
  TRY(front.finish(task));
  TRY(front.power(id, Old::Op::kOn));
  TRY(front.remove(id));
  TRY(front.remove(id).context("Delete again"));
  TRY(want_same(bench.host().machine_names(), machines, "machines"));
  return want_same(bench.host().volumes(), volumes, "volumes");
}

Status old_manager_shutdown_sent_again(Bench& bench) {
  if (!bench.subject.stubborn) return Error(Code::kUnimplemented, "every machine here obeys");
  Front front(bench);
  TRY(front.open());
  const auto spec = bench.named(*bench.subject.stubborn);  // not TRY: g++ 12 warns wrongly about so large a Result
  if (!spec.ok()) return spec.error();
  const std::string id = TRY(front.make(*spec));
  TRY(front.power(id, Old::Op::kOn));
  const WallTime asked = bench.now();
  (void)TRY(front.manager().power(id, Old::Op::kShutdown, 1, bench.call()));
  (void)TRY(front.manager().power(id, Old::Op::kShutdown, 60, bench.call()));  // as its next reconciliation does
  const auto is_off = [&]() -> Result<bool> {
    const Old::Seen seen = TRY(front.manager().describe(id, bench.call()));
    return seen.power == "Off";
  };
  TRY(bench.until("the power to be cut", is_off, seconds(30)));
  TRY(want(bench.now() - asked < seconds(30), "the second request extended the first one's deadline"));
  return front.remove(id);
}

// A task error would hold its machine for ever; the next Describe tells it the truth.
Status old_manager_forgotten_task_is_done(Bench& bench) {
  Front front(bench);
  TRY(front.open());
  const bool is_done = TRY(front.manager().is_done("task-of-another-life", bench.call()));
  return want(is_done, "a forgotten task is not done");
}

constexpr Case kCases[] = {
    {"old_manager_life", "the reference's manager: a machine lives and dies", run<old_manager_life>},
    {"old_manager_shutdown_sent_again", "the first deadline holds", run<old_manager_shutdown_sent_again>},
    {"old_manager_forgotten_task_is_done", "done, without an error", run<old_manager_forgotten_task_is_done>},
};

}  // namespace

std::span<const Case> old_manager_cases() { return kCases; }

}  // namespace rig::provider::conformance
