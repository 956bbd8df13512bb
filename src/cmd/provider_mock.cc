// cmd/provider_mock.cc — a hypervisor in memory behind the real wire, for trying things and for load tests.
#include "cmd/provider_process.h"
#include "provider/fake/fake_provider.h"

int main(int argc, char** argv) {
  using namespace rig;
  return cmd::run_provider(
      "provider-mock", argc, argv,
      [](const cmd::ProviderFlags&, const Clock& clock) -> Result<std::unique_ptr<provider::Provider>> {
        using namespace std::chrono_literals;
        // The reference's mock takes these times.
        provider::fake::Options options;
        options.create = 2s;
        options.remove = options.power = options.image = 1s;
        options.apply = 3s;
        options.storage_bytes = 1LL << 60;  // load tests are not about it
        std::unique_ptr<provider::Provider> mock = std::make_unique<provider::fake::FakeProvider>(clock, options);
        return mock;
      });
}
