// fakes/pve/pve_test.cc — what no recording shows of the fake: orders of writes, deaths half-way, pvestatd, moves,
// rights.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "fakes/pve/api.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

using namespace std::chrono_literals;

Schema schema() { return Schema::parse(read_file(RIG_SOURCE_DIR "/tests/fakes/pve/schema.json").take()).take(); }

class Pve : public ::testing::Test {
 protected:
  Outcome ask(const std::string& method, const std::string& path, const std::string& body = "") {
    Message message;
    message.method = method;
    message.target = "/api2/json" + path;
    message.body = body;
    message.content_type = "application/x-www-form-urlencoded";
    message.authorization = "PVEAPIToken=root@pam!test=" + api.access.tokens.at("root@pam!test");
    return api.answer(message);
  }
  json::Value data(const std::string& path) {
    const Outcome outcome = ask("GET", path);
    EXPECT_EQ(outcome.status, 200) << path << ": " << outcome.reason;
    auto body = json::parse(outcome.body);
    const json::Value* found = body.ok() ? body->find("data") : nullptr;
    return found == nullptr ? json::Value() : *found;
  }
  // The UPID.
  std::string begin(const std::string& method, const std::string& path, const std::string& body = "") {
    const Outcome outcome = ask(method, path, body);
    EXPECT_EQ(outcome.status, 200) << path << ": " << outcome.reason << " " << outcome.body;
    auto parsed = json::parse(outcome.body);
    return parsed.ok() ? std::string(parsed->text({"data"})) : "";
  }
  std::string exit_of(const std::string& upid) {
    const std::string node = split(upid, ':')[1];
    return std::string(data("/nodes/" + node + "/tasks/" + percent_encode(upid) + "/status").text({"exitstatus"}));
  }
  std::string run(const std::string& method, const std::string& path, const std::string& body = "") {
    return exit_of(begin(method, path, body));
  }
  json::Value config(int vmid) { return data("/nodes/pve1/qemu/" + std::to_string(vmid) + "/config"); }

  StepClock clock;
  Cluster cluster{{"pve1", "pve2"}, clock};
  Api api{cluster, schema()};
};

TEST_F(Pve, ShowsNumbersAsItsSchemaHasThem) {
  const Schema known = schema();
  const std::optional<Route> route = known.find("POST", "/nodes/pve1/qemu/100/config");
  ASSERT_TRUE(route);
  const json::Value* properties = route->method->description.at({"parameters", "properties"});
  for (const auto& [name, property] : *properties->as<json::Object>()) {
    const std::string_view type = property.text({"type"});
    const bool steers = name == "force" || name == "skiplock" || name == "vmid" || name == "background_delay";
    if (steers) continue;
    EXPECT_EQ(is_shown_as_number(name), type == "integer" || type == "boolean") << name;
  }
}

TEST_F(Pve, ReservesAnIdWithNothingButItsLockAndWritesTheRestLast) {
  cluster.timing.copy_per_gib = 60s;
  cluster.origins["http://images/a.qcow2"] = {
      .file_bytes = 1 << 20, .size_bytes = std::int64_t{1} << 30U, .bytes = {}, .sums = {}};
  EXPECT_EQ(run("POST", "/nodes/pve1/storage/local/download-url",
                "content=import&filename=a.qcow2&url=http://images/a.qcow2"),
            "");
  clock.advance(1s);
  const std::string upid =
      begin("POST", "/nodes/pve1/qemu",
            "vmid=100&name=web&description=ours&scsi0=local-lvm:0,import-from=local:import/a.qcow2");
  EXPECT_EQ(json::to_text(*config(100).find("lock")), "\"create\"");
  EXPECT_EQ(config(100).find("name"), nullptr);
  EXPECT_EQ(ask("PUT", "/nodes/pve1/qemu/100/config", "name=other").reason, "VM is locked (create)");
  clock.advance(30s);
  const json::Value log = data("/nodes/pve1/tasks/" + percent_encode(upid) + "/log");
  EXPECT_NE(json::to_text(log).find("(50.00%)"), std::string::npos) << json::to_text(log);
  clock.advance(31s);
  EXPECT_EQ(exit_of(upid), "OK");
  EXPECT_EQ(config(100).text({"scsi0"}), "local-lvm:vm-100-disk-0,size=1G");
  EXPECT_EQ(config(100).text({"description"}), "ours");
}

