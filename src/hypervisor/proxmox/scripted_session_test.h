// proxmox/scripted_session_test.h — a session whose answers a test writes down: by method and path, in the order asked.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/json/json.h"
#include "hypervisor/proxmox/errors.h"
#include "hypervisor/proxmox/session.h"

namespace rig::proxmox {

// The last answer of a call is given again and again; a call without one fails the test.
class ScriptedSession final : public Session {
 public:
  void answer(const std::string& what, json::Value data) { answers_[what].push_back(std::move(data)); }
  void refuse(const std::string& what, int status, const std::string& reason) {
    answers_[what].push_back(reply_error({.status = status, .headers = {}, .body = "", .reason = reason}, what));
  }

  Result<json::Value> send(const ApiCall& what, const Call&) override {
    const std::string name = what.method + " " + what.path;
    asked.push_back(what.form.empty() ? name : name + "?" + form_text(what.form));
    std::deque<Result<json::Value>>& left = answers_[name];
    if (left.empty()) {
      ADD_FAILURE() << "no answer to " << name;
      return Error(Code::kInternal, "no answer to " + name);
    }
    Result<json::Value> now = left.front();
    if (left.size() > 1) left.pop_front();
    return now;
  }
  Contact contact() const override { return {}; }

  std::vector<std::string> asked;

 private:
  std::map<std::string, std::deque<Result<json::Value>>> answers_;
};

}  // namespace rig::proxmox
