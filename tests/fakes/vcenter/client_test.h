// fakes/vcenter/client_test.h — a client of the fake for its own tests: writes requests by hand, reads answers as
// trees.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "fakes/vcenter/api.h"
#include "fakes/vcenter/inventory.h"

namespace rig::fakes::vcenter {

inline Types read_types() {
  const auto text = read_file(RIG_SOURCE_DIR "/tests/fakes/vcenter/types.txt");
  EXPECT_TRUE(text.ok());
  auto types = Types::parse(*text);
  EXPECT_TRUE(types.ok());
  return types.take();
}

struct Reply {
  int status = 0;
  std::string fault;  // "" : none
  Tree body;          // <XResponse>, or the fault's detail
  bool waits = false;
  Tree value(std::string_view path = "") const { return find(find(body, "returnval"), path); }
  std::string text(std::string_view path = "") const { return text_of(find(body, "returnval"), path); }
};

class Desk {  // a vCenter without sockets, and one client
 public:
  StepClock clock;
  Center center{clock, read_types(), "user", "pass"};
  Api api{center};
  std::string cookie;

  Desk() { furnish(center); }

  Reply ask(const std::string& call) {
    Asked asked;
    return ask_again(call, asked);
  }
  Reply ask_again(const std::string& call, Asked& asked) {
    center.settle();
    const std::string envelope =
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body>" +
        call + "</e:Body></e:Envelope>";
    const Message message{"POST", "/sdk", envelope, "vmware_soap_session=\"" + cookie + "\"", "urn:vim25/7.0.3.0",
                          "test"};
    const Outcome outcome = api.answer(message, asked);
    center.settle();
    if (!outcome.cookie.empty()) cookie = outcome.cookie;
    Reply reply{outcome.status, outcome.fault, nullptr, outcome.waits};
    if (outcome.waits) return reply;
    const auto parsed = parse(outcome.body);
    EXPECT_TRUE(parsed.ok()) << outcome.body;
    if (parsed.ok() && find(*parsed, "Body") != nullptr) reply.body = find(*parsed, "Body")->children.front();
    return reply;
  }

  // ---- what tests ask often ----
  void log_in() {
    const Reply reply =
        ask("<Login><_this type=\"SessionManager\">SessionManager</_this><userName>user</userName>"
            "<password>pass</password></Login>");
    EXPECT_EQ(reply.status, 200);
  }
  Reply read(const std::string& type, const std::string& id, const std::vector<std::string>& paths) {
    std::string set = "<type>" + type + "</type>";
    for (const std::string& path : paths) set += "<pathSet>" + path + "</pathSet>";
    return ask("<RetrievePropertiesEx><_this type=\"PropertyCollector\">propertyCollector</_this><specSet><propSet>" +
               set + "</propSet><objectSet><obj type=\"" + type + "\">" + id +
               "</obj></objectSet></specSet><options/>"
               "</RetrievePropertiesEx>");
  }
  Tree info(const Reply& task) {
    const Reply reply = read("Task", task.text(), {"info"});
    return reply.value("objects.propSet.val");
  }
  // The fault that the task ended in; "" : none; "?" : it has not ended.
  std::string end_of(const Reply& task) {
    if (task.status != 200) return task.fault;
    const Tree at_end = info(task);
    const std::string& state = text_of(at_end, "state");
    return state == "success" ? "" : state == "error" ? find(at_end, "error.fault")->type : "?";
  }
  std::string result_of(const Reply& task) { return text_of(info(task), "result"); }
  std::string id_of(const std::string& name) { return center.machine(name)->self.id; }
  Reply on(const std::string& method, const std::string& machine, const std::string& rest = "") {
    return ask("<" + method + "><_this type=\"VirtualMachine\">" + id_of(machine) + "</_this>" + rest + "</" + method +
               ">");
  }
  Reply clone(const std::string& source, const std::string& name, const std::string& config = "",
              const std::string& location =
                  "<datastore type=\"Datastore\">datastore-75</datastore>"
                  "<pool type=\"ResourcePool\">resgroup-30</pool>") {
    return on("CloneVM_Task", source,
              "<folder type=\"Folder\">group-v3</folder><name>" + name + "</name><spec><location>" + location +
                  "</location><template>false</template>" + config + "<powerOn>false</powerOn></spec>");
  }
  std::string reconfigure(const std::string& machine, const std::string& spec) {
    return end_of(on("ReconfigVM_Task", machine, "<spec>" + spec + "</spec>"));
  }
};

}  // namespace rig::fakes::vcenter