TEST_F(Pve, LeavesWhatWasThereWhenATaskDies) {
  cluster.tasks.kill_next("qmcreate", 1);
  const std::string upid = begin("POST", "/nodes/pve1/qemu", "vmid=100&name=web&scsi0=local:1&scsi1=local:1");
  EXPECT_EQ(exit_of(upid), "unexpected status");
  EXPECT_EQ(config(100).text({"lock"}), "create");
  EXPECT_EQ(data("/nodes/pve1/storage/local/content").as<json::Array>()->size(), 1U);
  EXPECT_EQ(run("DELETE", "/nodes/pve1/qemu/100"), "VM is locked (create)");
}

TEST_F(Pve, CleansUpWhenATaskIsCancelled) {
  cluster.timing.allocate = 10s;
  const std::string upid = begin("POST", "/nodes/pve1/qemu", "vmid=100&name=web&scsi0=local:1&scsi1=local:1");
  clock.advance(11s);
  EXPECT_EQ(ask("DELETE", "/nodes/pve1/tasks/" + percent_encode(upid)).status, 200);
  EXPECT_EQ(exit_of(upid), "unable to create VM 100 - received interrupt");
  EXPECT_EQ(ask("GET", "/nodes/pve1/qemu/100/config").reason, missing_file(100, "pve1"));
  EXPECT_EQ(data("/nodes/pve1/storage/local/content").as<json::Array>()->size(), 0U);
}

TEST_F(Pve, ClonesWhatTheSourceHasAndTellsTheTargetOnlyInTheLog) {
  ASSERT_EQ(
      run("POST", "/nodes/pve1/qemu",
          "vmid=100&name=model&description=theirs&tags=a&ciuser=u&net0=virtio,bridge=vmbr0&scsi0=local:1,format=qcow2"),
      "OK");
  const std::string uuid(config(100).text({"smbios1"})), net(config(100).text({"net0"}));
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu/100/template"), "OK");
  cluster.timing.allocate = 5s;
  const std::string upid = begin("POST", "/nodes/pve1/qemu/100/clone", "newid=101&name=copy");
  EXPECT_NE(upid.find(":qmclone:100:"), std::string::npos);
  EXPECT_EQ(config(101).as<json::Object>()->size(), 2U) << "lock and digest";
  clock.advance(6s);
  EXPECT_EQ(exit_of(upid), "OK");
  const json::Value clone = config(101);
  EXPECT_EQ(clone.text({"description"}), "theirs");
  EXPECT_EQ(clone.text({"ciuser"}), "u");
  EXPECT_EQ(clone.text({"name"}), "copy");
  EXPECT_EQ(clone.text({"scsi0"}), "local:100/base-100-disk-0.qcow2/101/vm-101-disk-0.qcow2,size=1G");
  EXPECT_NE(clone.text({"smbios1"}), uuid);
  EXPECT_NE(clone.text({"net0"}), net);
  EXPECT_TRUE(clone.text({"net0"}).starts_with("virtio=BC:24:11:")) << clone.text({"net0"});
}

TEST_F(Pve, KnowsOfAMachineAtOnceAndOfItsStateWhenPvestatdLooked) {
  ask("GET", "/version");
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web&tags=ours"), "OK");
  const auto machine = [&] { return data("/cluster/resources?type=vm").as<json::Array>()->at(0); };
  EXPECT_EQ(machine().text({"status"}), "unknown");
  EXPECT_EQ(machine().text({"tags"}), "ours");
  clock.advance(10s);
  EXPECT_EQ(machine().text({"status"}), "stopped");
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu/100/status/start"), "OK");
  EXPECT_EQ(machine().text({"status"}), "stopped");
  EXPECT_EQ(data("/nodes/pve1/qemu/100/status/current").text({"status"}), "running");
  clock.advance(10s);
  EXPECT_EQ(machine().text({"status"}), "running");
  cluster.move(100, "pve2");
  EXPECT_EQ(machine().text({"node"}), "pve2");
  EXPECT_EQ(ask("GET", "/nodes/pve1/qemu/100/config").reason, missing_file(100, "pve1"));
}

