// ssh/sshd_test.h — a real sshd on 127.0.0.1 for tests: own configuration, own keys, ended with the object.
#pragma once

#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/eventually_test.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/run_test.h"

namespace rig::ssh {

class Sshd {
 public:
  // `wrapper`: a program that every command is given to, as arguments of a shell; "": none.
  explicit Sshd(const std::string& wrapper = "")
      : force_(wrapper.empty() ? "" : "ForceCommand " + wrapper + " sh -c \"$SSH_ORIGINAL_COMMAND\"\n") {
    char made[] = "/tmp/rig-sshd-XXXXXX";
    folder_ = ::mkdtemp(made);
    for (const char* name : {"/host", "/user", "/stranger"}) {
      CHECK(run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder_ + name}).status == 0);
    }
    (void)write_file(folder_ + "/authorized", *read_file(folder_ + "/user.pub"));
    if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);  // sshd wants it
    while (!start()) {}
    (void)write_file(folder_ + "/known_hosts", entry("host.pub"));
    (void)write_file(folder_ + "/wrong_hosts", entry("stranger.pub"));
    (void)write_file(folder_ + "/no_hosts", "");
  }
  ~Sshd() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }

  int port() const { return port_; }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }  // host, user, stranger, *_hosts
  static std::string user() { return ::getpwuid(::geteuid())->pw_name; }

 private:
  std::string entry(const std::string& key) const {
    return "[127.0.0.1]:" + std::to_string(port_) + " " + *read_file(folder_ + "/" + key);
  }
  // sshd takes no port 0, so a free one is looked for; false: somebody else was faster.
  bool start() {
    {
      const Fd probe(::socket(AF_INET, SOCK_STREAM, 0));
      sockaddr_in name{};
      name.sin_family = AF_INET;
      name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t size = sizeof name;
      ::bind(probe.get(), reinterpret_cast<sockaddr*>(&name), sizeof name);
      ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&name), &size);
      port_ = ntohs(name.sin_port);
    }
    (void)write_file(folder_ + "/config", "ListenAddress 127.0.0.1\nPort " + std::to_string(port_) + "\nHostKey " +
                                              folder_ + "/host\nAuthorizedKeysFile " + folder_ +
                                              "/authorized\nPidFile none\nStrictModes no\nUsePAM no\n"
                                              "PasswordAuthentication no\nKbdInteractiveAuthentication no\n" +
                                              force_);
    const std::string config = folder_ + "/config";
    const char* arguments[] = {"/usr/sbin/sshd", "-D", "-f", config.c_str(), "-E", "/dev/null", nullptr};
    if (::posix_spawn(&pid_, arguments[0], nullptr, nullptr, const_cast<char**>(arguments), environ) != 0) std::abort();
    while (::waitpid(pid_, nullptr, WNOHANG) == 0) {
      if (is_listening()) return true;
      pause_between_looks();  // it tells nobody that it listens
    }
    return false;
  }
  bool is_listening() const {
    const Fd probe(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(static_cast<std::uint16_t>(port_));
    return ::connect(probe.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
  }

  const std::string force_;
  std::string folder_;
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace rig::ssh
