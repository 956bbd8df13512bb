// fakes/pve/replay_test.cc — every recorded exchange with a real Proxmox VE is asked of the fake: status, reason, keys
// of errors, shape of the data and the end of tasks must be the same. Where they differ the fake is wrong, or the
// exchange stands in out_of_scope.txt.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "fakes/pve/api.h"

namespace rig::fakes::pve {
namespace {

const std::string kFolder = RIG_SOURCE_DIR "/tests/fakes/pve/";
constexpr std::string_view kQmpError =
    "VM 101 qmp command 'query-savevm' failed - The command query-savevm has not been found";

std::string read(const std::string& name) {
  auto text = read_file(kFolder + name);
  EXPECT_TRUE(text.ok()) << name;
  return text.ok() ? text.take() : "";
}

// "{a:string,b:[{c:number}]}": an array is the set of the shapes in it.
std::string shape(const json::Value& value) {
  if (const auto* object = value.as<json::Object>()) {
    std::string out = "{";
    for (const auto& [key, member] : *object) out += (out.size() > 1 ? "," : "") + key + ":" + shape(member);
    return out + "}";
  }
  if (const auto* array = value.as<json::Array>()) {
    std::set<std::string> shapes;
    for (const json::Value& element : *array) shapes.insert(shape(element));
    return "[" + join(std::vector<std::string>(shapes.begin(), shapes.end()), "|") + "]";
  }
  const std::string_view name = json::type_name(value);
  return std::string(name == "integer" ? "number" : name);
}

struct Exchange {
  std::string id, name, method, path, body, auth, reason;  // id: "05-auth-storage-ha 17"
  int status = 0;
  json::Value response;
};

std::vector<Exchange> exchanges(const std::string& recording) {
  const auto parsed = json::parse(read("recordings/" + recording + ".json"));
  EXPECT_TRUE(parsed.ok()) << recording;
  std::vector<Exchange> out;
  for (const json::Value& row : *parsed->as<json::Array>()) {
    Exchange each;
    each.id = recording + " " + std::to_string(out.size());
    each.name = row.text({"name"});
    each.method = row.text({"method"});
    each.path = row.text({"path"});
    each.body = row.text({"body"});
    each.auth = row.text({"auth"});
    each.reason = row.text({"reason"});
    each.status = static_cast<int>(row.integer({"status"}));
    each.response = *row.find("response");
    out.push_back(std::move(each));
  }
  return out;
}

// What a person did between the recordings, or the machine that they were made on.
struct Moment {
  std::string_view id;
  void (*act)(Cluster&);
};

void make_first_machine(Cluster& cluster) {
  Vm vm;
  vm.id = 100;
  vm.node = "pve1";
  vm.guest.obeys_shutdown = false;
  vm.config = {{"agent", "enabled=1"},
               {"boot", "order=scsi0;net0"},
               {"cores", "1"},
               {"memory", "256"},
               {"name", "web-01"},
               {"net0", "virtio=BC:24:11:FA:67:C8,bridge=vmbr0"},
               {"ostype", "l26"},
               {"scsi0", "local:100/vm-100-disk-0.raw,size=1G"},
               {"serial0", "socket"},
               {"scsihw", "virtio-scsi-single"},
               {"vga", "serial0"},
               {"meta", "creation-qemu=10.0.13,ctime=1795333622"},
               {"vmgenid", cluster.new_uuid()},
               {"smbios1", "uuid=" + cluster.new_uuid()}};
  Volume disk;
  disk.id = "local:100/vm-100-disk-0.raw";
  disk.owner = 100;
  disk.format = "raw";
  disk.content = "images";
  disk.size_bytes = 1 << 30;
  cluster.storages.at("local").add("pve1", std::move(disk));
  cluster.vms[100] = std::move(vm);
}

void leave_snapshot_half_done(Cluster& cluster) {
  Vm& vm = cluster.vms.at(101);
  vm.config["lock"] = "snapshot";
  vm.snapshots["s5"] = vm.config;
  vm.snapshots["s5"]["snaptime"] = "1795333846";
}

// By hand, as root: a task without a token.
void clean_second_machine(Cluster& cluster) {
  Task task;
  task.node = "pve1";
  task.type = "qmdelsnapshot";
  task.id = "101";
  task.user = "root@pam";
  cluster.tasks.begin(std::move(task), cluster.now());
  Vm& vm = cluster.vms.at(101);
  vm.running_since.reset();
  vm.snapshots.clear();
  for (const std::string key : {"lock", "parent", "sshkeys"}) vm.config.erase(key);
}

void publish_image(Cluster& cluster) {
  Origin image;
  image.file_bytes = 196616;
  image.size_bytes = 64 << 20;
  image.sums["sha256"] = "1b7af784841125887e688254229e282829e17245d0e47fe7280da9b68a30d9e1";
  cluster.origins["http://10.99.0.1:9000/img.qcow2"] = image;
}

// The host of the recordings had a qemu without Proxmox's patches.
void fail_clone(Cluster& cluster) {
  cluster.tasks.fail_next("qmclone",
                          "clone failed: qemu-img: Could not open '/var/lib/vz/images/101/vm-101-disk-0.qcow2': Failed "
                          "to get shared \"write\" lock Is another process using the image "
                          "[/var/lib/vz/images/101/vm-101-disk-0.qcow2]?");
}
void fail_start(Cluster& cluster) {
  cluster.tasks.fail_next("qmstart",
                          "command 'set -o pipefail && genisoimage -quiet -iso-level 3 -J -R -V cidata "
                          "/run/pve/cloudinit/101/ | qemu-img dd "
                          "-n -f raw -O qcow2 'isize=0' 'osize=4194304' "
                          "'of=/var/lib/vz/images/101/vm-101-cloudinit.qcow2'' failed: exit code 1");
}

constexpr Moment kMoments[] = {
    {"02-lifecycle 0", make_first_machine},
    {"03-config-snapshots 65", fail_start},
    {"04a-locked-vm 11", [](Cluster& cluster) { cluster.tasks.fail_next("qmsnapshot", std::string(kQmpError)); }},
    {"04a-locked-vm 14", leave_snapshot_half_done},
    {"04-clone-disks 0", clean_second_machine},
    {"04-clone-disks 35", fail_clone},
    {"04-clone-disks 38", fail_clone},
    {"04-clone-disks 41", fail_clone},
    {"05-auth-storage-ha 0", publish_image},
    {"06-daemon-down 0", [](Cluster& cluster) { cluster.nodes.front().daemon_runs = false; }},
    {"07-console 0", [](Cluster& cluster) { cluster.nodes.front().daemon_runs = true; }},
};

class Replay {
 public:
  Replay() : cluster_({"pve1"}, clock_), api_(cluster_, Schema::parse(read("schema.json")).take()) {
    cluster_.ha_acts = false;  // as there, where its services did not run
    cluster_.storages.erase("local-lvm");
    cluster_.storages.erase("shared");
    cluster_.storages.at("local").content.erase("import");
    api_.access.tokens["root@pam!t0"] = "00000000-0000-0000-0000-000000000001";
  }

