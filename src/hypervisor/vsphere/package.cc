// vsphere/package.cc — see package.h.
#include "hypervisor/vsphere/package.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/manifest.h"
#include "transfer/http_source.h"
#include "transfer/limits.h"
#include "transfer/read_ahead.h"

namespace rig::vsphere {
namespace {

constexpr std::size_t kBeginning = 512;

// One URL, as it comes.
class Download {
 public:
  static Result<std::unique_ptr<Download>> begin(const std::string& url, std::optional<Digest> digest,
                                                 const Call& call) {
    auto source = TRY(transfer::http_source(url, transfer::kStallMax));
    const std::int64_t size = source->size(call);
    return std::make_unique<Download>(std::move(source), size, std::move(digest), call);
  }
  Download(std::unique_ptr<transfer::ByteSource> source, std::int64_t size, std::optional<Digest> digest,
           const Call& call)
      : source_(std::move(source)), digest_(std::move(digest)), ahead_(*source_, call), size_(size) {}

  Result<std::size_t> read(std::span<char> buffer) {
    const std::size_t n = TRY(ahead_.read(buffer));
    if (digest_) digest_->add({buffer.data(), n});
    done_ += static_cast<std::int64_t>(n);
    return n;
  }

  std::int64_t size() const { return size_; }  // 0: not known
  std::int64_t done() const { return done_; }
  std::string sum() { return digest_->finish_hex(); }

 private:
  const std::unique_ptr<transfer::ByteSource> source_;
  std::optional<Digest> digest_;
  transfer::ReadAhead ahead_;
  const std::int64_t size_;
  std::int64_t done_ = 0;
};

// "https://h/a%20b.ovf?sig=1" -> "a b.ovf"
std::string file_name(std::string_view url) {
  const std::string_view path = url.substr(0, url.find_first_of("?#"));
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const auto decoded = percent_decode(name);
  return decoded.ok() ? *decoded : std::string(name);
}

Status check_name(const std::string& name) {
  if (is_descriptor_name(name)) return {};
  return Error(Code::kInvalidArgument,
               "the archive begins with '" + name.substr(0, 200) + "', wanted a descriptor (.ovf) before all else")
      .with_hint("It is an archive, and no OVA: the order within it counts.");
}

}  // namespace

struct Package::Impl {
  Status open() {
    std::optional<Digest> digest;
    if (!request.checksum.empty())
      digest = TRY(Digest::start(request.checksum_type.empty() ? "sha256" : request.checksum_type));
    main = TRY(Download::begin(request.url, std::move(digest), call));
    beginning.resize(kBeginning);
    std::size_t have = 0;
    while (have < beginning.size()) {
      const std::size_t n = TRY(main->read(std::span(beginning).subspan(have)));
      if (n == 0) break;
      have += n;
    }
    beginning.resize(have);
    TRY(is_descriptor(beginning) ? open_descriptor() : open_archive());
    references = TRY(read_descriptor(text));
    return {};
  }

  Status open_descriptor() {
    text = TRY(read_all(from_main(), kDescriptorBytesMax, "the descriptor"));
    TRY(check());  // before anything is done with it
    const std::string name = file_name(request.url);
    TRY(add_descriptor(name));
    if (!is_descriptor_name(name)) return {};  // then nobody knows what its manifest is called
    return fetch_manifest(name.substr(0, name.rfind('.')) + ".mf");
  }

  Status open_archive() {
    tar.emplace(from_main());
    const auto first = TRY(tar->next());
    if (!first) return Error(Code::kInvalidArgument, "the archive has no file in it");
    TRY(check_name(first->name));
    text = TRY(read_all(from_tar(), kDescriptorBytesMax, "the descriptor '" + first->name + "'"));
    return add_descriptor(first->name);
  }

  Status add_descriptor(const std::string& name) {
    TRY(verifier.begin(name));
    verifier.add(text);
    return verifier.end();
  }

  // There need not be one. Of what is not there some servers say that a stranger may not read it, others send a page.
  Status fetch_manifest(const std::string& name) {
    const auto fetched = [&]() -> Result<std::string> {
      const auto download = TRY(Download::begin(url_beside(request.url, name), {}, call));
      return read_all([&](std::span<char> buffer) { return download->read(buffer); }, kManifestBytesMax,
                      "the manifest");
    }();
    if (fetched.ok() && is_descriptor(*fetched)) return {};  // a page looks like one
    if (fetched.ok()) return verifier.take_manifest(name, *fetched);
    const bool is_missing = fetched.error().is(Code::kNotFound) || fetched.error().is(Code::kPermissionDenied);
    return is_missing ? Status() : fetched.error();
  }

