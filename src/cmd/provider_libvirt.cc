// cmd/provider_libvirt.cc — libvirt and QEMU as a provider process.
#include <cstdlib>

#include "base/text.h"
#include "cmd/provider_process.h"
#include "hypervisor/libvirt/provider.h"

namespace {

std::string environment(const char* name, const char* otherwise = "") {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rig;
  return cmd::run_provider("provider-libvirt", argc, argv, [](const cmd::ProviderFlags& flags, const Clock& clock) {
    libvirt::Options options;
    options.endpoint = flags.endpoint;
    options.credentials_folder = flags.credentials_dir;
    options.insecure_skip_verify = environment("TLS_INSECURE_SKIP_VERIFY") == "true" ||
                                   environment("LIBVIRT_INSECURE_SKIP_HOST_KEY_VERIFICATION") == "true";
    options.virt_type = environment("LIBVIRT_VIRT_TYPE", "auto");
    options.default_pool = environment("LIBVIRT_DEFAULT_POOL", "default");
    for (const std::string& folder : split(environment("LIBVIRT_IMAGE_DIRS"), ':'))
      if (!folder.empty()) options.image_folders.push_back(folder);
    return libvirt::open(options, clock);
  });
}