  // The differences, one a line; "" : alike.
  std::string play(const Exchange& exchange) {
    follow_clock(exchange);
    for (const Moment& moment : kMoments) {
      if (moment.id != exchange.id) continue;
      cluster_.settle();
      moment.act(cluster_);
    }
    if (exchange.response.at({"data", "exitstatus"}) != nullptr) end_task(our_path(exchange));
    const Outcome outcome = api_.answer(message_of(exchange));
    auto parsed = json::parse(outcome.body);
    const json::Value got = parsed.ok() ? parsed.take() : json::Value(outcome.body);
    remember_task(exchange, got);
    return differences(exchange, outcome, got);
  }

 private:
  static std::string upid_in(const std::string& text) {
    const std::size_t at = text.find("UPID:pve1:");
    return at == std::string::npos ? "" : text.substr(at, text.find('/', at) - at);
  }

  void follow_clock(const Exchange& exchange) {
    const std::string upid(exchange.response.text({"data"}));
    if (!upid.starts_with("UPID:")) return;
    const std::vector<std::string> parts = split(upid, ':');
    const WallTime when{std::chrono::seconds(std::stoll(parts[4], nullptr, 16))};
    if (when > clock_.wall()) clock_.advance(when - clock_.wall());
  }

  std::string our_path(const Exchange& exchange) const {
    auto decoded = percent_decode(exchange.path.substr(0, exchange.path.find('?')));
    std::string path = decoded.ok() ? decoded.take() : exchange.path;
    for (const auto& [theirs, ours] : tasks_)
      if (const std::size_t at = path.find(theirs); at != std::string::npos) path.replace(at, theirs.size(), ours);
    return path;
  }

  void end_task(const std::string& path) {
    Task* task = cluster_.tasks.find(upid_in(path));
    for (int seconds = 0; task != nullptr && task->is_running && seconds < 120; ++seconds) {
      cluster_.settle();
      if (task->is_running) clock_.advance(std::chrono::seconds(1));
    }
  }

  void remember_task(const Exchange& exchange, const json::Value& got) {
    const std::string theirs(exchange.response.text({"data"})), ours(got.text({"data"}));
    if (theirs.starts_with("UPID:") && ours.starts_with("UPID:")) tasks_[theirs] = ours;
  }

