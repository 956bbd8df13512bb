// proxmox/session.cc — see session.h.
#include "hypervisor/proxmox/session.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>

#include "base/mutex.h"
#include "base/text.h"
#include "http/client.h"
#include "hypervisor/proxmox/errors.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

constexpr std::string_view kBoundary = "virtrigaud-5e2c1b7a40d94f0f";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool has_query(const ApiCall& what) { return what.method == "GET" || what.method == "DELETE"; }

std::string doing(const ApiCall& what) { return what.method + " " + what.path; }

struct Ticket {
  std::string text, csrf;
  Time fetched_at;
};

// Who asks, as headers. Only what changes something needs the CSRF token.
void add_identity(const Ticket& ticket, http::Request& request) {
  request.headers.emplace_back("Cookie", "PVEAuthCookie=" + percent_encode(ticket.text));
  if (request.method != "GET") request.headers.emplace_back("CSRFPreventionToken", ticket.csrf);
}

http::Request request_of(const ApiCall& what) {
  http::Request request{.method = what.method, .target = "/api2/json" + what.path, .headers = {}, .body = {}};
  const std::string form = form_text(what.form);
  if (has_query(what)) {
    if (!form.empty()) request.target += "?" + form;
  } else {
    request.body = what.content_type.empty() ? form : what.body;
    request.headers.emplace_back("Content-Type", what.content_type.empty() ? std::string(kForm) : what.content_type);
  }
  return request;
}

struct Answer {
  Result<json::Value> data;
  bool endpoint_failed = false;  // another one may know better
};

Answer read_answer(const http::Reply& reply, const std::string& about) {
  if (reply.status == 200) {
    auto body = json::parse(reply.body);
    json::Value* data = body.ok() ? body->find("data") : nullptr;
    if (data == nullptr) return {reply_error(reply, about), true};
    // No recording has it, but users tell of it: a refusal that comes as a success without data, and says why.
    if (data->is_null() && !trim(body->text({"message"})).empty()) {
      http::Reply refusal = reply;
      refusal.status = 500;
      return {reply_error(refusal, about), false};
    }
    return {std::move(*data), false};
  }
  const bool from_in_between =
      (reply.status >= 595 && reply.status <= 599) || (reply.status >= 502 && reply.status <= 504);
  return {reply_error(reply, about), from_in_between};
}

Time now() { return std::chrono::steady_clock::now(); }  // as deadlines are reckoned; ages are by the Clock

Result<Ticket> read_ticket(const json::Value& data, Time now) {
  Ticket ticket{std::string(data.text({"ticket"})), std::string(data.text({"CSRFPreventionToken"})), now};
  if (ticket.text.starts_with("PVE:!tfa!") || data.integer({"NeedTFA"}) != 0) {
    return Error(Code::kUnauthenticated, "the account wants a second factor")
        .with_hint("Use an API token: token_id and token_secret in the Provider's Secret.");
  }
  if (ticket.text.empty() || ticket.csrf.empty())
    return Error(Code::kUnavailable, "the answer to the login has no ticket");
  return ticket;
}

class HttpSession final : public Session {
 public:
  HttpSession(Login login, std::vector<std::unique_ptr<http::Client>> clients, const Clock& clock, Duration patience)
      : login_(std::move(login)), clients_(std::move(clients)), clock_(clock), patience_(patience) {}

  Result<json::Value> send(const ApiCall& what, const Call& call) override {
    const std::size_t length = form_text(what.form).size();
    if (length > kFormBytesMax) {
      return Error(Code::kOutOfRange, doing(what) + ": " + std::to_string(length) + " bytes of parameters, at most " +
                                          std::to_string(kFormBytesMax) + " are taken");
    }
    if (!login_.token.empty()) return ask(what, nullptr, call);
    const Ticket ticket = TRY(ticket_for(/*refused=*/"", call).context("log in as " + login_.username));
    auto answer = ask(what, &ticket, call);
    if (answer.ok() || !answer.error().is(Code::kUnauthenticated)) return answer;
    // Refused before anything was done, so it may be asked again: the ticket was too old, or of another cluster key.
    const Ticket fresh = TRY(ticket_for(ticket.text, call).context("log in as " + login_.username));
    return ask(what, &fresh, call);
  }

  Contact contact() const override {
    const Lock lock(mutex_);
    return contact_;
  }

 private:
  // At the endpoint that answered last; what only reads also at the others, each with its share of the time.
  Result<json::Value> ask(const ApiCall& what, const Ticket* ticket, const Call& call) {
    for (std::size_t tries = what.method == "GET" ? clients_.size() : 1;; --tries) {
      const std::size_t at = current_;
      Call attempt = call;
      if (tries > 1) attempt.deadline = now() + (call.deadline - now()) / static_cast<int>(tries);
      Answer answer = ask_at(at, what, ticket, attempt);
      if (!answer.endpoint_failed) return std::move(answer.data);
      std::size_t expected = at;  // another call may have moved on already
      current_.compare_exchange_strong(expected, (at + 1) % clients_.size());
      if (tries <= 1 || call.stop.stop_requested() || now() >= call.deadline) return std::move(answer.data);
    }
  }

