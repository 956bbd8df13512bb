// ssh/session.cc — on libssh, which is asked in short waits so that stop and deadline are seen.
#include "ssh/session.h"

#include <libssh/libssh.h>

#include <algorithm>
#include <array>

#include "ssh/limits.h"
#include "ssh/quote.h"

namespace rig::ssh {
namespace {

template <auto release>
struct Release {
  void operator()(auto* handle) const { release(handle); }
};
void end_session(ssh_session session) {
  ssh_disconnect(session);
  ssh_free(session);
}
using Handle = std::unique_ptr<ssh_session_struct, Release<end_session>>;
using Channel = std::unique_ptr<ssh_channel_struct, Release<ssh_channel_free>>;
using Key = std::unique_ptr<ssh_key_struct, Release<ssh_key_free>>;

// Hardware does it: several times the speed of the default cipher.
constexpr char kCiphers[] = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr";

std::string name_of(const Target& target) {
  return "ssh to " + target.user + "@" + target.host + ":" + std::to_string(target.port);
}

Error failed(Code code, ssh_session session, const Target& target, std::string_view doing) {
  return Error(code, name_of(target) + ": " + std::string(doing) + ": " + ssh_get_error(session));
}

Status check_time(const Call& call, std::string_view doing) {
  if (call.stop.stop_requested()) return Error(Code::kCancelled, std::string(doing) + ": stopped");
  if (std::chrono::steady_clock::now() >= call.deadline) {
    return Error(Code::kDeadlineExceeded, std::string(doing) + ": out of time");
  }
  return {};
}

Status configure(ssh_session session, const Target& target, const Call& call) {
  const auto left =
      std::chrono::duration_cast<std::chrono::microseconds>(call.deadline - std::chrono::steady_clock::now());
  const long seconds = std::max<long>(1, static_cast<long>(left.count() / 1'000'000));
  const int port = target.port, strict = 1, no_config = 0;
  const bool set = ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no_config) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_HOST, target.host.c_str()) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_PORT, &port) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_USER, target.user.c_str()) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_STRICTHOSTKEYCHECK, &strict) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, target.known_hosts_path.c_str()) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, kCiphers) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, kCiphers) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds) == SSH_OK;
  return set ? Status{} : failed(Code::kInvalidArgument, session, target, "prepare");
}

Status check_host_key(ssh_session session, const Target& target) {
  std::string found;
  switch (ssh_session_is_known_server(session)) {
    case SSH_KNOWN_HOSTS_OK: return {};
    case SSH_KNOWN_HOSTS_CHANGED: found = "the host shows another key than known_hosts has"; break;
    case SSH_KNOWN_HOSTS_OTHER: found = "the host shows a key of another type than known_hosts has"; break;
    default: found = "known_hosts has no key of this host"; break;
  }
  return Error(Code::kUnauthenticated, name_of(target) + ": " + found)
      .with_hint("Put the host's key into known_hosts (ssh-keyscan), after checking its fingerprint.");
}

Status authenticate(ssh_session session, const Target& target) {
  if (!target.private_key_path.empty()) {
    ssh_key raw = nullptr;
    if (ssh_pki_import_privkey_file(target.private_key_path.c_str(), nullptr, nullptr, nullptr, &raw) != SSH_OK) {
      return Error(Code::kUnauthenticated, name_of(target) + ": the private key cannot be read")
          .with_hint("It must be a private key without a passphrase.");
    }
    const Key key(raw);
    if (ssh_userauth_publickey(session, nullptr, key.get()) == SSH_AUTH_SUCCESS) return {};
  }
  if (!target.password.empty() &&
      ssh_userauth_password(session, nullptr, target.password.c_str()) == SSH_AUTH_SUCCESS) {
    return {};
  }
  return Error(Code::kUnauthenticated, name_of(target) + ": the host refuses us")
      .with_hint("Check user, key and password, and that the key is in the host's authorized_keys.");
}

class LibsshSession final : public Session {
 public:
  LibsshSession(Handle handle, Target target) : handle_(std::move(handle)), target_(std::move(target)) {}

  Result<Output> run(std::span<const std::string> arguments, std::string_view input, const Call& call) override {
    const std::string line = TRY(quote(arguments));
    const Channel channel(ssh_channel_new(handle_.get()));
    if (channel == nullptr || ssh_channel_open_session(channel.get()) != SSH_OK ||
        ssh_channel_request_exec(channel.get(), line.c_str()) != SSH_OK) {
      return failed(Code::kUnavailable, handle_.get(), target_, "run " + arguments.front());
    }
    TRY(send(channel.get(), input, call));
    return receive(channel.get(), call);
  }

 private:
  Status send(ssh_channel channel, std::string_view input, const Call& call) {
    while (!input.empty() && ssh_channel_is_eof(channel) == 0) {
      TRY(check_time(call, name_of(target_)));
      const std::string_view part = input.substr(0, 32768);
      const int sent = ssh_channel_write(channel, part.data(), static_cast<std::uint32_t>(part.size()));
      if (sent == SSH_ERROR) return failed(Code::kUnavailable, handle_.get(), target_, "send");
      input.remove_prefix(static_cast<std::size_t>(sent));
    }
    (void)ssh_channel_send_eof(channel);  // a command that has ended already does not mind
    return {};
  }

  Result<Output> receive(ssh_channel channel, const Call& call) {
    const int wait_ms = static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(kLookInterval).count());
    Output output;
    while (ssh_channel_is_eof(channel) == 0) {
      TRY(check_time(call, name_of(target_)));
      TRY(take(channel, output.out, /*is_stderr=*/0, wait_ms));
      TRY(take(channel, output.err, /*is_stderr=*/1, 0));
      if (output.out.size() + output.err.size() > kOutputBytesMax) {
        return Error(Code::kResourceExhausted,
                     name_of(target_) + ": the command says more than " + std::to_string(kOutputBytesMax) + " bytes");
      }
    }
    // The exit status may come behind the end of the output.
    while (ssh_channel_is_closed(channel) == 0 && ssh_channel_get_exit_status(channel) == -1) {
      TRY(check_time(call, name_of(target_)));
      char none = 0;
      if (ssh_channel_read_timeout(channel, &none, 1, 0, wait_ms) == SSH_ERROR) break;
    }
    output.exit_code = ssh_channel_get_exit_status(channel);
    return output;
  }

  Status take(ssh_channel channel, std::string& into, int is_stderr, int wait_ms) {
    std::array<char, 32768> buffer;
    const int got = ssh_channel_read_timeout(channel, buffer.data(), buffer.size(), is_stderr, wait_ms);
    if (got == SSH_ERROR) return failed(Code::kUnavailable, handle_.get(), target_, "receive");
    if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
    return {};
  }

  const Handle handle_;
  const Target target_;
};

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const Target& target, const Call& call) {
  TRY(check_time(call, name_of(target)));
  Handle handle(ssh_new());
  if (handle == nullptr) return Error(Code::kResourceExhausted, name_of(target) + ": no memory for a session");
  TRY(configure(handle.get(), target, call));
  if (ssh_connect(handle.get()) != SSH_OK) return failed(Code::kUnavailable, handle.get(), target, "connect");
  TRY(check_host_key(handle.get(), target));
  TRY(authenticate(handle.get(), target));
  return std::unique_ptr<Session>(std::make_unique<LibsshSession>(std::move(handle), target));
}

}  // namespace rig::ssh