  void show_credentials(const Exchange& exchange, Message& message) {
    const std::string& name = exchange.name;
    const bool is_of_op = name.starts_with("op-") && name != "op-login" && name != "op-token";
    const WallTime now = clock_.wall();
    const std::string ticket = api_.access.ticket(is_of_op ? "op@pve" : "root@pam", now);
    const std::string known = "root@pam!" + std::string(api_.access.tokens.contains("root@pam!t1") ? "t1" : "t0");
    const std::string value = api_.access.tokens.at(known);
    if (exchange.auth == "token") message.authorization = "PVEAPIToken=" + known + "=" + value;
    if (name == "bad-token") message.authorization = "PVEAPIToken=" + known + "=ffffffff-ffff-ffff-ffff-ffffffffffff";
    if (name == "unknown-token") message.authorization = "PVEAPIToken=root@pam!nope=" + value;
    if (name == "malformed-token") message.authorization = "PVEAPIToken=garbage";
    if (name.starts_with("privsep-token") || name == "token-permissions")
      message.authorization = "PVEAPIToken=op@pve!k8s=" + value;
    if (exchange.auth != "ticket") return;
    message.cookie = "PVEAuthCookie=" + percent_encode(name == "bad-ticket" || is_of_op ? "PVE:bad" : ticket);
    message.csrf_token = name == "csrf-missing" ? "" : name == "csrf-bad" ? "bad" : api_.access.csrf_token(now);
  }

  Message message_of(const Exchange& exchange) {
    Message out;
    out.method = exchange.method;
    out.target = exchange.path;
    if (const std::string path = our_path(exchange); !upid_in(path).empty()) {
      const std::size_t query = exchange.path.find('?');
      out.target = path + (query == std::string::npos ? "" : exchange.path.substr(query));
    }
    out.body = exchange.name == "ticket-renewal"
                   ? "username=root%40pam&password=" + percent_encode(api_.access.ticket("root@pam", clock_.wall()))
                   : exchange.body;
    out.content_type = out.body.starts_with("{")            ? "application/json"
                       : exchange.path.ends_with("/upload") ? "multipart/form-data; boundary=----b"
                                                            : "application/x-www-form-urlencoded";
    if (exchange.name == "upload-wrong-ct") out.content_type = "text/plain";
    show_credentials(exchange, out);
    return out;
  }

  static std::string differences(const Exchange& exchange, const Outcome& outcome, const json::Value& got) {
    std::string out;
    const auto compare = [&](std::string_view what, const std::string& theirs, const std::string& ours) {
      if (theirs != ours)
        out.append("\n      ").append(what).append(": recorded ").append(theirs).append("\n        ours ").append(ours);
    };
    compare("status", std::to_string(exchange.status), std::to_string(outcome.status));
    if (exchange.status == 0) return out;  // what a client made of silence is no phrase of the server's
    compare("reason", exchange.reason, outcome.reason);
    compare("shape", shape(exchange.response), shape(got));
    compare("exit", std::string(exchange.response.text({"data", "exitstatus"})),
            std::string(got.text({"data", "exitstatus"})));
    return out;
  }

  StepClock clock_;
  Cluster cluster_;
  Api api_;
  std::map<std::string, std::string> tasks_;  // recorded UPID -> ours
};

// Lines with two blanks in front, "  RECORDING NUMBER: NAME", below the reason.
std::map<std::string, std::string> out_of_scope() {
  std::map<std::string, std::string> out;
  for (const std::string& line : split(read("out_of_scope.txt"), '\n')) {
    if (!line.starts_with("  ")) continue;
    const std::size_t colon = line.find(':');
    out[line.substr(2, colon - 2)] = std::string(trim(line.substr(colon + 1)));
  }
  return out;
}

TEST(Replay, EveryRecordedExchangeIsAnsweredAlike) {
  Replay replay;
  std::map<std::string, std::string> excused = out_of_scope();
  const std::size_t excused_count = excused.size();
  std::size_t count = 0, alike = 0;
  // In the order in which they were recorded: one world.
  for (const std::string recording :
       {"01-login", "02-lifecycle", "03-config-snapshots", "04a-locked-vm", "04-clone-disks", "05-auth-storage-ha",
        "06-daemon-down", "07-console", "08-locking"}) {
    for (const Exchange& exchange : exchanges(recording)) {
      ++count;
      const std::string difference = replay.play(exchange);
      const auto excuse = excused.find(exchange.id);
      if (difference.empty()) ++alike;
      if (excuse == excused.end()) {
        EXPECT_EQ(difference, "") << exchange.id << ": " << exchange.name;
        continue;
      }
      EXPECT_NE(difference, "") << exchange.id << " is alike now: take it out of out_of_scope.txt";
      EXPECT_EQ(excuse->second, exchange.name) << exchange.id;
      excused.erase(excuse);
    }
  }
  EXPECT_TRUE(excused.empty()) << excused.begin()->first << " of out_of_scope.txt is no recorded exchange";
  EXPECT_LE(excused_count * 5, count) << "at most a fifth may be out of scope";
  std::printf("%zu of %zu recorded exchanges are answered alike\n", alike, count);
  RecordProperty("alike", std::to_string(alike));
}

}  // namespace
}  // namespace rig::fakes::pve