  // What has been looked at already, then the rest.
  ReadBytes from_main() {
    return [this](std::span<char> buffer) -> Result<std::size_t> {
      if (beginning.empty()) return main->read(buffer);
      const std::size_t n = beginning.copy(buffer.data(), buffer.size());
      beginning.erase(0, n);
      return n;
    };
  }

  ReadBytes from_tar() {
    return [this](std::span<char> buffer) { return tar->read(buffer); };
  }

  Result<std::optional<Member>> next() {
    TRY(end_file());
    for (;;) {
      auto member = tar ? tar->next() : next_beside();
      if (!member.ok() || !*member) return member;
      if (tar && is_manifest_name((*member)->name)) {
        const std::string manifest = TRY(read_all(from_tar(), kManifestBytesMax, "the manifest"));
        TRY(verifier.take_manifest((*member)->name, manifest));
        continue;
      }
      TRY(verifier.begin((*member)->name));
      is_in_file = true;
      return member;
    }
  }

  // What of it nobody has asked for counts in its sum, too.
  Status end_file() {
    std::array<char, 16U << 10> rest{};
    while (is_in_file) is_in_file = TRY(read(rest)) != 0;
    return verifier.end();
  }

  Result<std::size_t> read(std::span<char> buffer) {
    const std::size_t n = TRY(tar ? tar->read(buffer) : beside->read(buffer));
    verifier.add({buffer.data(), n});
    return n;
  }

  Result<std::optional<Member>> next_beside() {
    if (beside) done_beside += beside->done();
    beside.reset();
    if (at == references.size()) return std::optional<Member>();
    const Reference& reference = references[at++];
    beside = TRY(Download::begin(url_beside(request.url, reference.href), {}, call).context(reference.href));
    const std::int64_t size = beside->size() > 0 ? beside->size() : reference.bytes.value_or(-1);
    return std::optional(Member{reference.href, size});
  }

  Status check() {
    if (request.checksum.empty()) return {};
    if (sum.empty()) sum = main->sum();
    const std::string asked = to_lower(trim(request.checksum));
    if (sum == asked) return {};
    return Error(Code::kInvalidArgument, "checksum is " + sum + ", wanted " + asked)
        .with_hint(
            "Correct the checksum if the image was meant to change; else the download is not what it should be.");
  }

  std::int64_t total() const {
    if (tar) return std::max(main->size(), main->done());
    std::int64_t all = main->done();
    for (const Reference& reference : references) all += reference.bytes.value_or(0);
    return std::max(all, done());
  }
  std::int64_t done() const { return main->done() + done_beside + (beside ? beside->done() : 0); }

  const provider::ImageRequest request;
  const Call call;
  std::unique_ptr<Download> main, beside;
  std::string beginning, text, sum;
  Verifier verifier;
  bool is_in_file = false;
  std::optional<TarReader> tar;  // none: the URL is the descriptor's
  std::vector<Reference> references;
  std::size_t at = 0;  // of the references, the next
  std::int64_t done_beside = 0;
};

Package::Package(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Package::~Package() = default;

Result<std::unique_ptr<Package>> Package::open(const provider::ImageRequest& request, const Call& call) {
  std::unique_ptr<Impl> impl(new Impl{.request = request,
                                      .call = call,
                                      .main = {},
                                      .beside = {},
                                      .beginning = {},
                                      .text = {},
                                      .sum = {},
                                      .verifier = {},
                                      .tar = {},
                                      .references = {}});
  TRY(impl->open());
  return std::unique_ptr<Package>(new Package(std::move(impl)));
}

const std::string& Package::descriptor() const { return impl_->text; }
Result<std::optional<Member>> Package::next() { return impl_->next(); }
Result<std::size_t> Package::read(std::span<char> buffer) { return impl_->read(buffer); }
Status Package::check() { return impl_->check(); }
std::int64_t Package::bytes_done() const { return impl_->done(); }
std::int64_t Package::bytes_total() const { return impl_->total(); }

}  // namespace rig::vsphere
