// http/certificate_test.cc — what is issued says who and how long.
#include "http/certificate.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace rig::http {
namespace {

using namespace std::chrono_literals;

TEST(Certificate, SaysWhoAndHowLong) {
  const StepClock clock;
  const KeyPair authority = make_authority("our authority", clock.wall(), 24h).take();
  const Subject subject{
      .common_name = "admin", .organizations = {"system:masters", "zwei"}, .names = {}, .client = true};
  const CertificateFacts facts = read_certificate(issue(authority, subject, clock.wall(), 1h)->certificate_pem).take();
  EXPECT_EQ(facts.common_name, "admin");
  EXPECT_EQ(facts.organizations, subject.organizations);
  EXPECT_EQ(facts.not_after, clock.wall() + 1h);
  EXPECT_LE(facts.not_before, clock.wall());
  EXPECT_EQ(facts.sha256_hex.size(), 64U);
}

TEST(Certificate, IsNeverMadeTwiceAlike) {
  const StepClock clock;
  EXPECT_NE(make_authority("a", clock.wall(), 1h)->certificate_pem,
            make_authority("a", clock.wall(), 1h)->certificate_pem);
}

TEST(Certificate, RefusesWhatItCannotRead) {
  const StepClock clock;
  EXPECT_EQ(read_certificate("no PEM").error().code(), Code::kInvalidArgument);
  EXPECT_EQ(issue({.certificate_pem = "x", .key_pem = "y"}, {.common_name = "a", .organizations = {}, .names = {}},
                  clock.wall(), 1h)
                .error()
                .code(),
            Code::kInvalidArgument);
  const KeyPair authority = make_authority("a", clock.wall(), 1h).take();
  for (const Subject& bad : {Subject{.common_name = "", .organizations = {}, .names = {}},
                             Subject{.common_name = "a", .organizations = {std::string(65, 'x')}, .names = {}},
                             Subject{.common_name = "a", .organizations = {}, .names = {"host,IP:1.2.3.4"}}}) {
    EXPECT_EQ(issue(authority, bad, clock.wall(), 1h).error().code(), Code::kInvalidArgument);
  }
}

}  // namespace
}  // namespace rig::http
