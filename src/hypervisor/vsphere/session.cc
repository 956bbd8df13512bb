// vsphere/session.cc — see session.h.
#include "hypervisor/vsphere/session.h"

#include <algorithm>
#include <condition_variable>

#include "base/mutex.h"
#include "base/text.h"
#include "http/client.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/limits.h"
#include "transfer/stall_watch.h"

namespace rig::vsphere {
namespace {

// rows.h has the fields of 7.0, so a newer server shall speak 7.0 with us.
constexpr std::string_view kNewest = "7.0.3.0", kOldest = "6.5";

// "7.0.3.0" -> 7, 0, 3, 0; empty: no version.
std::vector<std::int64_t> numbers(std::string_view version) {
  std::vector<std::int64_t> out;
  for (const std::string& part : split(version, '.')) {
    const auto number = parse_int(part);
    if (!number.ok()) return {};
    out.push_back(*number);
  }
  return out;
}

Time now() { return std::chrono::steady_clock::now(); }  // as deadlines are reckoned; ages are by the Clock

std::string cookie_of(const http::Reply& reply) {
  constexpr std::string_view kCookie = "vmware_soap_session=";
  for (const auto& [name, value] : reply.headers) {
    if (to_lower(name) == "set-cookie" && value.starts_with(kCookie)) return value.substr(0, value.find(';'));
  }
  return "";
}

// "https://host:443/nfc/..." -> "https://host:443"
std::string shown_host(const std::string& url) { return url.substr(0, url.find('/', url.find("://") + 3)); }

// The URL of a lease has its ticket in it.
Error without(const Error& error, const std::string& secret_url, const std::string& instead) {
  std::string text = error.message();
  for (std::size_t at; (at = text.find(secret_url)) != std::string::npos;) text.replace(at, secret_url.size(), instead);
  return Error(error.code(), std::move(text)).with_hint(error.hint());
}

// "https://esx1:443" -> "esx1"; "https://[::1]:443" -> "::1"
std::string name_of(const std::string& host_url) {
  const std::string rest = host_url.substr(host_url.find("://") + 3);
  if (rest.starts_with('[')) return rest.substr(1, rest.find(']') - 1);
  return rest.substr(0, rest.find(':'));
}

// vCenter names its hosts as it knows them itself, which need not be what the provider's DNS knows.
Error not_reached(const Error& error, const std::string& host) {
  return Error(error.code(),
               "host '" + host + "', to which vCenter sends the files of an import, is not reached: " + error.message())
      .with_hint("The provider must reach ESXi hosts on port 443: let DNS know '" + host +
                 "' where the provider runs, and let firewalls pass it.");
}

// A login that holds, as far as is known.
struct Standing {
  std::uint64_t number = 0;
  std::string cookie, version;
  ServiceContent service;
};

class HttpSession final : public Session {
 public:
  HttpSession(Login login, std::unique_ptr<http::Client> client, const Clock& clock, Duration patience)
      : login_(std::move(login)), client_(std::move(client)), clock_(clock), patience_(patience) {}
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;
  ~HttpSession() override { log_out(); }

  Result<std::string> send(std::string_view method, const std::string& request, const Call& call) override {
    const Standing standing = TRY(standing_for(call));
    auto answer = post(standing, method, request, call);
    if (answer.ok() || !is_fault(answer.error(), "NotAuthenticated")) return answer;
    distrust(standing.number);
    const Standing fresh = TRY(standing_for(call));
    return post(fresh, method, request, call);
  }

  Status upload(const Upload& what, const http::ReadBody& read, const Call& call) override {
    const http::ClientOptions options = TRY(upload_options(login_, what));
    const auto client = TRY(http::Client::make(options));
    http::Request request{.method = what.creates ? "PUT" : "POST", .target = {}, .headers = {}, .body = {}};
    // As ovftool has them; a host wants them so.
    request.headers = what.creates ? http::Headers{{"Overwrite", "t"}}
                                   : http::Headers{{"Content-Type", "application/x-vnd.vmware-streamVmdk"}};
    const std::string host = shown_host(options.base_url), doing = "upload to " + host;
    bool was_reached = false, is_readers = false;
    transfer::StallWatch watch(kUploadPatience * patience_);
    const std::stop_callback forward(call.stop, [&] { watch.stop().request_stop(); });
    const http::ReadBody watched = [&](std::span<char> buffer) {
      was_reached = true;
      watch.is_busy();
      auto got = read(buffer);
      watch.fed();
      is_readers = !got.ok();
      return got;
    };
    Call until_stall = call;
    until_stall.stop = watch.stop().get_token();
    auto reply = client->upload(request, what.bytes, watched, until_stall);
    if (!reply.ok() && is_readers) return reply.take_error();
    if (!reply.ok()) {
      const Error error = watch.has_stalled()
                              ? Error(Code::kUnavailable, doing + ": the host takes no more, and does not answer")
                              : without(reply.error(), options.base_url, host);
      return was_reached || error.is(Code::kCancelled) ? error : not_reached(error, name_of(host));
    }
    if (reply->status / 100 == 2) return {};
    // Who no longer knows the lease, or has no room, may do so at the next try.
    constexpr int kFinal[] = {400, 405, 411, 413, 415, 501};
    const bool is_final = std::ranges::find(kFinal, reply->status) != std::end(kFinal);
    return Error(is_final ? Code::kFailedPrecondition : Code::kUnavailable,
                 doing + ": the host answers " + std::to_string(reply->status));
  }

