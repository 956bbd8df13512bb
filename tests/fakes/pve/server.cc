#include "fakes/pve/server.h"

#include "base/eventually_test.h"
#include "base/file.h"

namespace rig::fakes::pve {
namespace {

constexpr std::chrono::hours kCertificateLife(24 * 30);
constexpr std::size_t kUploadBytesMax = 256U << 20;
constexpr std::string_view kProxyPage =
    "<html><head><title>503 Service Temporarily Unavailable</title></head><body>"
    "<h1>503 Service Temporarily Unavailable</h1></body></html>\n";

Message message_of(const http::ServerRequest& request) {
  Message out;
  out.method = request.method;
  out.target = request.target;
  out.content_type = request.header("Content-Type");
  out.authorization = request.header("Authorization");
  out.cookie = request.header("Cookie");
  out.csrf_token = request.header("CSRFPreventionToken");
  out.body = request.body;
  return out;
}

void send(const Outcome& outcome, std::string_view content_type, http::Responder& responder) {
  if (outcome.status != 200) responder.end_connection();  // every other answer of PVE ends the connection
  if (outcome.status == 0) return;
  http::Reply reply{.status = outcome.status, .headers = {{"Server", "pve-api-daemon/3.0"}}, .body = outcome.body};
  reply.reason = outcome.reason;
  if (!outcome.body.empty()) reply.headers.emplace_back("Content-Type", content_type);
  responder.send(std::move(reply));
}

// Or until the client goes or the fake ends.
void wait(Duration at_most, http::Responder& responder) {
  const Time end = std::chrono::steady_clock::now() + at_most;
  while (responder.is_open() && std::chrono::steady_clock::now() < end) pause_between_looks();
}

Outcome instead_of_answer(const Fault& fault) {
  if (fault.kind == Fault::Kind::kRefuse) return failure(refuse(fault.status, fault.reason));
  if (fault.kind != Fault::Kind::kProxyPage) return bare(0, "");
  Outcome out = bare(503, "Service Temporarily Unavailable");
  out.body = kProxyPage;
  return out;
}

}  // namespace

Result<std::unique_ptr<Fake>> Fake::start(const Clock& clock, const FakeOptions& options) {
  const std::string text = TRY(read_file(RIG_SOURCE_DIR "/tests/fakes/pve/schema.json"));
  Schema schema = TRY(Schema::parse(text));
  std::unique_ptr<Fake> out(new Fake(clock, options, std::move(schema)));
  const WallTime now = std::chrono::system_clock::now();  // clients look at certificates with their own clock
  out->authority_ = TRY(http::make_authority("Proxmox Virtual Environment", now, kCertificateLife));
  const http::Subject subject{.common_name = "pve1",
                              .organizations = {"PVE Cluster Node"},
                              .names = {"127.0.0.1", "localhost"},
                              .server = true};
  out->certificate_ = TRY(http::issue(out->authority_, subject, now, kCertificateLife));
  http::ServerOptions door;
  door.port = options.port;
  door.certificate_pem = out->certificate_.certificate_pem;
  door.key_pem = out->certificate_.key_pem;
  door.body_bytes_max = kUploadBytesMax;
  for (std::size_t i = 0; i < options.nodes.size(); ++i) {
    out->doors_.push_back(TRY(
        http::Server::start(door, [fake = out.get()](const http::ServerRequest& request, http::Responder& responder) {
          fake->answer(request, responder);
        })));
    out->ports_.push_back(out->doors_.back()->port());
    door.port = 0;
  }
  return out;
}

Fake::Fake(const Clock& clock, const FakeOptions& options, Schema schema)
    : is_slow_(options.is_slow), cluster_(options.nodes, clock), api_(cluster_, std::move(schema)) {}

Fake::~Fake() { doors_.clear(); }

std::string Fake::url(std::size_t node) const { return "https://127.0.0.1:" + std::to_string(ports_.at(node)); }

void Fake::set_password(std::string password) {
  const std::lock_guard lock(mutex_);
  api_.access.password = std::move(password);
}

void Fake::end_tickets() {
  const std::lock_guard lock(mutex_);
  ++api_.access.key;
}

void Fake::close_door(std::size_t node) { doors_.at(node).reset(); }

Status Fake::set_certificate(const http::KeyPair& certificate) {
  for (const auto& door : doors_)
    if (door != nullptr) TRY(door->set_certificate(certificate.certificate_pem, certificate.key_pem));
  return {};
}

void Fake::answer(const http::ServerRequest& request, http::Responder& responder) {
  const Message message = message_of(request);
  const std::string path = path_of(message.target).value_or(message.target);
  std::optional<Fault> fault;
  Outcome outcome;
  {
    const std::lock_guard lock(mutex_);
    fault = faults_.strike(message.method, path, message.method == "GET");
    if (fault && fault->kind == Fault::Kind::kMeanwhile) {
      cluster_.settle();
      fault->meanwhile(cluster_);
    }
    if (!fault || acts(fault->kind)) outcome = api_.answer(message);
    if (fault && !answers(fault->kind)) outcome = instead_of_answer(*fault);
    faults_.record({.method = message.method, .path = path, .status = outcome.status});
  }
  if (fault && hangs(fault->kind))
    wait(std::chrono::hours(1), responder);
  else if (fault && fault->delay > Duration::zero())
    wait(fault->delay, responder);
  else if (is_slow_ && outcome.takes > Duration::zero())
    wait(outcome.takes, responder);
  const bool is_page = fault && fault->kind == Fault::Kind::kProxyPage;
  bytes_sent_ += static_cast<std::int64_t>(outcome.body.size());
  send(outcome, is_page ? "text/html" : "application/json;charset=UTF-8", responder);
}

}  // namespace rig::fakes::pve
