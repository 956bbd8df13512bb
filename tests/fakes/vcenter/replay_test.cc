// fakes/vcenter/replay_test.cc — every recorded exchange is asked of the fake: status, fault and shape of the answer
// must be the same. Where they differ the fake is wrong, or the exchange stands in out_of_scope.txt.
//
// The recordings are of govmomi's simulator, so what it lets pass is out of scope by name. Its ids are not ours: which
// of ours is meant is learnt from the answers, as a client learns it.
#include <cstdio>
#include <set>

#include "base/json/json.h"
#include "base/text.h"
#include "fakes/vcenter/client_test.h"

namespace rig::fakes::vcenter {
namespace {

const std::string kFolder = RIG_SOURCE_DIR "/tests/fakes/vcenter/";

struct Exchange {
  std::string id, request, answer;  // id: "1-operations 035-CloneVM_Task-full"
  int status = 0;
  int who = 1;  // of two clients
};

std::vector<Exchange> exchanges(const std::string& recording) {
  const auto text = read_file(kFolder + "recordings/" + recording + ".json");
  EXPECT_TRUE(text.ok()) << recording;
  const auto parsed = json::parse(*text);
  EXPECT_TRUE(parsed.ok()) << recording;
  std::vector<Exchange> out;
  for (const json::Value& row : *parsed->as<json::Array>())
    out.push_back({recording + " " + std::string(row.text({"step"})), std::string(row.text({"request"})),
                   std::string(row.text({"answer"})), static_cast<int>(row.integer({"status"})),
                   row.find("who") == nullptr ? 1 : 2});
  return out;
}

std::set<std::string> out_of_scope() {
  std::set<std::string> out;
  const auto text = read_file(kFolder + "out_of_scope.txt");
  EXPECT_TRUE(text.ok());
  for (const std::string& line : split(*text, '\n'))
    if (line.starts_with("  ")) out.insert(std::string(trim(line)));
  return out;
}

// What two answers have in common that mean the same: of properties, names and types; of tasks, how they ended.
void add_shape(const Tree& at, const std::string& path, std::set<std::string>& out) {
  const std::string& name = at->name;
  std::string here = path + "/" + name;
  if (name == "propSet" || name == "changeSet") {
    const Tree value = find(at, "val");
    here += " " + text_of(at, "name") + ":" + (value == nullptr ? "" : value->type);
    if (value != nullptr && value->type == "TaskInfo") {
      here += " " + text_of(value, "state");
      if (const Tree error = find(value, "error.fault")) here += " " + error->type;
      if (const Tree result = find(value, "result")) here += " " + result->type + " " + result->ref_type;
    }
    out.insert(here);
    return;
  }
  if (name == "missingSet") here += " " + text_of(at, "path") + ":" + find(at, "fault.fault")->type;
  if (name == "kind") here += " " + at->text;
  if (name == "detail") {
    out.insert(here + " " + at->children.front()->type);
    return;
  }
  out.insert(here);
  if (name == "missingSet" || name == "filter") return;
  for (const Tree& child : at->children) add_shape(child, here, out);
}

std::set<std::string> shape(const Tree& answer) {
  std::set<std::string> out;
  if (answer != nullptr) add_shape(answer, "", out);
  return out;
}

class Replay {
 public:
  Replay() {
    for (const char* name : {"DC0_H0_VM0", "DC0_H0_VM1", "DC0_C0_RP0_VM1"}) desk_.center.add_machine(seed(name));
    Object& machine = *desk_.center.machine("DC0_C0_RP0_VM0");
    desk_.center.set_power(machine, "poweredOn");
  }

