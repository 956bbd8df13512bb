// e2e/refusal_test.cc — bad input: what is refused, in which words, and what is left alone.
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "base/uuid.h"
#include "e2e/http_file.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

class Refusal : public Suite {
 protected:
  // What the API server answers to a machine with this spec.
  static std::string refused(std::string_view spec) {
    const Status created = rig().create(machine("refused", spec));
    return created.ok() ? "created" : created.error().to_string();
  }
};

// ---- by the API server ----

TEST_F(Refusal, OfAMisspeltFieldNamesTheOneThatWasMeant) {
  const std::string why = refused("powerstate: \"On\"");
  EXPECT_TRUE(has(why, "unknown field \"spec.powerstate\"")) << why;
  EXPECT_TRUE(has(why, "powerState")) << why;
}

TEST_F(Refusal, OfABareOnSaysToQuoteIt) {
  const std::string why = refused("powerState: On");
  EXPECT_TRUE(has(why, "spec.powerState")) << why;
  EXPECT_TRUE(has(why, "write it in quotes: \"On\"")) << why;
}

TEST_F(Refusal, OfWrongTypesAndBoundsNamesEveryPath) {
  const std::string why = refused("disks: [{name: data, sizeGiB: 0}, {name: more, sizeGiB: many}]\nclassRef: {}");
  EXPECT_TRUE(has(why, "spec.disks[0].sizeGiB")) << why;
  EXPECT_TRUE(has(why, "spec.disks[1].sizeGiB")) << why;
  EXPECT_TRUE(has(why, "spec.classRef.name")) << why;
}

TEST_F(Refusal, OfBodiesThatAreNoObjectsIsAStatus) {
  const auto client = kube::connect_http(rig().access());
  ASSERT_TRUE(client.ok());
  struct Case {
    std::string_view method, target, type, body;
  };
  constexpr std::string_view kMachines = "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines";
  const std::string deep(200'000, '[');
  const Case cases[] = {
      {"POST", kMachines, "application/json", "{\"kind\": "},
      {"POST", kMachines, "application/json", "[1, 2]"},
      {"POST", kMachines, "application/json", "{\"a\": 1, \"a\": \"\xff\xfe\"}"},
      {"POST", kMachines, "application/json", deep},
      {"POST", kMachines, "application/json", ""},
      {"POST", kMachines, "application/yaml", "a: [b\n c: {"},
      {"POST", kMachines, "text/html", "<p>"},
      {"PATCH", std::string_view("/apis/infra.virtrigaud.io/v1beta1/namespaces/default/providers/libvirt"),
       "application/json-patch+json", "[{\"op\": \"leap\"}]"},
      {"GET", "/api/v1/namespaces/default/secrets?limit=many", "", ""},
      {"BREW", "/api/v1/pods", "", ""}};
  for (const Case& it : cases) {
    http::Request request{.method = std::string(it.method),
                          .target = std::string(it.target),
                          .headers = {},
                          .body = std::string(it.body)};
    if (!it.type.empty()) request.headers.emplace_back("Content-Type", it.type);
    const auto reply = (*client)->send(request, within(10s));
    ASSERT_TRUE(reply.ok()) << it.body.substr(0, 40) << ": " << reply.error().to_string();
    EXPECT_EQ(reply->status / 100, 4) << it.method << " " << it.target << " " << it.body.substr(0, 40);
    const auto status = json::parse(reply->body);
    EXPECT_TRUE(status.ok() && status->text({"kind"}) == "Status") << reply->body;
  }
}

TEST_F(Refusal, OfBytesThatAreNoHttpIsA400) {
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(rig().socket().size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, rig().socket().c_str(), rig().socket().size());
  ASSERT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  constexpr std::string_view kNoise = "\x16\x03\x01 one two three four\r\n\r\n";
  ASSERT_GT(::send(socket.get(), kNoise.data(), kNoise.size(), MSG_NOSIGNAL), 0);
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 1; (got = ::recv(socket.get(), buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(got));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
  EXPECT_TRUE(has(answer, "\"kind\":\"Status\"")) << answer;
  EXPECT_TRUE(rig().get<v1::Provider>("libvirt").ok()) << "and it goes on serving";
}

// ---- of images ----

class ImageRefusal : public Refusal {
 protected:
  // A machine with an image of this source; answers why it waits.
  std::string refused_image(const json::Value& source, std::string_view in_message) {
    json::Value image = sample("30-image.yaml");
    image.set({"metadata", "name"}, "bad");
    image.set({"spec", "source", "libvirt"}, source);
    create(image);
    create(machine("bad", "imageRef: {name: bad}\npowerState: \"Off\""));
    const auto why = [] {
      const auto now = rig().get<v1::VmImage>("bad");
      return now.ok() ? told(*now, condition::kReady) : "";
    };
    std::string now;  // the next attempt may be under way when the machine tells it
    EXPECT_TRUE(eventually(kSoon, [&] {
      now = why();
      return now.starts_with("False ImageFailed") && has(now, in_message);
    })) << now;
    EXPECT_TRUE(eventually(kSoon, [&] { return has(told(vm("bad"), condition::kReady), in_message); }))
        << told(vm("bad"), condition::kReady);
    EXPECT_TRUE(
        told(vm("bad"), condition::kReady).starts_with("False WaitingForImage spec.imageRef: VMImage default/bad"))
        << told(vm("bad"), condition::kReady);
    EXPECT_EQ(host().domain(id_of("bad")), nullptr);
    EXPECT_TRUE(rig().remove<VirtualMachine>("bad").ok());
    EXPECT_TRUE(rig().remove<v1::VmImage>("bad").ok());
    EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<v1::VmImage>("bad"); }));
    return now;
  }
  static json::Value at(const std::string& path) { return json::Object{{"path", path}, {"format", "qcow2"}}; }
};

