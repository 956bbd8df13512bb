// cmd/vrtg/main.cc — the user's tool: what kubectl does, told for machines, and their consoles and power.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/wall_time.h"
#include "cmd/vrtg/commands.h"

namespace {

using namespace rig;

struct Global {
  std::string kubeconfig, name_space, timeout = "30s";
};

int report(const Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "vrtg: %s\n", status.error().to_string().c_str());
  return 1;
}

// Opens the cluster and runs one command on it.
int run(const Global& global, const std::function<Status(vrtg::Cluster&)>& command) {
  const auto timeout = parse_duration(global.timeout);
  if (!timeout.ok()) return report(Status(Error(timeout.error()).with_context("--timeout")));
  auto cluster = vrtg::open_cluster(global.kubeconfig, global.name_space, std::chrono::seconds(30));
  if (!cluster.ok()) return report(Status(cluster.take_error()));
  return report(command(*cluster));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("vrtg: virtual machines as Kubernetes objects");
  app.set_version_flag("--version", std::string("vrtg ") + RIG_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  Global global;
  app.add_option("--kubeconfig", global.kubeconfig, "kubeconfig file (default: $KUBECONFIG, then ~/.kube/config)");
  app.add_option("-n,--namespace", global.name_space, "namespace (default: the kubeconfig's)");
  app.add_option("--timeout", global.timeout, "how long to wait, for example 3m");
  int code = 0;

  vrtg::GetOptions get;
  auto* get_command = app.add_subcommand("get", "list objects, or show one");
  get_command->add_option("kind", get.kind, "vm, provider, vmclass, vmimage, vmnet, ...")->required();
  get_command->add_option("name", get.name, "one object");
  get_command->add_option("-o,--output", get.output, "wide, json, yaml or name");
  get_command->add_option("-l,--selector", get.selector, "label selector");
  get_command->add_flag("-A,--all-namespaces", get.all_namespaces, "in every namespace");
  get_command->callback([&] { code = run(global, [&](vrtg::Cluster& c) { return vrtg::get(c, get); }); });

  std::string kind, name, state;
  auto* describe = app.add_subcommand("describe", "an object, its conditions and events");
  describe->add_option("kind", kind, "vm, provider, ...")->required();
  describe->add_option("name", name, "its name")->required();
  describe->callback([&] { code = run(global, [&](vrtg::Cluster& c) { return vrtg::describe(c, kind, name); }); });

  vrtg::ApplyOptions apply;
  auto* apply_command = app.add_subcommand("apply", "make objects as files say");
  apply_command->add_option("-f,--filename", apply.paths, "files, folders, or - for standard input")->required();
  apply_command->add_flag("--wait", apply.wait, "until every VirtualMachine in them is as asked");
  apply_command->callback([&] {
    apply.timeout = parse_duration(global.timeout).ok() ? *parse_duration(global.timeout) : Duration{};
    code = run(global, [&](vrtg::Cluster& c) { return vrtg::apply(c, apply); });
  });

  bool wait = false;
  auto* remove = app.add_subcommand("delete", "delete an object");
  remove->add_option("kind", kind, "vm, provider, ...")->required();
  remove->add_option("name", name, "its name")->required();
  remove->add_flag("--wait", wait, "until it is gone");
  remove->callback([&] {
    const Duration timeout = parse_duration(global.timeout).ok() ? *parse_duration(global.timeout) : Duration{};
    code = run(global, [&](vrtg::Cluster& c) { return vrtg::remove(c, kind, name, wait, timeout); });
  });

  auto* power = app.add_subcommand("power", "switch a machine");
  power->add_option("state", state, "on, off (at once), shutdown (by the guest)")->required();
  power->add_option("name", name, "the VirtualMachine")->required();
  power->callback([&] { code = run(global, [&](vrtg::Cluster& c) { return vrtg::power(c, name, state); }); });

  auto* release = app.add_subcommand("release", "give a machine up, so that another control plane can take it over");
  release->add_option("machine", name, "vm/NAME")->required();
  release->callback([&] {
    const Duration timeout = parse_duration(global.timeout).ok() ? *parse_duration(global.timeout) : Duration{};
    code = run(global, [&](vrtg::Cluster& c) { return vrtg::release(c, name, timeout); });
  });

  auto* console = app.add_subcommand("console", "a machine's serial console; Ctrl-] ends it");
  console->add_option("name", name, "the VirtualMachine")->required();
  console->callback([&] { code = run(global, [&](vrtg::Cluster& c) { return vrtg::console(c, name); }); });

  CLI11_PARSE(app, argc, argv);
  return code;
}
