// http/client.cc — see client.h. Each exchange drives a curl handle of its own with curl's multi interface, because
// only that one can be woken by a stop request.
#include "http/client.h"

#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "base/check.h"
#include "base/text.h"
#include "http/limits.h"
#include "http/listener.h"
#include "http/message.h"
#include "http/openssl.h"

namespace rig::http {
namespace {

Time now() { return std::chrono::steady_clock::now(); }

struct MultiFree {
  void operator()(CURLM* m) const { curl_multi_cleanup(m); }
};
struct EasyFree {
  void operator()(CURL* e) const { curl_easy_cleanup(e); }
};
struct ListFree {
  void operator()(curl_slist* l) const { curl_slist_free_all(l); }
};
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

using OnBytes = std::function<bool(std::string_view)>;

// What one exchange has got so far; curl's callbacks write into it.
struct Incoming {
  CURL* easy = nullptr;
  Reply reply;
  const OnBytes* on_bytes = nullptr;
  const ReadBody* read_body = nullptr;
  std::int64_t body_left = -1;  // to be read; -1: not known
  std::optional<Error> read_error = {};
  std::size_t body_bytes_max = 0, header_bytes = 0;
  std::string method;
  int sent = 0;  // how often curl was about to send the request
  bool ended_by_reader = false, is_too_long = false, is_resend = false;
  std::array<char, CURL_ERROR_SIZE> problem{};

