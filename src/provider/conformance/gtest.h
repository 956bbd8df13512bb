// provider/conformance/gtest.h — the table of cases as GoogleTest tests. For test programs.
//
//   const bool registered = register_cases("ProviderConformanceOfFake", &subject, {"addresses_without_agent_fast"});
//
// A case that does not apply must stand in the list, with the reason printed; one that stands there and applies
// fails: the list can only shrink. GoogleTest's report has for each case its subject, what it proves and why it does
// not apply, and for each subject its capabilities; tools/dev/conformance.py makes tables of them.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "provider/conformance/conformance.h"

namespace rig::provider::conformance {

class ConformanceTest : public testing::Test {};  // a suite has one class

class CaseTest : public ConformanceTest {
 public:
  CaseTest(const Case& which, Subject& (*subject)(), const std::set<std::string_view>& not_applicable)
      : case_(which), subject_(subject), is_listed_(not_applicable.contains(which.name)) {}

  void TestBody() override {
    RecordProperty("subject", subject_().name);
    RecordProperty("proves", std::string(case_.proves));
    const std::string verdict = case_.run(subject_());
    const bool is_not_applicable = verdict.starts_with("n/a");
    if (is_not_applicable) {
      RecordProperty("not_applicable", verdict.substr(verdict.find(' ') + 1));
      std::printf("[   n/a    ] %s%s\n", std::string(case_.name).c_str(), verdict.substr(3).c_str());
    }
    EXPECT_EQ(is_not_applicable, is_listed_) << case_.name << ": the list of what does not apply must say the same";
    if (!is_not_applicable) {
      EXPECT_EQ(verdict, "") << case_.proves;
    }
  }

 private:
  const Case& case_;
  Subject& (*const subject_)();
  const bool is_listed_;
};

class CapabilitiesTest : public ConformanceTest {
 public:
  explicit CapabilitiesTest(Subject& (*subject)()) : subject_(subject) {}

  void TestBody() override {
    Subject& subject = subject_();
    const auto can = subject.provider().capabilities(
        {std::chrono::steady_clock::now() + std::chrono::minutes(1), {}, "conformance"});
    ASSERT_TRUE(can.ok()) << can.error().to_string();
    RecordProperty("subject", subject.name);
    RecordProperty("capabilities", json::to_text(to_facts(*can)));
  }

 private:
  Subject& (*const subject_)();
};

// `subject` is called by each case; it may make the subject once. At static initialisation.
inline bool register_cases(const char* suite, Subject& (*subject)(), const std::set<std::string_view>& not_applicable) {
  std::set<std::string_view> unknown = not_applicable;
  for (const Case& which : cases()) {
    unknown.erase(which.name);
    testing::RegisterTest(suite, std::string(which.name).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [&which, subject, not_applicable]() -> ConformanceTest* {
                            return new CaseTest(which, subject, not_applicable);
                          });
  }
  testing::RegisterTest(suite, "capabilities", nullptr, nullptr, __FILE__, __LINE__,
                        [subject]() -> ConformanceTest* { return new CapabilitiesTest(subject); });
  for (const std::string_view name : unknown)
    std::fprintf(stderr, "%s: no case is called %s\n", suite, std::string(name).c_str());
  return unknown.empty();
}

}  // namespace rig::provider::conformance
