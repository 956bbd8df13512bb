// apiserver/selector_test.cc — every selector that was tried on a real server, with what it found or said.
#include "apiserver/selector.h"

#include <gtest/gtest.h>

#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kKeyWords =
    "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. "
    "'example.com/MyName')";
constexpr std::string_view kValueWords =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end "
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

// The five objects of the recording "selectors".
std::vector<json::Value> objects() {
  std::vector<json::Value> out;
  for (const char* text : {R"({"metadata":{"name":"a","labels":{"app":"web","tier":"1"}}})",
                           R"({"metadata":{"name":"b","labels":{"app":"web","tier":"2"}}})",
                           R"({"metadata":{"name":"c","labels":{"app":"db"}}})", R"({"metadata":{"name":"d"}})",
                           R"({"metadata":{"name":"e","labels":{"app":"","size":"10"}}})"}) {
    out.push_back(J(text));
  }
  return out;
}

std::string found(std::string_view plural, std::string_view group, std::string_view labels, std::string_view fields) {
  const Result<Selector> selector = Selector::parse(*api::find_kind(group, plural), labels, fields);
  if (!selector.ok()) {
    EXPECT_EQ(http_code(selector.error()), 400);
    return selector.error().message();
  }
  std::string names;
  for (const json::Value& object : objects()) {
    if (selector->matches(object)) names += object.text({"metadata", "name"});
  }
  return names;
}

TEST(LabelSelector, FindsAndSaysWhatTheRealServerDoes) {
  const std::string rule = "unable to parse requirement: ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "abcde"},
      {"app=web", "ab"},
      {"app==web", "ab"},
      {"app!=web", "cde"},
      {"app in (web,db)", "abc"},
      {"app notin (web)", "cde"},
      {"app", "abce"},
      {"!app", "d"},
      {"app=web,tier=2", "b"},
      {"app=", "e"},
      {"app!=", "abcd"},
      {"app in ()", "e"},
      {"app in (,web)", "abe"},
      {"size>9", "e"},
      {"size<9", ""},
      {"tier>1,app=web", "b"},
      {" app = web ", "ab"},
      {"app,!tier", "ce"},
      {"app=web,app=db", ""},
      {"example.com/a=1", ""},
      {"size>x", rule + R"(values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer)"},
      {"app=web,", "found '', expected: identifier after ','"},
      {",app=web", "found ',', expected: !, identifier, or 'end of string'"},
      {"app=web tier=1", "found 'tier', expected: ',' or 'end of string'"},
      {"=web", "found '=', expected: !, identifier, or 'end of string'"},
      {"app===web", rule + "found '=', expected: identifier"},
      {"app in web", rule + "found 'web' expected: '('"},
      {"app notin web,db", rule + "found 'web' expected: '('"},
      {"a b", rule + "found 'b', expected: in, notin, =, ==, !=, gt, lt"},
      {"app=we b", "found 'b', expected: ',' or 'end of string'"},
      {"app=-x", rule + R"(values[0][app]: Invalid value: "-x": )" + std::string(kValueWords)},
      {"app=" + std::string(64, 'x'),
       rule + R"(values[0][app]: Invalid value: ")" + std::string(64, 'x') + R"(": must be no more than 63 bytes)"},
      {"x/y/z=1", rule + R"(<nil>: Invalid value: "x/y/z": )" + std::string(kKeyWords)},
      {"!app=web", "found '=', expected: ',' or 'end of string'"},
      {"app in (web", rule + "found '', expected: ',' or ')'"},
      {"(", "found '(', expected: !, identifier, or 'end of string'"},
  };
  for (const auto& [selector, wanted] : cases) {
    EXPECT_EQ(found("virtualmachines", "infra.virtrigaud.io", selector, ""), wanted) << selector;
  }
}

TEST(FieldSelector, FindsAndSaysWhatTheRealServerDoes) {
  struct Case {
    const char* selector;
    std::string custom, config_map;
  };
  const std::string known = R"( is not a known field selector: only "metadata.name", "metadata.namespace")";
  const std::string unsupported = "field label not supported: ";
  const auto lost = [](const std::string& s) { return "invalid selector: '" + s + "'; can't understand '" + s + "'"; };
  for (const Case& c : {
           Case{"metadata.name=a", "a", "a"},
           Case{"metadata.name==a", "a", "a"},
           Case{"metadata.name!=a", "bcde", "bcde"},
           Case{"metadata.namespace=", "abcde", "abcde"},
           Case{"metadata.name=a,metadata.name=b", "", ""},
           Case{"metadata.name=a,", "a", "a"},
           Case{"metadata.name=", "", ""},
           Case{R"(metadata.name=a\,b)", "", ""},
           Case{"spec.powerState=On", unsupported + "spec.powerState", "\"spec.powerState\"" + known},
           Case{"name=a", unsupported + "name", "\"name\"" + known},
           Case{"=a", unsupported, "\"\"" + known},
           Case{"metadata.name", lost("metadata.name"), lost("metadata.name")},
           Case{"metadata.name in (a)", lost("metadata.name in (a)"), lost("metadata.name in (a)")},
           Case{"metadata.name>a", lost("metadata.name>a"), lost("metadata.name>a")},
       }) {
    EXPECT_EQ(found("virtualmachines", "infra.virtrigaud.io", "", c.selector), c.custom) << c.selector;
    EXPECT_EQ(found("configmaps", "", "", c.selector), c.config_map) << c.selector;
  }
}

TEST(FieldSelector, KnowsTheLabelsOfCoreKinds) {
  EXPECT_EQ(found("secrets", "", "", "type="), "abcde");
  EXPECT_EQ(found("namespaces", "", "", "status.phase=Active"), "");
  EXPECT_EQ(found("events", "", "", "involvedObject.name=,source=,reportingComponent="), "abcde");
  EXPECT_EQ(found("events", "", "", "regarding.name=x"), "field label not supported: regarding.name");
  EXPECT_EQ(found("events", "events.k8s.io", "", "regarding.name=,reason="), "abcde");
  EXPECT_EQ(found("events", "events.k8s.io", "", "source=x"), "field label not supported: source");
}

}  // namespace
}  // namespace rig::apiserver
