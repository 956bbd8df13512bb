// cmd/vrtg/progress.h — what is going on with a VirtualMachine, in one line for a person; and the line itself.
#pragma once

#include <string>

#include "base/json/json.h"
#include "base/result.h"

namespace rig::vrtg {

// Everything known about one machine that is being waited for; null where it is not there yet.
struct Watched {
  json::Value machine, provider, image;
};
struct Step {
  bool done = false;
  std::string text;     // "image tiny-guest: importing"
  int percent = -1;     // -1: no size known
  std::string trouble;  // only a person can help: waiting goes on, but this is said
};
Step step_of(const Watched& watched);

// One line that changes in place on a terminal, a line per step elsewhere.
class ProgressLine {
 public:
  ProgressLine();
  void show(const std::string& name, const Step& step, Duration elapsed);
  void finish(const std::string& text);

 private:
  bool terminal_;
  std::string last_;
};

}  // namespace rig::vrtg