TEST_F(Pve, KeepsAnIdThatIsFreeAgainForWhoComesFirst) {
  EXPECT_EQ(json::to_text(data("/cluster/nextid")), "\"100\"");
  EXPECT_EQ(json::to_text(data("/cluster/nextid")), "\"100\"") << "it reserves nothing";
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=one"), "OK");
  EXPECT_EQ(ask("POST", "/nodes/pve2/qemu", "vmid=100&name=two").reason,
            "unable to create VM 100 - VM 100 already exists on node 'pve1'");
  ASSERT_EQ(run("DELETE", "/nodes/pve1/qemu/100"), "OK");
  EXPECT_EQ(json::to_text(data("/cluster/nextid")), "\"100\"");
}

TEST_F(Pve, RefusesAStaleDigestWhereverOneIsTaken) {
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web&scsi0=local:1"), "OK");
  const std::string stale(config(100).text({"digest"}));
  EXPECT_EQ(ask("PUT", "/nodes/pve1/qemu/100/config", "tags=x&digest=" + stale).status, 200);
  const std::string text = "checksum mismatch (file change by other user?)";
  EXPECT_EQ(ask("PUT", "/nodes/pve1/qemu/100/config", "tags=y&digest=" + stale).reason, text);
  EXPECT_EQ(run("POST", "/nodes/pve1/qemu/100/config", "tags=y&digest=" + stale), text);
  EXPECT_EQ(run("PUT", "/nodes/pve1/qemu/100/resize", "disk=scsi0&size=2G&digest=" + stale), text);
  EXPECT_EQ(config(100).text({"tags"}), "x");
}

TEST_F(Pve, TakesTheRightAwayThatIsNamed) {
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web"), "OK");
  const struct {
    std::string right, method, path, body, reason;
  } rows[] = {
      {"VM.Audit", "GET", "/nodes/pve1/qemu/100/config", "", "(/vms/100, VM.Audit)"},
      {"VM.Audit", "GET", "/nodes/pve1/qemu/999/config", "", "(/vms/999, VM.Audit)"},
      {"VM.PowerMgmt", "POST", "/nodes/pve1/qemu/100/status/start", "", "(/vms/100, VM.PowerMgmt)"},
      {"VM.Config.Memory", "PUT", "/nodes/pve1/qemu/100/config", "memory=300", "(/vms/100, VM.Config.Memory)"},
      {"Datastore.AllocateSpace", "PUT", "/nodes/pve1/qemu/100/config", "scsi0=local:1",
       "(/storage/local, Datastore.AllocateSpace)"},
      {"VM.Clone", "POST", "/nodes/pve1/qemu/100/clone", "newid=101", "(/vms/100, VM.Clone)"},
  };
  for (const auto& row : rows) {
    cluster.denied = {row.right};
    const Outcome outcome = ask(row.method, row.path, row.body);
    EXPECT_EQ(outcome.status, 403) << row.right;
    EXPECT_EQ(outcome.reason, "Permission check failed " + row.reason);
  }
}

TEST_F(Pve, FillsUp) {
  cluster.storages.at("local").total_bytes = 1 << 20;
  cluster.origins["http://images/a.raw"] = {.file_bytes = 1 << 19, .size_bytes = 1 << 30, .bytes = {}, .sums = {}};
  ASSERT_EQ(
      run("POST", "/nodes/pve1/storage/local/download-url", "content=import&filename=a.raw&url=http://images/a.raw"),
      "OK");
  const std::string create = "&name=web&scsi0=local:0,import-from=local:import/a.raw";
  EXPECT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100" + create), "OK");
  EXPECT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=101" + create),
            "unable to create VM 101 - qemu-img: error while writing at byte 0: No space left on device");
  EXPECT_EQ(data("/nodes/pve1/storage/local/content?vmid=101").as<json::Array>()->size(), 1U) << "only the image";
}

