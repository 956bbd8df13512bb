// e2e/client.h — a user of an API server, as kubectl would be.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/v1beta1/virtual_machine.h"
#include "kube/api.h"
#include "kube/kubeconfig.h"

namespace rig::e2e {

namespace v1 = api::v1beta1;

Call within(Duration time);

class Client {
 public:
  Status connect(const std::string& kubeconfig);  // and that it answers

  kube::Transport& transport() { return *transport_; }
  const kube::Access& access() const { return access_; }

  // In namespace `default`. create() is strict about fields.
  Status create(const json::Value& object);
  template <class T>
  Result<T> get(const std::string& name) {
    return kube::Api<T>(*transport_).get({"default", name}, within(std::chrono::seconds(10)));
  }
  template <class T>
  Status patch(const std::string& name, std::string_view yaml) {
    return patch(T::kResource, name, yaml);
  }
  template <class T>
  Status remove(const std::string& name) {
    return remove(T::kResource, name);
  }
  template <class T>
  bool is_gone(const std::string& name) {
    const auto object = get<T>(name);
    return !object.ok() && object.error().is(Code::kNotFound);
  }
  // An empty object while there is none or it cannot be read.
  v1::VirtualMachine vm(const std::string& name);
  std::vector<v1::VirtualMachine> vms();

 private:
  Status patch(const api::Resource& resource, const std::string& name, std::string_view yaml);
  Status remove(const api::Resource& resource, const std::string& name);

  kube::Access access_;
  std::unique_ptr<kube::Transport> transport_;
};

}  // namespace rig::e2e
