// cmd/provider_vsphere.cc — vSphere as a provider process.
#include <cstdlib>

#include "cmd/provider_process.h"
#include "hypervisor/vsphere/provider.h"

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rig;
  return cmd::run_provider("provider-vsphere", argc, argv, [](const cmd::ProviderFlags& flags, const Clock& clock) {
    vsphere::Options options;
    options.endpoint = flags.endpoint;
    options.credentials_folder = flags.credentials_dir;
    options.insecure_skip_verify = environment("TLS_INSECURE_SKIP_VERIFY") == "true";
    options.hot_add = environment("PROVIDER_HOT_ADD") != "false";
    options.defaults.cluster = environment("PROVIDER_DEFAULT_CLUSTER");
    options.defaults.folder = environment("PROVIDER_DEFAULT_FOLDER");
    options.defaults.resource_pool = environment("PROVIDER_DEFAULT_RESOURCE_POOL");
    options.defaults.storage = environment("PROVIDER_DEFAULT_DATASTORE");
    options.defaults.storage_cluster = environment("PROVIDER_DEFAULT_STORAGE_POD");
    return vsphere::open(options, clock);
  });
}