TEST_F(Pve, KeepsTheBytesOfAnUploadedSeed) {
  Message message;
  message.method = "POST";
  message.target = "/api2/json/nodes/pve1/storage/shared/upload";
  message.content_type = "multipart/form-data; boundary=x";
  message.authorization = "PVEAPIToken=root@pam!test=" + api.access.tokens.at("root@pam!test");
  message.body =
      "--x\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\nimport\r\n--x\r\nContent-Disposition: "
      "form-data; name=\"filename\"; filename=\"seed.raw\"\r\n\r\nuser-data\r\n\r\n--x--\r\n";
  EXPECT_EQ(api.answer(message).reason, "OK");
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web&scsi1=local-lvm:0,import-from=shared:import/seed.raw"),
            "OK");
  const Volume* seed = cluster.volume("pve1", "local-lvm:vm-100-disk-0");
  ASSERT_NE(seed, nullptr);
  EXPECT_EQ(seed->bytes, "user-data\r\n");
}

TEST_F(Pve, LosesRunningMachinesAndTasksWithThePower) {
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web&start=1"), "OK");
  cluster.timing.copy_per_gib = 100s;
  cluster.timing.allocate = 100s;
  const std::string upid = begin("POST", "/nodes/pve1/qemu", "vmid=101&name=other&scsi0=local:1");
  cluster.lose_power("pve1");
  EXPECT_EQ(exit_of(upid), "unable to read tail (got 0 bytes)");
  EXPECT_EQ(data("/nodes/pve1/qemu/100/status/current").text({"status"}), "stopped");
  cluster.tasks.forget_ended();
  EXPECT_EQ(ask("GET", "/nodes/pve1/tasks/" + percent_encode(upid) + "/status").status, 400);
}

TEST_F(Pve, HoldsTheFileWhileAGuestTakesItsTimeToEnd) {
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web&start=1"), "OK");
  cluster.vms.at(100).guest.shutdown_takes = 20s;
  const std::string shutdown = begin("POST", "/nodes/pve1/qemu/100/status/shutdown", "timeout=60");
  ask("GET", "/version");
  const Outcome refused = ask("PUT", "/nodes/pve1/qemu/100/config", "tags=x");
  EXPECT_EQ(refused.reason, "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout");
  EXPECT_EQ(refused.takes, 10s);
  const std::string late = begin("POST", "/nodes/pve1/qemu/100/config", "tags=x");
  clock.advance(15s);
  EXPECT_EQ(exit_of(late), refused.reason);
  const std::string in_time = begin("POST", "/nodes/pve1/qemu/100/config", "tags=y");
  clock.advance(6s);
  EXPECT_EQ(exit_of(shutdown), "OK");
  EXPECT_EQ(exit_of(in_time), "OK");
}

TEST_F(Pve, DoesWhatHaWantsInItsOwnTime) {
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web"), "OK");
  ASSERT_EQ(ask("POST", "/cluster/ha/resources", "sid=vm:100&state=stopped").status, 200);
  const std::string upid = begin("POST", "/nodes/pve1/qemu/100/status/start");
  EXPECT_NE(upid.find(":hastart:100:"), std::string::npos);
  EXPECT_EQ(exit_of(upid), "OK");
  EXPECT_EQ(data("/nodes/pve1/qemu/100/status/current").text({"status"}), "stopped") << "the task only asked for it";
  clock.advance(10s);
  EXPECT_EQ(data("/nodes/pve1/qemu/100/status/current").text({"status"}), "running");
}

TEST_F(Pve, LosesPatienceWithASlowCallButFinishesIt) {
  ASSERT_EQ(run("POST", "/nodes/pve1/qemu", "vmid=100&name=web"), "OK");
  cluster.timing.allocate = 31s;
  const Outcome outcome = ask("PUT", "/nodes/pve1/qemu/100/config", "scsi0=local:1");
  EXPECT_EQ(outcome.status, 596);
  EXPECT_EQ(outcome.body, "");
  EXPECT_EQ(config(100).text({"scsi0"}), "local:100/vm-100-disk-0.raw,size=1G");
  EXPECT_NE(cluster.volume("pve1", "local:100/vm-100-disk-0.raw"), nullptr);
}

}  // namespace
}  // namespace rig::fakes::pve
