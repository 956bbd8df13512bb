// vsphere/scripted_session_test.h — a session whose answers a test writes down: by method, in the order asked.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/session.h"

namespace rig::vsphere {

// The last answer of a method is given again and again; a method without one fails the test.
class ScriptedSession final : public Session {
 public:
  // `content`: what stands within the answer.
  void answer(const std::string& method, const std::string& content) {
    answers_[method].emplace_back("<e:Envelope><e:Body><" + method + "Response>" + content + "</" + method +
                                  "Response></e:Body></e:Envelope>");
  }
  void answer_whole(const std::string& method, std::string body) { answers_[method].emplace_back(std::move(body)); }
  void refuse(const std::string& method, const std::string& fault, const MoRef& object = {}) {
    LocalizedFault why;
    why.fault.xsi_type = fault;
    why.fault.obj = object;
    answers_[method].emplace_back(fault_error(why, method));
  }

  void forget(const std::string& method) { answers_.erase(method); }

  Result<std::string> send(std::string_view method, const std::string& request, const Call&) override {
    asked.emplace_back(method);
    requests.push_back(request);
    std::deque<Result<std::string>>& left = answers_[std::string(method)];
    if (left.empty()) {
      ADD_FAILURE() << "no answer to " << method;
      return Error(Code::kInternal, "no answer to " + std::string(method));
    }
    Result<std::string> now = left.front();
    if (left.size() > 1) left.pop_front();
    return now;
  }
  // Takes all that there is; what it took stands in `uploads`.
  Status upload(const Upload& what, const http::ReadBody& read, const Call&) override {
    std::string& bytes = uploads.emplace_back(what, "").second;
    std::array<char, 7000> buffer{};
    for (;;) {
      const std::size_t n = TRY(read(buffer));
      if (n == 0) return {};
      bytes.append(buffer.data(), n);
    }
  }
  Result<ServiceContent> service(const Call&) override {
    ServiceContent content;
    content.root_folder = {"Folder", "group-d1"};
    content.property_collector = {"PropertyCollector", "propertyCollector"};
    content.view_manager = {"ViewManager", "ViewManager"};
    content.search_index = {"SearchIndex", "SearchIndex"};
    content.ovf_manager = {"OvfManager", "OvfManager"};
    content.storage_resource_manager = {"StorageResourceManager", "StorageResourceManager"};
    return content;
  }
  std::uint64_t login_number() const override { return login_; }
  void distrust(std::uint64_t login) override { login_ += login == login_ ? 1 : 0; }
  Contact contact() const override { return {}; }

  std::vector<std::string> asked, requests;
  std::vector<std::pair<Upload, std::string>> uploads;

 private:
  std::map<std::string, std::deque<Result<std::string>>> answers_;
  std::uint64_t login_ = 1;
};

inline Call no_hurry() {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5), .stop = {}, .request_id = {}};
}

}  // namespace rig::vsphere