  Result<ServiceContent> service(const Call& call) override {
    Standing standing = TRY(standing_for(call));
    return std::move(standing.service);
  }

  std::uint64_t login_number() const override {
    const Lock lock(mutex_);
    return logins_;
  }
  void distrust(std::uint64_t number) override {
    const Lock lock(mutex_);
    if (standing_ && standing_->number == number) standing_.reset();
  }

  Contact contact() const override {
    const Lock lock(mutex_);
    return contact_;
  }

 private:
  // `waits`: until something happens; the call's own deadline is the limit then.
  Result<http::Reply> exchange(const http::Request& request, const Call& call, bool waits = false) {
    Call patient = call;
    if (!waits) patient.deadline = std::min(call.deadline, now() + patience_);
    auto reply = client_->send(request, patient);
    const Lock lock(mutex_);
    if (reply.ok()) {
      contact_ = {clock_.wall(), ""};
    } else if (!reply.error().is(Code::kCancelled)) {
      contact_.problem = reply.error().message();
    }
    return reply;
  }

  Result<http::Reply> post_raw(const Standing& standing, const std::string& request, const Call& call,
                               bool waits = false) {
    http::Request post{.method = "POST", .target = "/sdk", .headers = {}, .body = request};
    post.headers = {{"Content-Type", "text/xml; charset=\"utf-8\""}, {"SOAPAction", "urn:vim25/" + standing.version}};
    if (!standing.cookie.empty()) post.headers.emplace_back("Cookie", standing.cookie);
    return exchange(post, call, waits);
  }

  Result<std::string> post(const Standing& standing, std::string_view method, const std::string& request,
                           const Call& call) {
    http::Reply reply = TRY(post_raw(standing, request, call, method == WaitForUpdates::kName).context(method));
    if (reply.status == 200) return std::move(reply.body);
    if (const auto fault = read_fault(reply.body)) return fault_error(*fault, method);
    return foreign_answer(reply.status, reply.body, method);
  }

  // ---- logging in ----

  // Whoever comes while somebody logs in waits for him, and fails as he fails: refused logins lock accounts.
  Result<Standing> standing_for(const Call& call) {
    {
      Lock lock(mutex_);
      while (!standing_) {
        if (was_just_refused()) return *failure_;
        if (!logging_in_) break;
        TRY(wait_for_flight(lock, call));
      }
      if (standing_) return *standing_;
      logging_in_ = true;
    }
    auto made = log_in(call).context("log in as " + login_.username);
    const Lock lock(mutex_);
    logging_in_ = false;
    ++flights_;
    failed_at_ = clock_.now();
    failure_.reset();
    if (made.ok()) {
      made->number = ++logins_;
      standing_ = *made;
    } else {
      failure_ = made.error();
    }
    landed_.notify_all();
    return made;
  }

  bool was_just_refused() const REQUIRES(mutex_) {
    return failure_ && failure_->is(Code::kUnauthenticated) && clock_.now() - failed_at_ < kLoginRefusedFor;
  }