  Answer ask_at(std::size_t at, const ApiCall& what, const Ticket* ticket, const Call& call) {
    http::Request request = request_of(what);
    if (ticket != nullptr)
      add_identity(*ticket, request);
    else if (!login_.token.empty())
      request.headers.emplace_back("Authorization", "PVEAPIToken=" + login_.token);
    Call patient = call;
    patient.deadline = std::min(call.deadline, now() + patience_ * (what.content_type.empty() ? 1 : kUploadPatience));
    auto reply = clients_[at]->send(request, patient);
    note(reply);
    if (reply.ok()) return read_answer(*reply, doing(what));
    const bool cancelled = reply.error().is(Code::kCancelled);
    return {reply.take_error(), !cancelled};
  }

  void note(const Result<http::Reply>& reply) {
    const Lock lock(mutex_);
    if (reply.ok()) {
      contact_ = {clock_.wall(), ""};
    } else if (!reply.error().is(Code::kCancelled)) {
      contact_.problem = reply.error().message();
    }
  }

  // A ticket that is fresh enough and not the refused one. Whoever comes while one is fetched waits for that one, and
  // fails as it fails: refused logins take three seconds each, and lock accounts.
  Result<Ticket> ticket_for(const std::string& refused, const Call& call) {
    std::optional<Ticket> old;
    {
      Lock lock(mutex_);
      if (ticket_ && ticket_->text == refused) ticket_.reset();
      while (!has_fresh_ticket()) {
        if (was_just_refused()) return *failure_;
        if (!fetching_) break;
        TRY(wait_for_flight(lock, call));
      }
      if (has_fresh_ticket()) return *ticket_;
      fetching_ = true;
      old = ticket_;
    }
    auto fetched = fetch(old, call);
    const Lock lock(mutex_);
    fetching_ = false;
    ++flights_;
    failed_at_ = clock_.now();
    failure_.reset();
    ticket_.reset();
    if (fetched.ok())
      ticket_ = *fetched;
    else
      failure_ = fetched.error();
    landed_.notify_all();
    return fetched;
  }

  bool has_fresh_ticket() const REQUIRES(mutex_) {
    return ticket_ && clock_.now() - ticket_->fetched_at < kTicketFresh;
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
    if (!landed) return Error(Code::kDeadlineExceeded, "no ticket before the deadline");
    if (failure_ && !failure_->is(Code::kCancelled) && !failure_->is(Code::kDeadlineExceeded)) return *failure_;
    return {};
  }

  // An old ticket that still holds is worth as much as the password.
  Result<Ticket> fetch(const std::optional<Ticket>& old, const Call& call) {
    if (old) {
      auto renewed = fetch_with(old->text, call);
      if (renewed.ok() || !renewed.error().is(Code::kUnauthenticated)) return renewed;
    }
    return fetch_with(login_.password, call);
  }

  Result<Ticket> fetch_with(const std::string& password, const Call& call) {
    const ApiCall what{.method = "POST",
                       .path = "/access/ticket",
                       .form = {{"username", login_.username}, {"password", password}},
                       .content_type = {},
                       .body = {}};
    const json::Value data = TRY(ask(what, nullptr, call));
    return read_ticket(data, clock_.now());
  }

  const Login login_;
  const std::vector<std::unique_ptr<http::Client>> clients_;  // one per endpoint
  const Clock& clock_;
  const Duration patience_;
  std::atomic<std::size_t> current_ = 0;
  mutable Mutex mutex_;
  std::condition_variable_any landed_;
  Contact contact_ GUARDED_BY(mutex_);
  std::optional<Ticket> ticket_ GUARDED_BY(mutex_);
  bool fetching_ GUARDED_BY(mutex_) = false;
  std::uint64_t flights_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> failure_ GUARDED_BY(mutex_);  // of the last flight
  Time failed_at_ GUARDED_BY(mutex_);
};

}  // namespace

std::string path_of(const std::vector<std::string>& parts) {
  std::string path;
  for (const std::string& part : parts) path += "/" + percent_encode(part);
  return path;
}

Result<ApiCall> upload_call(const std::string& node, const std::string& storage, const std::string& content,
                            const std::string& file_name, std::string bytes) {
  if (file_name.empty() || file_name.find_first_of("\"\r\n/\\") != std::string::npos) {
    return Error(Code::kInvalidArgument, "file name '" + file_name + "': wanted no quotes, slashes or line ends");
  }
  const std::string line = "--" + std::string(kBoundary);
  ApiCall what;
  what.method = "POST";
  what.path = path_of({"nodes", node, "storage", storage, "upload"});
  what.content_type = "multipart/form-data; boundary=" + std::string(kBoundary);
  what.body = line + "\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\n" + content + "\r\n" + line +
              "\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"" + file_name +
              "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
  what.body += bytes;
  what.body += "\r\n" + line + "--\r\n";
  return what;
}

Result<std::unique_ptr<Session>> Session::open(const Login& login, const Clock& clock, Duration patience) {
  std::vector<std::unique_ptr<http::Client>> clients;
  for (const Endpoint& endpoint : login.endpoints) {
    http::ClientOptions options;
    options.base_url = endpoint.base_url;
    options.ca_pem = login.ca_bundle;
    options.fingerprint_sha256 = endpoint.fingerprint;
    options.insecure_skip_verify = login.insecure;
    options.body_bytes_max = kAnswerBytesMax;
    clients.push_back(TRY(http::Client::make(options).context("endpoint " + endpoint.base_url)));
  }
  if (clients.empty()) return Error(Code::kInvalidArgument, "there is no endpoint");
  return std::unique_ptr<Session>(std::make_unique<HttpSession>(login, std::move(clients), clock, patience));
}

}  // namespace rig::proxmox