TEST_F(ImageRefusal, OfAWrongChecksumNamesBothAndLeavesNothing) {
  const HttpFile server(environment().guest_image);
  const std::string wrong(64, '0');
  const std::string why = refused_image(
      json::Object{{"url", server.url()}, {"format", "qcow2"}, {"checksum", wrong}, {"checksumType", "sha256"}},
      "checksum is ");
  const auto image = read_file(environment().guest_image, std::size_t{256} << 20);
  ASSERT_TRUE(image.ok());
  EXPECT_TRUE(has(why, "checksum is " + sha256_hex(*image) + ", wanted " + wrong)) << why;
}

TEST_F(ImageRefusal, OfAnUnreachableUrlNamesIt) {
  const std::string why =
      refused_image(json::Object{{"url", "http://127.0.0.1:1/none.qcow2"}, {"format", "qcow2"}}, "127.0.0.1:1");
  EXPECT_TRUE(has(why, "http://127.0.0.1:1/none.qcow2")) << why;
}

TEST_F(ImageRefusal, OfAUrlThatHasNoImage) {
  const HttpFile server(RIG_SOURCE_DIR "/README.md");
  refused_image(json::Object{{"url", server.url()}, {"format", "qcow2"}}, "image is something else, wanted qcow2");
}

TEST_F(ImageRefusal, OfMoreThanThePoolHasRoomFor) {
  const HttpFile server(environment().guest_image, /*claimed_bytes=*/std::int64_t{1} << 50);
  const std::string why = refused_image(json::Object{{"url", server.url()}, {"format", "qcow2"}}, "bytes left");
  EXPECT_TRUE(has(why, "pool 'default' has ")) << why;
  EXPECT_TRUE(has(why, "the image has 1125899906842624")) << why;
}

TEST_F(ImageRefusal, OfAFileThatIsNone) {
  ASSERT_TRUE(write_file(rig().folder() + "/notes.qcow2", "to do: buy milk\n").ok());
  refused_image(at(rig().folder() + "/notes.qcow2"), "image is something else, wanted qcow2");
}

