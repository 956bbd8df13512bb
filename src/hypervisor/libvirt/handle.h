// libvirt/handle.h — owners for libvirt's reference-counted handles, and its answers as Results.
//
// Every call to a host is written `ask(function, arguments...)`, which counts it. Its answer goes at once, on the same
// thread, through owned(), done() or text(): libvirt keeps the error per thread and only until the next call.
#pragma once

#include <libvirt/libvirt.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hypervisor/libvirt/errors.h"

namespace rig::libvirt {

template <auto release>
struct Release {
  void operator()(auto* handle) const { release(handle); }
};

using Domain = std::unique_ptr<virDomain, Release<virDomainFree>>;
using Pool = std::unique_ptr<virStoragePool, Release<virStoragePoolFree>>;
using Volume = std::unique_ptr<virStorageVol, Release<virStorageVolFree>>;
using Network = std::unique_ptr<virNetwork, Release<virNetworkFree>>;
using Stream = std::unique_ptr<virStream, Release<virStreamFree>>;
using Session = std::shared_ptr<virConnect>;  // of one thread at a time: session_pool.h says why

inline std::atomic<std::int64_t> calls_made{0};  // by this process, to all hosts

template <class Function, class... Arguments>
auto ask(Function function, Arguments... arguments) {
  calls_made.fetch_add(1, std::memory_order_relaxed);
  return function(arguments...);
}

template <class Owner>
Result<Owner> owned(typename Owner::pointer handle, std::string_view doing) {
  if (handle == nullptr) return last_error(doing);
  return Owner(handle);
}

inline Status done(int answer, std::string_view doing) {
  if (answer < 0) return last_error(doing);
  return {};
}

inline Result<std::string> text(char* answer, std::string_view doing) {
  if (answer == nullptr) return last_error(doing);
  const std::unique_ptr<char, Release<std::free>> owner(answer);
  return std::string(answer);
}

// For the "list all" calls, which allocate an array of handles.
template <class Owner, class List>
Result<std::vector<Owner>> owned_list(List list, std::string_view doing) {
  typename Owner::pointer* handles = nullptr;
  const int count = list(&handles);
  if (count < 0) return last_error(doing);
  const std::unique_ptr<typename Owner::pointer, Release<std::free>> array(handles);
  std::vector<Owner> owners;
  for (int i = 0; i < count; ++i) owners.emplace_back(handles[i]);
  return owners;
}

}  // namespace rig::libvirt
