// fakes/vcenter/api.h — from a SOAP request to an answer, in vCenter's order: is it XML, which method, is it as the
// schema has it, who asks, is the object there, may he.
#pragma once

#include "fakes/vcenter/call.h"

namespace rig::fakes::vcenter {

struct Message {
  std::string method, target, body;    // of HTTP
  std::string cookie, action, client;  // headers Cookie, SOAPAction, User-Agent
};
struct Outcome {
  int status = 200;
  std::string body{}, cookie{};  // cookie: to be set
  std::string fault{};           // of which type; "" : none
  bool waits = false;            // to be asked again
};

std::string_view method_in(std::string_view soap);  // "CloneVM_Task"; "" : none
bool changes_something(std::string_view method);    // calls that only look do not, nor do logins and filters

class Api {
 public:
  explicit Api(Center& center) : center_(center) {}
  // Of a call that waits, the same object is given again.
  Outcome answer(const Message& message, Asked& asked);

 private:
  Outcome soap(const Message& message, Asked& asked);
  Result<Answer> act(const Message& message, Asked& asked);
  Outcome upload(const Message& message);

  Center& center_;
};

}  // namespace rig::fakes::vcenter
