// provider/runtime.cc — see runtime.h.
#include "provider/runtime.h"

namespace rig::provider {

std::map<std::string, std::string> variables_of_defaults(const ProviderProcess& process) {
  constexpr std::pair<const char*, const char*> kNames[] = {{"datastore", "PROVIDER_DEFAULT_DATASTORE"},
                                                            {"storagePod", "PROVIDER_DEFAULT_STORAGE_POD"},
                                                            {"cluster", "PROVIDER_DEFAULT_CLUSTER"},
                                                            {"folder", "PROVIDER_DEFAULT_FOLDER"}};
  std::map<std::string, std::string> out;
  for (const auto& [from, to] : kNames)
    if (const auto it = process.defaults.find(from); it != process.defaults.end()) out[to] = it->second;
  return out;
}

}  // namespace rig::provider
