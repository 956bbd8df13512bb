// cmd/provider_proxmox.cc — Proxmox VE as a provider process.
#include <cstdlib>

#include "base/text.h"
#include "cmd/provider_process.h"
#include "hypervisor/proxmox/provider.h"

namespace {

// The reference's two names of each variable, the first of which counts.
std::string environment(const std::string& name) {
  for (const char* prefix : {"PROVIDER_", "PVE_"}) {
    const char* value = std::getenv((prefix + name).c_str());
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

bool is_true(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && std::string_view(value) == "true";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rig;
  return cmd::run_provider("provider-proxmox", argc, argv, [](const cmd::ProviderFlags& flags, const Clock& clock) {
    proxmox::Options options;
    options.endpoint = flags.endpoint.empty() ? environment("ENDPOINT") : flags.endpoint;
    options.credentials_folder = flags.credentials_dir;
    options.otherwise = {.token_id = environment("TOKEN_ID"),
                         .token_secret = environment("TOKEN_SECRET"),
                         .username = environment("USERNAME"),
                         .password = environment("PASSWORD"),
                         .ca_bundle = environment("CA_BUNDLE"),
                         .fingerprint = environment("FINGERPRINT"),
                         .endpoints = environment("ENDPOINTS")};
    options.insecure_skip_verify = is_true("TLS_INSECURE_SKIP_VERIFY") || is_true("PVE_INSECURE_SKIP_VERIFY");
    for (const std::string& node : split(environment("NODE_SELECTOR"), ','))
      if (!trim(node).empty()) options.nodes.emplace_back(trim(node));
    options.default_storage = environment("DEFAULT_DATASTORE");
    if (options.default_storage.empty()) options.default_storage = environment("DEFAULT_STORAGE");
    options.import_storage = environment("IMPORT_STORAGE");
    if (const std::string bridge = environment("DEFAULT_BRIDGE"); !bridge.empty()) options.default_bridge = bridge;
    return proxmox::open(options, clock);
  });
}
