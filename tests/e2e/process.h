// e2e/process.h — a program that a test starts; it ends with the test, whatever becomes of the test.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/eventually_test.h"
#include "base/fd.h"
#include "base/result.h"

namespace rig::e2e {

class Process {
 public:
  // Both of its outputs are appended to `output`. CHECKs that it can be started.
  Process(const std::string& program, const std::vector<std::string>& arguments, const std::string& output);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number);
  // Its exit status, or 128 and the signal that ended it. nullopt: it still runs.
  std::optional<int> wait(Duration time);

 private:
  pid_t pid_ = -1;
  Fd pidfd_;
  std::optional<int> outcome_;
};

struct Outcome {
  int status = -1;     // -1: it did not start, or did not end in time
  std::string output;  // both of its outputs, or why there is none
};
Outcome run(const std::string& program, const std::vector<std::string>& arguments,
            Duration time = std::chrono::seconds(30));
std::vector<pid_t> children_of(pid_t parent);

// A folder of the test's own, under /tmp, short enough for sockets; gone with the object.
class Folder {
 public:
  explicit Folder(const std::string& parent = "/tmp");
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace rig::e2e