  // What ended the flight for its own call's sake (its stop, its deadline) says nothing to others.
  Status wait_for_flight(Lock& lock, const Call& call) REQUIRES(mutex_) {
    const std::uint64_t flight = flights_;
    const bool landed =
        landed_.wait_until(lock, call.stop, call.deadline, [&]() REQUIRES(mutex_) { return flights_ != flight; });
    if (!landed && call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
    if (!landed) return Error(Code::kDeadlineExceeded, "no login before the deadline");
    if (failure_ && !failure_->is(Code::kCancelled) && !failure_->is(Code::kDeadlineExceeded)) return *failure_;
    return {};
  }

  Result<Standing> log_in(const Call& call) {
    Standing standing;
    standing.version = TRY(find_version(call));
    const std::string body =
        TRY(post(standing, RetrieveServiceContent::kName, request_text(RetrieveServiceContent{}), call));
    standing.service = TRY(read_answer<RetrieveServiceContent>(body));
    const About& about = standing.service.about;
    if (about.api_type != "VirtualCenter") {
      return Error(Code::kFailedPrecondition, "the endpoint is '" + about.full_name + "' (" + about.api_type +
                                                  "), wanted a vCenter: a host alone clones no machines")
          .with_hint("Name the vCenter that manages the host.");
    }
    const LogIn request{standing.service.session_manager, login_.username, login_.password};
    const http::Reply reply = TRY(post_raw(standing, request_text(request), call));
    if (reply.status != 200) {
      auto fault = read_fault(reply.body);
      if (!fault) return foreign_answer(reply.status, reply.body, LogIn::kName);
      LocalizedFault told;  // no text of the answer to a password
      told.fault.xsi_type = fault->fault.xsi_type;
      return fault_error(told, LogIn::kName);
    }
    standing.cookie = cookie_of(reply);
    if (standing.cookie.empty()) return Error(Code::kUnavailable, "the answer to the login has no session");
    return standing;
  }

  Result<std::string> find_version(const Call& call) {
    const http::Request get{.method = "GET", .target = "/sdk/vimServiceVersions.xml", .headers = {}, .body = {}};
    const http::Reply reply = TRY(exchange(get, call));
    const auto versions =
        reply.status == 200 ? read_versions(reply.body) : Error(Code::kUnavailable, "no list of versions");
    if (!versions.ok()) return foreign_answer(reply.status, reply.body, "GET " + get.target);
    if (const auto version = choose_version(*versions)) return *version;
    return Error(Code::kFailedPrecondition, "vCenter speaks vim25 " + join(*versions, ", ") + "; wanted one from " +
                                                std::string(kOldest) + " to " + std::string(kNewest));
  }

  void log_out() {
    std::optional<Standing> standing;
    {
      const Lock lock(mutex_);
      standing.swap(standing_);
    }
    if (!standing) return;
    const Call call{.deadline = now() + kLogOutMax, .stop = {}, .request_id = {}};
    (void)post_raw(*standing, request_text(LogOut{standing->service.session_manager}), call);
  }

  const Login login_;
  const std::unique_ptr<http::Client> client_;
  const Clock& clock_;
  const Duration patience_;
  mutable Mutex mutex_;
  std::condition_variable_any landed_;
  Contact contact_ GUARDED_BY(mutex_);
  std::optional<Standing> standing_ GUARDED_BY(mutex_);
  bool logging_in_ GUARDED_BY(mutex_) = false;
  std::uint64_t flights_ GUARDED_BY(mutex_) = 0, logins_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> failure_ GUARDED_BY(mutex_);  // of the last flight
  Time failed_at_ GUARDED_BY(mutex_);
};

}  // namespace

Status Session::upload(const Upload&, const http::ReadBody&, const Call&) {
  return Error(Code::kUnimplemented, "this session brings no files to hosts");
}

Result<http::ClientOptions> upload_options(const Login& login, const Upload& what) {
  constexpr std::string_view kScheme = "https://";
  const std::size_t path = what.url.find('/', std::min(kScheme.size(), what.url.size()));
  if (!what.url.starts_with(kScheme) || path == std::string::npos || path == kScheme.size()) {
    const std::size_t scheme = what.url.find("://");
    const std::string shown = scheme == std::string::npos ? "" : what.url.substr(0, scheme + 3);
    return Error(Code::kFailedPrecondition, "the lease wants its files at '" + shown + "...', wanted https://HOST/...");
  }
  std::string host = what.url.substr(0, path);
  if (host == "https://*" || host.starts_with("https://*:")) host = login.base_url;
  http::ClientOptions options;
  options.base_url = host + what.url.substr(path);
  options.insecure_skip_verify = login.insecure;
  options.ca_pem = login.ca_bundle;
  // Whoever is at vCenter's own address is trusted as vCenter is.
  if (host == login.base_url)
    options.fingerprint_sha256 = login.fingerprint;
  else
    options.fingerprint_sha1 = what.thumbprint;
  return options;
}

std::optional<std::string> choose_version(const std::vector<std::string>& offered) {
  std::optional<std::string> best;
  for (const std::string& version : offered) {
    const auto parts = numbers(version);
    if (parts.empty() || parts > numbers(kNewest) || parts < numbers(kOldest)) continue;
    if (!best || parts > numbers(*best)) best = version;
  }
  return best;
}

Result<std::unique_ptr<Session>> Session::open(const Login& login, const Clock& clock, Duration patience) {
  http::ClientOptions options;
  options.base_url = login.base_url;
  options.ca_pem = login.ca_bundle;
  options.fingerprint_sha256 = login.fingerprint;
  options.insecure_skip_verify = login.insecure;
  options.body_bytes_max = kAnswerBytesMax;
  auto client = TRY(http::Client::make(options).context("endpoint " + login.base_url));
  return std::unique_ptr<Session>(std::make_unique<HttpSession>(login, std::move(client), clock, patience));
}

}  // namespace rig::vsphere
