// libvirt/live/console_live_test.cc — typing at a guest.
#include <thread>

#include "hypervisor/libvirt/live/host.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;

class ConsoleLive : public LiveTest {
 protected:
  // Everything that comes until `text` is in it.
  std::string read_until(ByteStream& stream, const std::string& text) {
    std::string all;
    const Call call = within(kBootMax);
    while (all.find(text) == std::string::npos) {
      char buffer[512];
      const auto got = stream.read(buffer, call);
      if (!got.ok() || *got == 0) break;
      all.append(buffer, *got);
    }
    return all;
  }
};

TEST_F(ConsoleLive, CarriesBothWaysAndEndsWithTheMachine) {
  const auto ref = running(small("console"));
  auto stream = provider().console().open_serial(ref, within(10s));
  ASSERT_TRUE(stream.ok()) << stream.error().to_string();
  const std::string boot = read_until(**stream, "TINY-GUEST-READY console");
  ASSERT_NE(boot.find("TINY-GUEST-READY console"), std::string::npos) << boot;
  read_until(**stream, "# ");  // the shell's prompt
  ASSERT_TRUE((*stream)->write("echo con$((40+2))\n", within(5s)).ok());
  const std::string answer = read_until(**stream, "con42");
  EXPECT_NE(answer.find("con42"), std::string::npos) << answer;

  ASSERT_TRUE(virsh_destroy(ref).ok());
  char buffer[512];
  Result<std::size_t> got = std::size_t{1};
  while (got.ok() && *got > 0) got = (*stream)->read(buffer, within(10s));
  ASSERT_TRUE(got.ok()) << got.error().to_string();
  EXPECT_EQ(*got, 0U);
}

TEST_F(ConsoleLive, OfAMachineThatIsOffIsNotFound) {
  const auto spec = small("off");
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  const auto stream = provider().console().open_serial(ref, within(10s));
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.error().code(), Code::kNotFound);
}

TEST_F(ConsoleLive, CloseEndsAReaderThatWaits) {
  const auto ref = running(small("close"));
  auto stream = provider().console().open_serial(ref, within(10s));
  ASSERT_TRUE(stream.ok()) << stream.error().to_string();
  std::jthread closer([&] { (*stream)->close(); });
  char buffer[512];
  Result<std::size_t> got = std::size_t{1};
  while (got.ok() && *got > 0) got = (*stream)->read(buffer, within(20s));
  ASSERT_TRUE(got.ok()) << got.error().to_string();
}

}  // namespace
}  // namespace rig::libvirt::live
