// ssh/quote_test.cc — the quoting against a table, and against /bin/sh with whatever bytes there are.
#include "ssh/quote.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <vector>

#include "base/fd.h"

namespace rig::ssh {
namespace {

using Words = std::vector<std::string>;

// What /bin/sh makes of the line: its arguments, each followed by a NUL byte.
Words split_by_shell(const std::string& line) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    const std::string script = "set -- " + line + "; for a in \"$@\"; do printf '%s\\0' \"$a\"; done";
    ::execl("/bin/sh", "sh", "-c", script.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  const Fd out(ends[0]);
  Words words;
  std::string word;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(out.get(), buffer, sizeof buffer)) > 0;) {
    for (const char c : std::string_view(buffer, static_cast<std::size_t>(got))) {
      if (c != '\0') {
        word += c;
      } else {
        words.push_back(std::exchange(word, ""));
      }
    }
  }
  ::waitpid(child, nullptr, 0);
  return words;
}

TEST(Quote, LeavesPlainWordsAndQuotesTheRest) {
  struct Case {
    Words arguments;
    const char* line;
  };
  for (const Case& c :
       {Case{{"ls", "-l", "/tmp"}, "ls -l /tmp"}, Case{{"echo", ""}, "echo ''"}, Case{{"a b"}, "'a b'"},
        Case{{"it's"}, R"('it'\''s')"}, Case{{"$(reboot)"}, "'$(reboot)'"}, Case{{"a=b", "c"}, "'a=b' c"},
        Case{{"x;rm -rf /", "`id`"}, "'x;rm -rf /' '`id`'"}, Case{{"~", "*", "#"}, "'~' '*' '#'"}}) {
    EXPECT_EQ(*quote(c.arguments), c.line);
  }
}

TEST(Quote, RefusesWhatNoArgumentCanBe) {
  EXPECT_EQ(quote(Words{}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(quote(Words{"a", std::string("b\0c", 3)}).error().code(), Code::kInvalidArgument);
}

TEST(Quote, ThePosixShellGivesBackEveryByteOfEveryArgument) {
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  const std::string nasty = "'\"\\$`!*?[]{}()<>|&;#~= \t\n\r-\x01\x7f\xc3\xa4\xff";
  for (int round = 0; round < 300; ++round) {
    Words arguments(1 + random() % 5);
    for (std::string& argument : arguments) {
      for (std::size_t size = random() % 12; size > 0; --size) {
        const bool any = random() % 3 == 0;
        argument += any ? static_cast<char>(1 + random() % 255) : nasty[random() % nasty.size()];
      }
    }
    ASSERT_EQ(split_by_shell(*quote(arguments)), arguments) << *quote(arguments);
  }
}

}  // namespace
}  // namespace rig::ssh