  int status() const {
    long code = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    return static_cast<int>(code);
  }
};

// A curl handle with its own connection cache, for one exchange at a time. Each member outlives those below it: curl
// writes into the first one even while it is being cleaned up.
struct Line {
  std::unique_ptr<Incoming> in = std::make_unique<Incoming>();
  std::unique_ptr<CURLM, MultiFree> multi{curl_multi_init()};
  std::unique_ptr<CURL, EasyFree> easy{curl_easy_init()};
};

// "HTTP/1.1 595 Connection refused" -> "Connection refused"
std::string_view reason_in(std::string_view status_line) {
  const std::size_t status = status_line.find(' ');
  if (status == std::string_view::npos) return "";
  const std::size_t reason = status_line.find(' ', status + 1);
  return reason == std::string_view::npos ? "" : trim(status_line.substr(reason));
}

std::size_t on_header(const char* bytes, std::size_t, std::size_t size, void* context) {
  auto& in = *static_cast<Incoming*>(context);
  const std::string_view line = trim({bytes, size});
  in.header_bytes += size;
  if (in.header_bytes > kReplyHeaderBytesMax) {
    in.is_too_long = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // a new head: after a redirect or a 1xx
    in.reply.headers.clear();
    in.reply.body.clear();
    in.reply.reason = reason_in(line);
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    in.reply.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return size;
}

std::size_t on_body(const char* bytes, std::size_t, std::size_t size, void* context) {
  auto& in = *static_cast<Incoming*>(context);
  const int status = in.status();
  if (in.on_bytes != nullptr && status >= 200 && status < 300) {
    if ((*in.on_bytes)({bytes, size})) return size;
    in.ended_by_reader = true;
    return 0;
  }
  if (in.reply.body.size() + size > in.body_bytes_max) {
    in.is_too_long = true;
    return 0;
  }
  in.reply.body.append(bytes, size);
  return size;
}

std::size_t on_upload(char* buffer, std::size_t size, std::size_t count, void* context) {
  auto& in = *static_cast<Incoming*>(context);
  auto got = (*in.read_body)({buffer, size * count});
  if (got.ok() && *got == 0 && in.body_left > 0)
    got = Error(Code::kDataLoss, "the body ends " + std::to_string(in.body_left) + " bytes too early");
  if (!got.ok()) {
    in.read_error = got.take_error();
    return CURL_READFUNC_ABORT;
  }
  if (in.body_left > 0) in.body_left -= static_cast<std::int64_t>(*got);
  return *got;
}

// When a kept connection dies before a reply, curl sends the request again on a new one by itself. That is right for
// what may be done twice; for the rest the caller must decide.
int on_about_to_send(void* context, char*, char*, int, int) {
  auto& in = *static_cast<Incoming*>(context);
  long redirects = 0;
  curl_easy_getinfo(in.easy, CURLINFO_REDIRECT_COUNT, &redirects);
  if (++in.sent - redirects > 1 && (in.method == "POST" || in.method == "PATCH")) {
    in.is_resend = true;
    return CURL_PREREQFUNC_ABORT;
  }
  return CURL_PREREQFUNC_OK;
}

int check_fingerprint(X509_STORE_CTX* store, void* context) {
  const auto& wanted = *static_cast<const ClientOptions*>(context);
  X509* const shown = X509_STORE_CTX_get0_cert(store);
  const bool fits = wanted.fingerprint_sha256.empty() ? sha1_hex_of(shown) == wanted.fingerprint_sha1
                                                      : sha256_hex_of(shown) == wanted.fingerprint_sha256;
  if (fits) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

CURLcode pin_certificate(CURL*, void* context, void* wanted) {
  auto* ssl = static_cast<SSL_CTX*>(context);
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(ssl, check_fingerprint, wanted);
  return CURLE_OK;
}

template <class T>
void set(CURL* easy, CURLoption option, T value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  CHECK(code == CURLE_OK);
}

void set_blob(CURL* easy, CURLoption option, const std::string& bytes) {
  if (bytes.empty()) return;
  curl_blob blob{.data = const_cast<char*>(bytes.data()), .len = bytes.size(), .flags = CURL_BLOB_NOCOPY};
  set(easy, option, &blob);
}

Error error_of(CURLcode code, const Incoming& in, const std::string& url) {
  const std::string why = in.problem[0] != '\0' ? in.problem.data() : curl_easy_strerror(code);
  const std::string about = in.method + " " + url + ": ";
  if (in.is_too_long) {
    return {Code::kResourceExhausted,
            about + "the reply is longer than " + std::to_string(in.body_bytes_max) + " bytes"};
  }
  if (in.is_resend) return {Code::kUnavailable, about + "the connection ended before the reply"};
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return {Code::kInvalidArgument, about + why};
    case CURLE_OPERATION_TIMEDOUT: return {Code::kDeadlineExceeded, about + why};
    default: return {Code::kUnavailable, about + why};
  }
}

// Host of a URL, without brackets; for the loopback rule below.
std::string host_of(const std::string& url) {
  std::string_view rest = url;
  if (const std::size_t scheme = rest.find("://"); scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?"));
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  if (rest.starts_with('[')) return std::string(rest.substr(1, rest.find(']') - 1));
  return std::string(rest.substr(0, rest.find(':')));
}

// Raw bytes over a connection that curl opened (and made TLS). curl's handle is not for two threads at once.
class CurlStream final : public ByteStream {
 public:
  explicit CurlStream(Line line) : line_(std::move(line)) {
    curl_easy_getinfo(line_.easy.get(), CURLINFO_ACTIVESOCKET, &socket_);
  }
  ~CurlStream() override { close(); }

  Result<std::size_t> read(std::span<char> buffer, const Call& call) override {
    if (!early_.empty()) {
      const std::size_t n = early_.copy(buffer.data(), buffer.size());
      early_.erase(0, n);
      return n;
    }
    const std::stop_callback on_stop(call.stop, [this] { close(); });
    while (true) {
      if (closed_) return std::size_t{0};
      std::size_t n = 0;
      const CURLcode code = locked([&] { return curl_easy_recv(line_.easy.get(), buffer.data(), buffer.size(), &n); });
      if (code == CURLE_OK) return n;
      if (code != CURLE_AGAIN) return std::size_t{0};
      TRY(wait(POLLIN, call));
    }
  }

  Status write(std::string_view bytes, const Call& call) override {
    const std::stop_callback on_stop(call.stop, [this] { close(); });
    while (!bytes.empty()) {
      if (closed_) return Error(Code::kUnavailable, "the stream is closed");
      std::size_t n = 0;
      const CURLcode code = locked([&] { return curl_easy_send(line_.easy.get(), bytes.data(), bytes.size(), &n); });
      if (code != CURLE_OK && code != CURLE_AGAIN) return Error(Code::kUnavailable, "the peer is gone");
      bytes.remove_prefix(n);
      if (code == CURLE_AGAIN) TRY(wait(POLLOUT, call));
    }
    return {};
  }

  void close() override {
    closed_ = true;
    ::shutdown(socket_, SHUT_RDWR);
  }
  void set_early(std::string bytes) { early_ = std::move(bytes); }  // read() gives these first

 private:
  template <class F>
  CURLcode locked(F f) {
    const std::lock_guard lock(mutex_);
    return f();
  }
  Status wait(short events, const Call& call) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(call.deadline - now());
    pollfd p{.fd = socket_, .events = events, .revents = 0};
    const int n = ::poll(&p, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000)));
    if (n == 0 && now() >= call.deadline) return Error(Code::kDeadlineExceeded, "the peer is too slow");
    return {};
  }

  Line line_;
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  std::mutex mutex_;  // guards line_
  std::string early_;
  std::atomic<bool> closed_ = false;
};

class CurlClient final : public Client {
 public:
  explicit CurlClient(ClientOptions options) : options_(std::move(options)) {}

  Result<Reply> send(const Request& request, const Call& call) override { return exchange(request, call, nullptr); }
  Result<Reply> stream(const Request& request, const Call& call, const OnBytes& on_bytes) override {
    return exchange(request, call, &on_bytes);
  }
  Result<Reply> upload(const Request& request, std::int64_t bytes, const ReadBody& read, const Call& call) override {
    return exchange(request, call, nullptr, Upload{bytes, &read});
  }
  Result<std::unique_ptr<ByteStream>> upgrade(const Request& request, std::string_view protocol,
                                              const Call& call) override;

