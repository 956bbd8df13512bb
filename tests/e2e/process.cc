#include "e2e/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "base/run.h"
#include "base/spawn.h"

namespace rig::e2e {
namespace {

std::optional<pid_t> parent_of(const std::filesystem::path& process) {
  std::ifstream stat(process / "stat");
  const std::string text{std::istreambuf_iterator<char>(stat), {}};
  const auto name_end = text.rfind(") ");  // a program's name may contain anything
  if (name_end == std::string::npos || name_end + 4 >= text.size()) return std::nullopt;
  return static_cast<pid_t>(std::strtol(text.c_str() + name_end + 4, nullptr, 10));
}

}  // namespace

Process::Process(const std::string& program, const std::vector<std::string>& arguments, const std::string& output) {
  // setpriv replaces itself by the program, which is then killed when this process dies.
  std::vector<std::string> words = {"setpriv", "--pdeathsig", "KILL", "--", program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  FileActions files;
  files.open(STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  files.open(STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  files.give(STDOUT_FILENO, STDERR_FILENO);
  CHECK(::posix_spawnp(&pid_, "setpriv", files.get(), nullptr, pointers(words).data(), environ) == 0);
  pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  CHECK(pidfd_);
}

Process::~Process() {
  signal(SIGKILL);
  wait(std::chrono::seconds(10));
}

void Process::signal(int number) {
  if (!outcome_) ::kill(pid_, number);
}

std::optional<int> Process::wait(Duration time) {
  if (outcome_) return outcome_;
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  if (::poll(&ended, 1, static_cast<int>(ms)) < 1) return std::nullopt;
  int status = 0;
  CHECK(::waitpid(pid_, &status, 0) == pid_);
  outcome_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome_;
}

Outcome run(const std::string& program, const std::vector<std::string>& arguments, Duration time) {
  Program all{.arguments = {program}};
  all.arguments.insert(all.arguments.end(), arguments.begin(), arguments.end());
  auto ran = rig::run(all, std::chrono::steady_clock::now() + time);
  if (!ran.ok()) return {.status = -1, .output = ran.error().to_string()};
  return {.status = ran->status, .output = ran->output + ran->errors};
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos && parent_of(entry.path()) == parent)
      children.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return children;
}

Folder::Folder(const std::string& parent) {
  path_ = parent + "/rig-e2e-XXXXXX";
  CHECK(::mkdtemp(path_.data()) != nullptr);
}
Folder::~Folder() {
  std::error_code ignored;  // /tmp is swept by others
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace rig::e2e
