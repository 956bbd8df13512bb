// The service itself, and who asks.
#include "base/wall_time.h"
#include "fakes/vcenter/call.h"

namespace rig::fakes::vcenter {
namespace {

Tree text(std::string name, std::string value) { return leaf(std::move(name), std::move(value)); }

Result<Answer> service_content(Center& center, Asked& asked) {
  return answer(find(center.object(asked.self.id)->tree, "content"));
}

Result<Answer> current_time(Center& center, Asked&) { return answer(text("", format_micro_time(center.now()))); }

Result<Answer> log_in(Center& center, Asked& asked) {
  if (asked.session != nullptr) return refuse("InvalidLogin", "A session is logged in already.");
  if (asked.text("userName") != center.user || asked.text("password") != center.password)
    return refuse("InvalidLogin", "Cannot complete login due to an incorrect user name or password.");
  const Session& session = center.log_in(asked.text("userName"), asked.client);
  Answer out = answer(tree_of(session));
  out.cookie = session.key;
  return out;
}

Result<Answer> log_out(Center& center, Asked& asked) {
  center.end_session(asked.session->key);
  return Answer();
}

Result<Answer> is_active(Center& center, Asked& asked) {
  return answer(leaf("", center.sessions().contains(asked.text("sessionID"))));
}

Result<Answer> terminate(Center& center, Asked& asked) {
  for (const Tree& id : all(asked.call, "sessionId")) {
    if (id->text == asked.session->key) return wrong_argument("sessionId");
    if (!center.sessions().contains(id->text)) return refuse("NotFound", "The session is not there.");
  }
  for (const Tree& id : all(asked.call, "sessionId")) center.end_session(id->text);
  return Answer();
}

Result<Answer> cancel_task(Center& center, Asked& asked) {
  TRY(center.cancel(asked.self));
  return Answer();
}

constexpr Row kRows[] = {
    {"RetrieveServiceContent", "ServiceInstance", "", service_content},
    {"CurrentTime", "ServiceInstance", "System.View", current_time},
    {"Login", "SessionManager", "", log_in},
    {"Logout", "SessionManager", "System.View", log_out},
    {"SessionIsActive", "SessionManager", "Sessions.ValidateSession", is_active},
    {"TerminateSession", "SessionManager", "Sessions.TerminateSession", terminate},
    {"CancelTask", "Task", "Global.CancelTask", cancel_task},
};

}  // namespace

std::span<const Row> service_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