 private:
  struct Upload {
    std::int64_t bytes = 0;
    const ReadBody* read = nullptr;
  };

  Result<Reply> exchange(const Request& request, const Call& call, const OnBytes* on_bytes,
                         std::optional<Upload> upload = {}) {
    Line line = take_line();
    const std::string url = url_of(request);
    const HeaderList headers = header_list(request);
    Incoming& in = begin(line, request, url);
    in.on_bytes = on_bytes;
    if (upload) {
      in.read_body = upload->read;
      in.body_left = upload->bytes;
      set_upload(in, upload->bytes);
    } else {
      set_method(line.easy.get(), request);
    }
    set(line.easy.get(), CURLOPT_HTTPHEADER, headers.get());
    const Result<CURLcode> code = run(line, call);
    if (!code.ok()) return Error(code.error()).with_context(request.method + " " + url);  // the line is dropped
    if (in.read_error) return *std::move(in.read_error);
    if (*code != CURLE_OK && !in.ended_by_reader) return error_of(*code, in, url);
    in.reply.status = in.status();
    Reply reply = std::move(in.reply);
    if (*code == CURLE_OK) give_back(std::move(line));
    return reply;
  }

  std::string url_of(const Request& request) const {
    if (!options_.base_url.empty()) return options_.base_url + request.target;
    return options_.unix_socket.empty() ? request.target : "http://localhost" + request.target;
  }

  static HeaderList header_list(const Request& request) {
    // curl's own Expect would cost a round trip; its Content-Type would be a form's.
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    if (find_header(request.headers, "Content-Type").empty()) list = curl_slist_append(list, "Content-Type:");
    for (const auto& [name, value] : request.headers) {
      list = curl_slist_append(list, (value.empty() ? name + ";" : name + ": " + value).c_str());
    }
    return HeaderList(list);
  }

  // Everything that does not depend on the method.
  Incoming& begin(Line& line, const Request& request, const std::string& url) const {
    CURL* easy = line.easy.get();
    Incoming& in = *line.in;
    in = {.easy = easy, .reply = {}, .body_bytes_max = options_.body_bytes_max, .method = request.method};
    curl_easy_reset(easy);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_URL, url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(easy, CURLOPT_FOLLOWLOCATION, options_.redirects_max > 0 ? 1L : 0L);
    set(easy, CURLOPT_MAXREDIRS, static_cast<long>(options_.redirects_max));
    set(easy, CURLOPT_ERRORBUFFER, in.problem.data());
    set(easy, CURLOPT_HEADERFUNCTION, on_header);
    set(easy, CURLOPT_HEADERDATA, &in);
    set(easy, CURLOPT_WRITEFUNCTION, on_body);
    set(easy, CURLOPT_WRITEDATA, &in);
    set(easy, CURLOPT_PREREQFUNCTION, on_about_to_send);
    set(easy, CURLOPT_PREREQDATA, &in);
    const std::string host = host_of(url);
    if (host == "localhost" || is_loopback(host))
      set(easy, CURLOPT_PROXY, "");  // a proxy would look on its own machine
    if (!options_.unix_socket.empty()) set(easy, CURLOPT_UNIX_SOCKET_PATH, options_.unix_socket.c_str());
    prepare_tls(easy);
    return in;
  }

  void prepare_tls(CURL* easy) const {
    set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set_blob(easy, CURLOPT_CAINFO_BLOB, options_.ca_pem);
    set_blob(easy, CURLOPT_SSLCERT_BLOB, options_.certificate_pem);
    set_blob(easy, CURLOPT_SSLKEY_BLOB, options_.key_pem);
    const bool pinned = !options_.fingerprint_sha256.empty() || !options_.fingerprint_sha1.empty();
    const bool verify = !pinned && !options_.insecure_skip_verify;
    set(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    set(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    if (pinned) {
      set(easy, CURLOPT_SSL_CTX_FUNCTION, pin_certificate);
      set(easy, CURLOPT_SSL_CTX_DATA, &options_);
    }
  }

  static void set_method(CURL* easy, const Request& request) {
    if (request.method == "HEAD")
      set(easy, CURLOPT_NOBODY, 1L);
    else if (request.method != "GET")
      set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
      set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(easy, CURLOPT_POSTFIELDS, request.body.data());  // not copied
      if (request.method == "GET") set(easy, CURLOPT_CUSTOMREQUEST, "GET");
    }
  }

  static void set_upload(Incoming& in, std::int64_t bytes) {
    set(in.easy, CURLOPT_UPLOAD, 1L);
    set(in.easy, CURLOPT_CUSTOMREQUEST, in.method.c_str());
    set(in.easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes));
    set(in.easy, CURLOPT_READFUNCTION, on_upload);
    set(in.easy, CURLOPT_READDATA, &in);
  }

