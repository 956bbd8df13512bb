// vsphere/ova.cc — see ova.h.
#include "hypervisor/vsphere/ova.h"

#include <algorithm>
#include <array>
#include <limits>
#include <pugixml.hpp>
#include <utility>

#include "base/text.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {
namespace {

constexpr std::size_t kBlock = 512;

struct Span {  // of a header
  std::size_t from, length;
};
constexpr Span kName{0, 100}, kSize{124, 12}, kSum{148, 8}, kPrefix{345, 155}, kMagic{257, 5};
constexpr std::size_t kTypeAt = 156;

std::string_view part(std::string_view header, Span span) {
  const std::string_view whole = header.substr(span.from, span.length);
  return whole.substr(0, std::min(whole.find('\0'), whole.size()));
}

std::optional<std::int64_t> octal(std::string_view text) {
  text = trim(text);
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '7' || value > (std::numeric_limits<std::int64_t>::max() >> 3)) return std::nullopt;
    value = value * 8 + (c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

// Octal digits, or GNU's binary number, whose first bit is set.
std::optional<std::int64_t> size_in(std::string_view header) {
  const std::string_view raw = header.substr(kSize.from, kSize.length);
  const auto first = static_cast<unsigned char>(raw[0]);
  if ((first & 0x80U) == 0) return octal(part(header, kSize));
  if (first != 0x80U) return std::nullopt;  // negative, or larger than any file
  std::int64_t value = 0;
  for (const char c : raw.substr(1)) {
    if (value > (std::numeric_limits<std::int64_t>::max() >> 8)) return std::nullopt;
    value = (value << 8) | static_cast<unsigned char>(c);
  }
  return value;
}

// The sum of all bytes, its own field read as blanks.
bool has_its_sum(std::string_view header) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool is_own = i >= kSum.from && i < kSum.from + kSum.length;
    sum += is_own ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return octal(part(header, kSum)) == sum;
}

std::string name_in(std::string_view header) {
  const std::string name(part(header, kName));
  const std::string_view prefix = part(header, kMagic) == "ustar" ? part(header, kPrefix) : "";
  return prefix.empty() ? name : std::string(prefix) + "/" + name;
}

std::string plain(std::string name) { return name.starts_with("./") ? name.substr(2) : name; }

std::int64_t padding_of(std::int64_t bytes) {
  const auto block = static_cast<std::int64_t>(kBlock);
  return (block - bytes % block) % block;
}

Error wrong(const std::string& why) {
  return Error(Code::kInvalidArgument, why).with_hint("Is the URL that of an OVA, or of an OVF descriptor?");
}

// "27 path=some/name\n"; what has no such form ends the list.
template <class OnRecord>
void each_record(std::string_view text, OnRecord on_record) {
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const auto length = parse_int(text.substr(0, std::min(blank, text.size())));
    if (blank == std::string_view::npos || !length.ok() || *length <= static_cast<std::int64_t>(blank) + 1 ||
        *length > static_cast<std::int64_t>(text.size()))
      return;
    const std::string_view record = text.substr(blank + 1, static_cast<std::size_t>(*length) - blank - 2);
    const std::size_t equals = record.find('=');
    if (equals != std::string_view::npos) on_record(record.substr(0, equals), record.substr(equals + 1));
    text.remove_prefix(static_cast<std::size_t>(*length));
  }
}

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children())
    if (local_name(child.name()) == name) return child;
  return {};
}
std::string attribute_of(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& attribute : node.attributes())
    if (local_name(attribute.name()) == name) return attribute.value();
  return "";
}

}  // namespace

Result<std::string> read_all(const ReadBytes& read, std::size_t bytes_max, std::string_view what) {
  std::string all;
  std::array<char, 16U << 10> buffer{};
  for (;;) {
    const std::size_t n = TRY(read(buffer));
    if (n == 0) return all;
    if (all.size() + n > bytes_max)
      return Error(Code::kInvalidArgument,
                   std::string(what) + " is longer than " + std::to_string(bytes_max) + " bytes");
    all.append(buffer.data(), n);
  }
}

Result<bool> TarReader::fill(std::span<char> block) {
  std::size_t have = 0;
  while (have < block.size()) {
    const std::size_t n = TRY(read_(block.subspan(have)));
    if (n == 0 && have == 0) return false;
    if (n == 0) return wrong("the archive ends within byte " + std::to_string(at_) + "'s block of 512");
    have += n;
    at_ += static_cast<std::int64_t>(n);
  }
  return true;
}

Status TarReader::skip(std::int64_t bytes) {
  std::array<char, 16U << 10> buffer{};
  while (bytes > 0) {
    const std::int64_t most = std::min<std::int64_t>(bytes, std::ssize(buffer));
    const std::size_t n = TRY(read_(std::span(buffer).first(static_cast<std::size_t>(most))));
    if (n == 0)
      return wrong("the archive ends at byte " + std::to_string(at_) + ", " + std::to_string(bytes) + " too early");
    bytes -= static_cast<std::int64_t>(n);
    at_ += static_cast<std::int64_t>(n);
  }
  return {};
}

