// provider/conformance/gtest.h — the table of cases as GoogleTest tests. For test programs.
//
//   const bool registered = register_cases("ProviderConformanceOfFake", &subject, {"addresses_without_agent_fast"});
//
// A case that does not apply must stand in the list, with the reason printed; one that stands there and applies
// fails: the list can only shrink.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "provider/conformance/conformance.h"

namespace rig::provider::conformance {

class CaseTest : public testing::Test {
 public:
  CaseTest(const Case& which, Subject& (*subject)(), const std::set<std::string_view>& not_applicable)
      : case_(which), subject_(subject), is_listed_(not_applicable.contains(which.name)) {}

  void TestBody() override {
    const std::string verdict = case_.run(subject_());
    const bool is_not_applicable = verdict.starts_with("n/a");
    if (is_not_applicable)
      std::printf("[   n/a    ] %s%s\n", std::string(case_.name).c_str(), verdict.substr(3).c_str());
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

// `subject` is called by each case; it may make the subject once. At static initialisation.
inline bool register_cases(const char* suite, Subject& (*subject)(), const std::set<std::string_view>& not_applicable) {
  std::set<std::string_view> unknown = not_applicable;
  for (const Case& which : cases()) {
    unknown.erase(which.name);
    testing::RegisterTest(
        suite, std::string(which.name).c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [&which, subject, not_applicable]() -> CaseTest* { return new CaseTest(which, subject, not_applicable); });
  }
  for (const std::string_view name : unknown)
    std::fprintf(stderr, "%s: no case is called %s\n", suite, std::string(name).c_str());
  return unknown.empty();
}

}  // namespace rig::provider::conformance