  // Runs until curl is done, the deadline, or stop.
  static Result<CURLcode> run(Line& line, const Call& call) {
    CURLM* multi = line.multi.get();
    CHECK(curl_multi_add_handle(multi, line.easy.get()) == CURLM_OK);
    const std::stop_callback on_stop(call.stop, [multi] { curl_multi_wakeup(multi); });
    std::optional<Error> early;
    int running = 1;
    while (true) {
      CHECK(curl_multi_perform(multi, &running) == CURLM_OK);
      if (running == 0) break;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(call.deadline - now());
      if (call.stop.stop_requested())
        early = Error(Code::kCancelled, "stopped");
      else if (left.count() <= 0)
        early = Error(Code::kDeadlineExceeded, "no complete reply before the deadline");
      if (early) break;
      curl_multi_poll(multi, nullptr, 0, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)), nullptr);
    }
    CURLcode code = CURLE_OK;
    int more = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &more)) {
      if (message->msg == CURLMSG_DONE) code = message->data.result;
    }
    if (early) return *std::move(early);
    return code;
  }

  Line take_line() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return {};
    Line line = std::move(idle_.back());
    idle_.pop_back();
    return line;
  }
  void give_back(Line line) {
    curl_multi_remove_handle(line.multi.get(), line.easy.get());
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleConnectionsMax) idle_.push_back(std::move(line));
  }

  const ClientOptions options_;
  std::mutex mutex_;  // guards idle_
  std::vector<Line> idle_;
};

// "HTTP/1.1 101 Switching Protocols" -> 101; 0 when it is no status line.
int status_of_head(std::string_view head) {
  if (!head.starts_with("HTTP/1.") || head.size() < 12) return 0;
  const Result<std::int64_t> status = parse_int(head.substr(9, 3));
  return status.ok() ? static_cast<int>(*status) : 0;
}

Result<std::unique_ptr<ByteStream>> CurlClient::upgrade(const Request& request, std::string_view protocol,
                                                        const Call& call) {
  Line line;
  const std::string url = url_of(request);
  const Incoming& in = begin(line, request, url);
  set(line.easy.get(), CURLOPT_CONNECT_ONLY, 1L);
  const CURLcode code = TRY(run(line, call));
  if (code != CURLE_OK) return error_of(code, in, url);
  auto stream = std::make_unique<CurlStream>(std::move(line));

  std::string head = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + host_of(url) +
                     "\r\nUser-Agent: " + options_.user_agent +
                     "\r\nConnection: Upgrade\r\nUpgrade: " + std::string(protocol) + "\r\n";
  for (const auto& [name, value] : request.headers) head += name + ": " + value + "\r\n";
  TRY(stream->write(head + "\r\n", call));

  std::string reply;
  std::size_t end = std::string::npos;
  while ((end = reply.find("\r\n\r\n")) == std::string::npos && reply.size() <= kReplyHeaderBytesMax) {
    std::array<char, 4096> buffer{};
    const std::size_t n = TRY(stream->read(buffer, call));
    if (n == 0) break;
    reply.append(buffer.data(), n);
  }
  const int status = status_of_head(reply);
  if (end == std::string::npos || status != 101) {
    return Error(Code::kUnavailable, request.method + " " + url + ": wanted 101 Switching Protocols, found " +
                                         (status == 0 ? "no HTTP reply" : "status " + std::to_string(status)));
  }
  stream->set_early(reply.substr(end + 4));
  return std::unique_ptr<ByteStream>(std::move(stream));
}

Status check_options(const ClientOptions& options) {
  if (!options.ca_pem.empty()) TRY(parse_certificate(options.ca_pem));
  if (!options.certificate_pem.empty()) {
    TRY(parse_certificate(options.certificate_pem));
    TRY(parse_key(options.key_pem));
  }
  if (options.unix_socket.size() > kUnixPathMax) {
    return Error(Code::kInvalidArgument,
                 "unix socket path is longer than " + std::to_string(kUnixPathMax) + " characters");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Client>> Client::make(const ClientOptions& options) {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  CHECK(ready);
  TRY(check_options(options));
  ClientOptions own = options;
  for (std::string* fingerprint : {&own.fingerprint_sha256, &own.fingerprint_sha1}) {
    *fingerprint = to_lower(*fingerprint);
    std::erase(*fingerprint, ':');  // as openssl prints it
  }
  while (own.base_url.ends_with('/')) own.base_url.pop_back();
  return std::unique_ptr<Client>(std::make_unique<CurlClient>(std::move(own)));
}

}  // namespace rig::http