Status TarReader::read_extension(char kind, std::int64_t bytes) {
  if (bytes > static_cast<std::int64_t>(kTarExtensionBytesMax))
    return wrong("the archive has an extended header of " + std::to_string(bytes) + " bytes");
  std::string text(static_cast<std::size_t>(bytes), '\0');
  if (bytes > 0 && !TRY(fill(text))) return wrong("the archive ends at byte " + std::to_string(at_));
  TRY(skip(padding_of(bytes)));
  if (kind == 'L') long_name_ = text.substr(0, std::min(text.find('\0'), text.size()));
  if (kind != 'x') return {};
  each_record(text, [&](std::string_view key, std::string_view value) {
    if (key == "path") long_name_ = value;
    const auto number = parse_int(value);
    if (key == "size" && number.ok() && *number >= 0) long_bytes_ = *number;
  });
  return {};
}

Result<std::optional<Member>> TarReader::next() {
  TRY(skip(left_ + padding_));
  left_ = padding_ = 0;
  for (;;) {
    std::array<char, kBlock> block{};
    const std::int64_t from = at_;
    const bool some = TRY(fill(block));
    const std::string_view header(block.data(), block.size());
    if (!some && from == 0) return wrong("it is empty");
    if (!some || std::ranges::all_of(header, [](char c) { return c == '\0'; })) {
      if (from == 0) return wrong("it is no tar archive: it begins with zeros");
      while (TRY(read_(block)) != 0) {}
      return std::optional<Member>();
    }
    if (!has_its_sum(header))
      return wrong(from == 0 ? "it is neither a tar archive nor an OVF descriptor"
                             : "the archive is damaged at byte " + std::to_string(from));
    const auto bytes = size_in(header);
    if (!bytes) return wrong("the archive's header at byte " + std::to_string(from) + " has no size");
    const char type = header[kTypeAt];
    if (type == 'x' || type == 'g' || type == 'L') {
      TRY(read_extension(type, *bytes));
      continue;
    }
    Member member{plain(long_name_.empty() ? name_in(header) : std::exchange(long_name_, "")),
                  std::exchange(long_bytes_, std::nullopt).value_or(*bytes)};
    if (member.bytes > kPackageBytesMax)
      return wrong("'" + member.name + "' in the archive has " + std::to_string(member.bytes) + " bytes, it says");
    if (type == '5') {  // a folder
      TRY(skip(member.bytes + padding_of(member.bytes)));
      continue;
    }
    if (type != '0' && type != '\0' && type != '7')
      return wrong("'" + member.name + "' in the archive is no plain file (type '" + std::string(1, type) + "')");
    left_ = member.bytes;
    padding_ = padding_of(member.bytes);
    return std::optional(std::move(member));
  }
}

Result<std::size_t> TarReader::read(std::span<char> buffer) {
  const std::int64_t most = std::min<std::int64_t>(left_, std::ssize(buffer));
  if (most == 0) return std::size_t{0};
  const std::size_t n = TRY(read_(buffer.first(static_cast<std::size_t>(most))));
  if (n == 0)
    return wrong("the archive ends at byte " + std::to_string(at_) + ", " + std::to_string(left_) + " too early");
  left_ -= static_cast<std::int64_t>(n);
  at_ += static_cast<std::int64_t>(n);
  return n;
}

bool is_descriptor_name(std::string_view name) { return to_lower(name).ends_with(".ovf"); }

bool is_descriptor(std::string_view beginning) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (beginning.starts_with(kMark)) beginning.remove_prefix(kMark.size());
  return trim(beginning).starts_with("<");
}

Result<std::vector<Reference>> read_descriptor(std::string_view text) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed)
    return wrong("the descriptor is no XML: " + std::string(parsed.description()) + " at byte " +
                 std::to_string(parsed.offset));
  const pugi::xml_node envelope = document.document_element();
  if (local_name(envelope.name()) != "Envelope")
    return wrong("the descriptor is no OVF: found <" + std::string(envelope.name()) + ">, wanted <Envelope>");
  if (child_named(envelope, "VirtualSystemCollection"))
    return wrong("the descriptor is of several machines (VirtualSystemCollection), wanted one");
  std::vector<Reference> references;
  for (const pugi::xml_node& file : child_named(envelope, "References").children()) {
    if (local_name(file.name()) != "File") continue;
    Reference reference{attribute_of(file, "href"), std::nullopt};
    const auto is_wrong = [&](const std::string& why) {
      return wrong("the descriptor's file '" + reference.href + "' " + why);
    };
    if (reference.href.empty() || reference.href.find_first_of("/\\:?#%") != std::string::npos ||
        reference.href.starts_with("."))
      return is_wrong("is not one beside it");
    if (!attribute_of(file, "chunkSize").empty()) return is_wrong("is in pieces (chunkSize), wanted whole");
    const std::string packed = attribute_of(file, "compression");
    if (!packed.empty() && packed != "identity") return is_wrong("is packed (" + packed + "), wanted as it is");
    const auto bytes = parse_int(attribute_of(file, "size"));
    if (bytes.ok() && *bytes >= 0) reference.bytes = *bytes;
    references.push_back(std::move(reference));
    if (references.size() > kPackageFilesMax)
      return wrong("the descriptor names more than " + std::to_string(kPackageFilesMax) + " files");
  }
  return references;
}

std::string url_beside(std::string_view descriptor_url, std::string_view href) {
  const std::string_view whole = descriptor_url.substr(0, descriptor_url.find('#'));
  const std::size_t query = std::min(whole.find('?'), whole.size());
  const std::string_view path = whole.substr(0, query);
  return std::string(path.substr(0, path.rfind('/') + 1)) + percent_encode(href) + std::string(whole.substr(query));
}

}  // namespace rig::vsphere
