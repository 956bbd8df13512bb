#include "fakes/vcenter/server.h"

#include "base/eventually_test.h"
#include "base/file.h"

namespace rig::fakes::vcenter {
namespace {

constexpr std::chrono::hours kCertificateLife(24 * 30);
constexpr std::size_t kUploadBytesMax = 256U << 20;
constexpr std::string_view kProxyPage =
    "<html><head><title>503 Service Unavailable</title></head><body>503 Service Unavailable (Failed to connect to "
    "endpoint: [N7Vmacore4Http20NamedPipeServiceSpecE:0x0] _serverNamespace = /sdk)</body></html>\n";

Message message_of(const http::ServerRequest& request) {
  Message out;
  out.method = request.method;
  out.target = request.target;
  out.body = request.body;
  out.cookie = request.header("Cookie");
  out.action = request.header("SOAPAction");
  out.client = request.header("User-Agent");
  return out;
}

std::string name_of(const Message& message) {
  const std::string_view method = message.target == "/sdk" ? method_in(message.body) : "";
  return method.empty() ? message.method : std::string(method);
}

void send(const Outcome& outcome, http::Responder& responder) {
  if (outcome.status == 0) return responder.end_connection();
  http::Reply reply{.status = outcome.status, .headers = {}, .body = outcome.body};
  const bool is_page = outcome.body.starts_with("<html");
  if (!outcome.body.empty())
    reply.headers.emplace_back("Content-Type", is_page ? "text/html" : "text/xml; charset=utf-8");
  if (!outcome.cookie.empty())
    reply.headers.emplace_back("Set-Cookie",
                               "vmware_soap_session=\"" + outcome.cookie + "\"; Path=/; HttpOnly; Secure;");
  responder.send(std::move(reply));
}

// Or until the client goes or the fake ends.
void wait(Duration at_most, http::Responder& responder) {
  const Time end = std::chrono::steady_clock::now() + at_most;
  while (responder.is_open() && std::chrono::steady_clock::now() < end) pause_between_looks();
}

Outcome instead_of_answer(const Fault& fault) {
  if (fault.kind == Fault::Kind::kRefuse) return {.status = fault.status, .body = fault.reason};
  if (fault.kind != Fault::Kind::kProxyPage) return {.status = 0, .body = ""};
  return {.status = 503, .body = std::string(kProxyPage)};
}

}  // namespace

Result<std::unique_ptr<Fake>> Fake::start(const Clock& clock, const FakeOptions& options) {
  const std::string text = TRY(read_file(RIG_SOURCE_DIR "/tests/fakes/vcenter/types.txt"));
  Types types = TRY(Types::parse(text));
  std::unique_ptr<Fake> out(new Fake(clock, options, std::move(types)));
  const WallTime now = std::chrono::system_clock::now();  // clients look at certificates with their own clock
  out->authority_ = TRY(http::make_authority("CA of a fake vCenter", now, kCertificateLife));
  const http::Subject subject{
      .common_name = "vcenter", .organizations = {"VMware"}, .names = {"127.0.0.1", "localhost"}, .server = true};
  out->certificate_ = TRY(http::issue(out->authority_, subject, now, kCertificateLife));
  http::ServerOptions door;
  door.port = options.port;
  door.certificate_pem = out->certificate_.certificate_pem;
  door.key_pem = out->certificate_.key_pem;
  door.body_bytes_max = kUploadBytesMax;
  out->door_ =
      TRY(http::Server::start(door, [fake = out.get()](const http::ServerRequest& request, http::Responder& responder) {
        fake->answer(request, responder);
      }));
  out->port_ = out->door_->port();
  out->with([&](Center& center) { center.upload_url = out->url(); });
  return out;
}

Fake::Fake(const Clock& clock, const FakeOptions& options, Types types)
    : center_(clock, std::move(types), options.user, options.password), api_(center_) {
  furnish(center_);
}

Fake::~Fake() { door_.reset(); }

std::string Fake::url() const { return "https://127.0.0.1:" + std::to_string(port_); }

std::string Fake::fingerprint() const {
  const auto facts = http::read_certificate(certificate_.certificate_pem);
  return facts.ok() ? facts->sha256_hex : "";
}

void Fake::close_door() { door_.reset(); }

// Until there is an answer, or the client has gone.
Outcome Fake::ask(const Message& message, Asked& asked, std::optional<Fault>& fault, http::Responder& responder) {
  const std::string method = name_of(message);
  const Time began = std::chrono::steady_clock::now();
  Outcome outcome;
  for (bool is_first = true;; is_first = false) {
    {
      const std::lock_guard lock(mutex_);
      center_.settle();
      if (is_first) fault = faults_.strike(method, message.target, !changes_something(method));
      if (is_first && fault && fault->kind == Fault::Kind::kMeanwhile) fault->meanwhile(center_);
      if (!fault || acts(fault->kind)) outcome = api_.answer(message, asked);
      center_.settle();
      const bool is_over = !outcome.waits || (fault && !answers(fault->kind));
      if (is_over || !responder.is_open()) {
        if (fault && !answers(fault->kind)) outcome = instead_of_answer(*fault);
        faults_.record({method, message.target, outcome.status, message.body.size(), outcome.body.size()});
        return outcome;
      }
    }
    pause_between_looks();
    asked.waited_s = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began).count();
  }
}

void Fake::answer(const http::ServerRequest& request, http::Responder& responder) {
  std::optional<Fault> fault;
  Asked asked;
  const Outcome outcome = ask(message_of(request), asked, fault, responder);
  if (fault && hangs(fault->kind))
    wait(std::chrono::hours(1), responder);
  else if (fault && fault->delay > Duration::zero())
    wait(fault->delay, responder);
  send(outcome, responder);
}

}  // namespace rig::fakes::vcenter
