// vsphere/weather_test.cc — provider/conformance/weather.h on the strict fake of a vCenter, over calls that change
// something.
#include "provider/conformance/weather.h"

#include "vsphere/on_fake.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;
using fakes::vcenter::Fault;

const provider::conformance::Mishap<Fault> kMishaps[] = {
    {"refused", {.kind = Fault::Kind::kRefuse, .status = 502, .reason = "<html>502</html>"}},
    {"reply lost", {.kind = Fault::Kind::kLoseReply}},
    {"dropped", {.kind = Fault::Kind::kDrop}},
    {"a proxy's page", {.kind = Fault::Kind::kProxyPage}},
    {"hung", {.kind = Fault::Kind::kHang}},
    {"hung after the effect", {.kind = Fault::Kind::kHangAfter}},
};

class Weather : public provider::conformance::Weather<fakes::vcenter::Fake, Fault> {
 protected:
  Weather() {
    begin({.fake = on_.fake.get(), .subject = on_.bed.subject("weather"), .volumes = 2, .effects_only = true});
  }

  OnFake on_{hangs(GetParam().fault) ? 1s : 60s};
};

TEST_P(Weather, OverAWholeLifeLeavesWhatIsWantedAndNothingElse) { over_a_whole_life(); }
TEST_P(Weather, OverPowerAndChangesAndTheEnd) { over_power_and_changes_and_the_end(); }
TEST_P(Weather, OverAnImageBringsItOnce) { over_an_image(); }

INSTANTIATE_TEST_SUITE_P(Vsphere, Weather, testing::ValuesIn(kMishaps), provider::conformance::mishap_name<Fault>);

}  // namespace
}  // namespace rig::vsphere
