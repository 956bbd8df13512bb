// fakes/pve/message.h — what a client sends and gets, as text: parameters out of query and body, answers into JSON.
#pragma once

#include <string>
#include <string_view>

#include "fakes/pve/call.h"

namespace rig::fakes::pve {

struct Message {
  std::string method, target, content_type, body;  // target: path and query, as sent
  std::string authorization, cookie, csrf_token;
};
struct Outcome {
  int status = 200;  // 0: the connection ends without an answer
  std::string reason = "OK", body;
  Duration takes{};  // how long the real one would have kept its client waiting, tasks aside
};

// Percent-decoded and without "/api2/json". Nullopt: not below it, or not decodable.
std::optional<std::string> path_of(std::string_view target);
// Of query and body (a form, JSON, or several parts), later ones win. A file of several parts goes to `upload`.
Status read_parameters(const Message& message, Texts& parameters, std::string& upload);

std::string success(const Answer& answer);
Outcome failure(const Error& error);
// As PVE's proxy refuses: the text in the status line only.
Outcome bare(int status, std::string reason, Duration takes = {});

}  // namespace rig::fakes::pve