TEST_F(ImageRefusal, OfAFileThatNamesABackingFile) {
  const std::string path = rig().folder() + "/overlay.qcow2";
  ASSERT_EQ(e2e::run("qemu-img", {"create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", environment().guest_image, path})
                .status,
            0);
  const std::string why = refused_image(at(path), "names a backing file");
  EXPECT_TRUE(has(why, "qemu-img convert")) << why;
}

TEST_F(ImageRefusal, OfAPathOutsideEveryPool) {
  const std::string why = refused_image(at("/etc/passwd"), "no storage pool of the host has this file");
  EXPECT_TRUE(has(why, "image '/etc/passwd'")) << why;
}

// ---- of machines, by the provider ----

class Foreign : public Refusal {
 protected:
  // Somebody else's domain of that name and UUID stands there before ours is asked for.
  void expect_left_alone(const std::string& name, const std::string& uuid, const std::string& our_id) {
    host().write_file("others.img", "another's disk");
    host().define(foreign_domain(name, uuid, environment().pool_folder + "/others.img"));
    const Inventory before = host().inventory();
    json::Value vm_object = machine("twin", "powerState: \"Off\"");
    vm_object.set({"metadata", "annotations", "virtrigaud.io/machine-id"}, our_id);
    create(vm_object);
    const std::string why = until_told("twin", condition::kReady, "False OwnedByAnother", kSoon);
    EXPECT_TRUE(why.starts_with("False OwnedByAnother")) << why;
    EXPECT_TRUE(has(why, "'" + name + "' carries no stamp of ours")) << why;
    EXPECT_TRUE(told(vm("twin"), condition::kStalled).starts_with("True OwnedByAnother"));

    EXPECT_TRUE(rig().remove<VirtualMachine>("twin").ok());
    EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<VirtualMachine>("twin"); }))
        << told(vm("twin"), condition::kReady);
    const Inventory after = host().inventory();
    EXPECT_EQ(after.domains, before.domains);
    EXPECT_EQ(after.files, before.files);
    host().undefine(uuid);
    host().remove_file("others.img");
  }
};

TEST_F(Foreign, DomainOfOurDisplayNameIsRefusedAndUntouched) {
  const std::string ours = random_uuid();
  expect_left_alone("twin-" + ours.substr(0, 8), random_uuid(), ours);
}

TEST_F(Foreign, DomainWithOurUuidIsRefusedAndUntouched) {
  const std::string ours = random_uuid();
  expect_left_alone("another", ours, ours);
}

TEST_F(Refusal, OfANetworkThatTheHostDoesNotHave) {
  json::Value network = sample("40-network.yaml");
  network.set({"metadata", "name"}, "nowhere");
  network.set({"spec", "network", "libvirt", "networkName"}, "nowhere");
  create(network);
  create(machine("lost", "powerState: \"Off\"\nnetworks: [{name: eth0, networkRef: {name: nowhere}}]"));
  const std::string why = until_told("lost", condition::kReady, "False ProviderError", kSoon);
  EXPECT_TRUE(has(why, "find network 'nowhere'")) << why;
  EXPECT_TRUE(rig().remove<v1::VmNetworkAttachment>("nowhere").ok());
}

TEST_F(Refusal, OfANameThatTheHypervisorDoesNotTake) {
  create(machine("odd", "powerState: \"Off\"\ndisks: [{name: root, sizeGiB: 1}]"));
  const std::string why = until_told("odd", condition::kReady, "False InvalidSpec", kSoon);
  EXPECT_TRUE(has(why, "disks[root].name: taken twice, or one of root, seed")) << why;
  EXPECT_EQ(host().domain(id_of("odd")), nullptr);
}

TEST_F(Refusal, OfAPoolThatTheHostDoesNotHave) {
  create(machine("dry", "powerState: \"Off\"\ndisks: [{name: data, sizeGiB: 1, storageClass: none}]"));
  const std::string why = until_told("dry", condition::kReady, "False ProviderError", kSoon);
  EXPECT_TRUE(has(why, "'none'")) << why;
  EXPECT_TRUE(has(why, "default")) << "and says which there are: " << why;
}

}  // namespace
}  // namespace rig::e2e
