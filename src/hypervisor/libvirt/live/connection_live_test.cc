// libvirt/live/connection_live_test.cc — a host that is away at first, goes away later, and one behind ssh.
#include <filesystem>

#include "base/file.h"
#include "hypervisor/libvirt/live/host.h"
#include "hypervisor/libvirt/live/proxy.h"
#include "ssh/sshd_test.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::Event;
using provider::Existence;
using provider::Health;
using provider::Machine;
using provider::Power;

std::string socket_of(const std::string& uri) { return uri.substr(uri.find("socket=") + 7); }

class ConnectionLive : public LiveTest {
 protected:
  Health health() { return *provider().check(within(1s)); }
  void through_proxy() {
    options_.endpoint = "qemu+unix:///system?socket=" + proxy_.path();
    restart_provider();
  }
  Proxy proxy_{socket_of(environment().uri)};
};

TEST_F(ConnectionLive, AHostThatIsAwayAtStartIsToldAndFoundLater) {
  proxy_.die();
  through_proxy();
  ASSERT_TRUE(eventually(10s, [&] { return health().message.find("UNAVAILABLE") != std::string::npos; }))
      << health().message;
  EXPECT_FALSE(health().ok);
  EXPECT_EQ(health().last_contact, std::nullopt);
  const auto spec = small("away");
  const auto ref = reserve(spec);
  EXPECT_EQ(provider().describe(ref, within(20s)).error().code(), Code::kUnavailable) << "doubt is not absence";
  EXPECT_EQ(finish(provider().create(ref, spec, within(10s))).error().code(), Code::kUnavailable);
  EXPECT_EQ(provider()
                .watch(
                    "cluster-1", "", [](const Event&) { return true; }, within(100ms))
                .error()
                .code(),
            Code::kUnavailable);

  proxy_.revive();
  ASSERT_TRUE(eventually(30s, [&] { return health().ok; })) << health().message;
  EXPECT_NE(health().message.find("QEMU"), std::string::npos);
  EXPECT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
}

TEST_F(ConnectionLive, WhatHappenedWhileItWasAwayIsToldAfterwards) {
  through_proxy();
  const auto kept = running(small("kept"));
  const auto stopped = running(small("stopped"));
  const auto erased_spec = small("erased");
  const auto erased = reserve(erased_spec);
  ASSERT_TRUE(finish(provider().create(erased, erased_spec, within(10s))).ok());
  std::string resume;
  ASSERT_TRUE(provider()
                  .watch(
                      "cluster-1", "",
                      [&](const Event& event) {
                        resume = event.resume;
                        return !std::holds_alternative<provider::Synced>(event.what);
                      },
                      within(30s))
                  .ok());

  proxy_.die();
  ASSERT_TRUE(eventually(30s, [&] { return !health().ok; }));
  ASSERT_TRUE(virsh_destroy(stopped).ok());
  ASSERT_EQ(virDomainUndefine(domain(erased).get()), 0);
  proxy_.revive();

  bool saw_off = false, saw_gone = false;
  const auto watched = provider().watch(
      "cluster-1", resume,
      [&](const Event& event) {
        if (const auto* machine = std::get_if<Machine>(&event.what)) {
          EXPECT_FALSE(machine->ref == kept && machine->power != Power::kOn);
          saw_off = saw_off || (machine->ref == stopped && machine->power == Power::kOff);
          saw_gone =
              saw_gone || (machine->ref.machine_id == erased.machine_id && machine->existence == Existence::kGone);
        }
        return !(saw_off && saw_gone);
      },
      within(60s));
  EXPECT_TRUE(watched.ok()) << watched.error().to_string();
}

TEST_F(ConnectionLive, ACallRightAfterACutIsAnsweredByTheNextSession) {
  through_proxy();
  const auto spec = small("cut");
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  for (int i = 0; i < 5; ++i) {
    proxy_.cut();
    ASSERT_TRUE(eventually(30s, [&] {
      const auto machine = provider().describe(ref, within(10s));
      return machine.ok() && machine->existence == Existence::kOurs;
    }));
  }
}

class SshLive : public LiveTest {
 protected:
  void SetUp() override {
    folder_ = sshd_.file("secret");
    std::filesystem::create_directory(folder_);
    ASSERT_TRUE(write_file(folder_ + "/username", ssh::Sshd::user()).ok());
    copy("user", "ssh-privatekey");
  }
  void copy(const std::string& from, const std::string& to) {
    ASSERT_TRUE(write_file(folder_ + "/" + to, *read_file(sshd_.file(from)), 0600).ok());
  }
  Health over_ssh() {
    options_.endpoint = "qemu+ssh://127.0.0.1:" + std::to_string(sshd_.port()) + "/system";
    options_.credentials_folder = folder_;
    restart_provider();
    Health health;
    EXPECT_TRUE(eventually(30s, [&] {
      health = *provider().check(within(1s));
      return health.ok || !health.message.starts_with("connecting");
    }));
    return health;
  }
  ssh::Sshd sshd_{environment().exec};
  std::string folder_;
};

TEST_F(SshLive, AMachineIsMadeOverSsh) {
  copy("known_hosts", "known_hosts");
  const Health health = over_ssh();
  ASSERT_TRUE(health.ok) << health.message;
  const auto spec = small("ssh");
  const auto ref = reserve(spec);
  const auto created = finish(provider().create(ref, spec, within(10s)));
  ASSERT_TRUE(created.ok()) << created.error().to_string();
  EXPECT_EQ(describe(ref).existence, Existence::kOurs);
}

TEST_F(SshLive, AHostWithAnotherKeyIsRefused) {
  copy("wrong_hosts", "known_hosts");
  EXPECT_NE(over_ssh().message.find("UNAUTHENTICATED"), std::string::npos) << over_ssh().message;
}

TEST_F(SshLive, AHostWithoutAKnownKeyIsRefusedAndNotLearned) {
  copy("no_hosts", "known_hosts");
  EXPECT_NE(over_ssh().message.find("UNAUTHENTICATED"), std::string::npos) << over_ssh().message;
  EXPECT_EQ(*read_file(folder_ + "/known_hosts"), "");
}

TEST_F(SshLive, WithoutKnownHostsItSaysWhatIsMissing) {
  EXPECT_NE(over_ssh().message.find("known_hosts"), std::string::npos) << over_ssh().message;
}

TEST_F(SshLive, AStrangersKeyIsRefusedAndARightOneIsReadLater) {
  copy("known_hosts", "known_hosts");
  copy("stranger", "ssh-privatekey");
  EXPECT_NE(over_ssh().message.find("UNAUTHENTICATED"), std::string::npos) << over_ssh().message;
  copy("user", "ssh-privatekey");
  EXPECT_TRUE(eventually(60s, [&] { return provider().check(within(1s))->ok; }))
      << provider().check(within(1s))->message;
}

}  // namespace
}  // namespace rig::libvirt::live
