// vsphere/codec_fuzz.cc — libFuzzer: no bytes of an answer break the reader, and what it made of a device or a
// machine's change is written so that it reads the same again.
#include <cstdlib>

#include "hypervisor/vsphere/codec.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/properties.h"

namespace {

using namespace rig::vsphere;

void check(bool holds) {
  if (!holds) std::abort();
}

template <class Method>
void read_twice(std::string_view bytes) {
  const auto once = read_request<Method>(bytes);
  if (!once.ok()) return;
  const auto twice = read_request<Method>(request_text(*once));
  check(twice.ok());
  const auto thrice = read_request<Method>(request_text(*twice));
  check(thrice.ok() && *twice == *thrice);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t length) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), length);
  read_twice<Reconfigure>(bytes);
  read_twice<CloneMachine>(bytes);
  (void)read_answer<RetrieveServiceContent>(bytes);
  (void)read_answer<FindAllByUuid>(bytes);
  (void)read_versions(bytes);
  const auto spec = read_answer<CreateImportSpec>(bytes);
  if (spec.ok() && !spec->spec.xml.empty()) {
    const auto with_it = with_option(spec->spec, {"k", {"v"}});
    check(!with_it.ok() || with_it->xml.find("<extraConfig><key>k</key>") != std::string::npos);
  }
  if (const auto fault = read_fault(bytes)) (void)fault_error(*fault, "x").to_string();
  const auto updates = read_answer<WaitForUpdates>(bytes);
  if (updates.ok())
    for (const FilterUpdate& filter : updates->filters)
      for (const ObjectUpdate& object : filter.objects) {
        MachineProps props;
        (void)take_properties(object.changes, props);
        (void)check_missing(object.missing, "x");
      }
  const auto result = read_answer<RetrieveProperties>(bytes);
  if (result.ok())
    for (const ObjectContent& object : result->objects) {
      TaskProps task;
      EntityProps entity;
      LeaseProps lease;
      (void)take_properties(object.props, lease);
      (void)take_properties(object.props, task);
      (void)take_properties(object.props, entity);
    }
  return 0;
}
