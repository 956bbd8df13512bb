// proxmox/weather_test.cc — provider/conformance/weather.h on a fake cluster.
#include "provider/conformance/weather.h"

#include "proxmox/bed.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;
using fakes::pve::Fault;

const provider::conformance::Mishap<Fault> kMishaps[] = {
    {"refused", {.kind = Fault::Kind::kRefuse, .status = 595, .reason = "Connection refused"}},
    {"reply lost", {.kind = Fault::Kind::kLoseReply}},
    {"dropped", {.kind = Fault::Kind::kDrop}},
    {"a proxy's page", {.kind = Fault::Kind::kProxyPage}},
    {"hung", {.kind = Fault::Kind::kHang}},
    {"hung after the effect", {.kind = Fault::Kind::kHangAfter}},
};

class Weather : public provider::conformance::Weather<fakes::pve::Fake, Fault> {
 protected:
  Weather() {
    begin({.fake = &bed_.fake(),
           .subject = bed_.subject("weather"),
           .volumes = 3,
           .stride = hangs(GetParam().fault) ? 5 : 1});
  }

  // No call but those that are asked for.
  Bed bed_{{.interval = 1h, .patience = hangs(GetParam().fault) ? 1s : 60s}};
};

TEST_P(Weather, OverAWholeLifeLeavesWhatIsWantedAndNothingElse) { over_a_whole_life(); }
TEST_P(Weather, OverPowerAndChangesAndTheEnd) { over_power_and_changes_and_the_end(); }
TEST_P(Weather, OverAnImageBringsItOnce) { over_an_image(); }

INSTANTIATE_TEST_SUITE_P(Proxmox, Weather, testing::ValuesIn(kMishaps), provider::conformance::mishap_name<Fault>);

}  // namespace
}  // namespace rig::proxmox