  // Null: the same. Else both, for a person.
  std::string differs(const Exchange& exchange) {
    const std::string request = in_our_words(exchange.request);
    desk_.clock.advance(std::chrono::milliseconds(10));
    Asked asked;
    desk_.cookie = cookies_[exchange.who];
    Reply reply = desk_.ask_again(request, asked);
    asked.waited_s = 1000;
    if (reply.waits) reply = desk_.ask_again(request, asked);
    cookies_[exchange.who] = desk_.cookie;
    const auto recorded = parse(exchange.answer);
    if (!recorded.ok()) return "the recording cannot be read";
    if (reply.status == 200 && exchange.status == 200) learn(*recorded, reply.body);
    const auto wanted = shape(*recorded), found = shape(reply.body);
    if (reply.status == exchange.status && wanted == found) return "";
    std::string out = text_of(reply.body, "faultstring") + " status " + std::to_string(reply.status) + ", recorded " +
                      std::to_string(exchange.status);
    for (const std::string& each : wanted)
      if (!found.contains(each)) out += "\n    lacks " + each;
    for (const std::string& each : found)
      if (!wanted.contains(each)) out += "\n    has   " + each;
    return out;
  }

 private:
  static MachineSeed seed(const char* name) {
    MachineSeed out;
    out.name = name;
    out.is_on = true;
    return out;
  }

  std::string in_our_words(const std::string& request) const {
    std::string out;
    for (const std::string& part : split(request, '>')) {
      const std::size_t end = part.find('<');
      const auto known = end == std::string::npos ? ids_.end() : ids_.find(part.substr(0, end));
      out += (out.empty() ? "" : ">") + (known == ids_.end() ? part : known->second + part.substr(end));
    }
    return out;
  }

  // Words that a later request says again.
  void learn(const Tree& theirs, const Tree& ours) {
    static const std::set<std::string> kWords = {"token", "version", "changeVersion", "switchUuid", "uuid", "key"};
    if (theirs == nullptr || ours == nullptr || theirs->name != ours->name) return;
    const bool is_word = kWords.contains(theirs->name) || (theirs->name == "val" && theirs->type == "string");
    const bool is_new = theirs->text != ours->text && !theirs->text.empty() && !ours->text.empty();
    if (is_new && theirs->children.empty() && (is_word || !theirs->ref_type.empty())) ids_[theirs->text] = ours->text;
    if (theirs->name == "device" || theirs->type.starts_with("ArrayOf")) return;  // in another order
    for (const Tree& child : theirs->children) {
      const Trees same_here = all(theirs, child->name), same_there = all(ours, child->name);
      if (child->name == "propSet") {
        for (const Tree& other : same_there)
          if (text_of(other, "name") == text_of(child, "name")) learn(child, other);
      } else if (same_here.size() == 1 && same_there.size() == 1) {
        learn(child, same_there.front());
      }
    }
  }

  Desk desk_;
  std::map<std::string, std::string> ids_;
  std::map<int, std::string> cookies_;
};

class ReplayTest : public testing::TestWithParam<const char*> {};

TEST_P(ReplayTest, AnswersAsRecorded) {
  const auto excused = out_of_scope();
  Replay replay;
  int same = 0, left_out = 0;
  for (const Exchange& exchange : exchanges(GetParam())) {
    const std::string difference = replay.differs(exchange);
    const bool is_excused = excused.contains(exchange.id);
    if (difference.empty())
      EXPECT_FALSE(is_excused) << exchange.id << " is as recorded: take it out of out_of_scope.txt";
    else
      EXPECT_TRUE(is_excused) << exchange.id << ": " << difference;
    difference.empty() ? ++same : ++left_out;
  }
  std::printf("%s: %d as recorded, %d out of scope\n", GetParam(), same, left_out);
}

INSTANTIATE_TEST_SUITE_P(Recordings, ReplayTest, testing::Values("1-operations", "2-watch-import"));

TEST(OutOfScopeTest, IsAtMostAFifth) {
  const std::size_t all = exchanges("1-operations").size() + exchanges("2-watch-import").size();
  EXPECT_LE(out_of_scope().size() * 5, all);
}

}  // namespace
}  // namespace rig::fakes::vcenter
