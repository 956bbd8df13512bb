// cloudinit/seed.cc — composing the documents. Content types: cloud-init, user-data formats.
#include "cloudinit/seed.h"

#include <algorithm>
#include <array>

#include "base/json/json.h"
#include "base/text.h"
#include "base/yaml/yaml.h"
#include "cloudinit/limits.h"

namespace rig::cloudinit {
namespace {

struct Format {
  std::string_view begins_with, content_type;
};
constexpr std::string_view kGzip = "application/gzip", kMime = "multipart/mixed";
// A longer beginning stands before what it begins with.
constexpr std::array kFormats = {
    Format{"#cloud-config-archive", "text/cloud-config-archive"},
    Format{"#cloud-config-jsonp", "text/cloud-config-jsonp"},
    Format{"#cloud-config", "text/cloud-config"},
    Format{"#include-once", "text/x-include-once-url"},
    Format{"#include", "text/x-include-url"},
    Format{"#part-handler", "text/part-handler"},
    Format{"#cloud-boothook", "text/cloud-boothook"},
    Format{"#upstart-job", "text/upstart-job"},
    Format{"## template: jinja", "text/jinja2"},
    Format{"#!", "text/x-shellscript"},
    Format{"Content-Type: multipart", kMime},
    Format{"MIME-Version:", kMime},
    Format{"\x1f\x8b", kGzip},
};

Result<const Format*> format_of(const UserDataPart& part) {
  for (const Format& format : kFormats) {
    if (part.text.starts_with(format.begins_with)) return &format;
  }
  std::string found = "its first line is none of cloud-init's headers";
  const std::string_view line = trim(std::string_view(part.text).substr(0, part.text.find('\n')));
  if (line.starts_with("#cloud-config")) found = "blanks stand before '#cloud-config'";
  if (line.starts_with("# cloud-config")) found = "it begins with '# cloud-config', with a blank inside";
  if (part.text.starts_with("\xef\xbb\xbf")) found = "it begins with a byte order mark";
  return Error(Code::kInvalidArgument, part.from + ": " + found)
      .with_hint("The first line must be '#cloud-config' for YAML, or '#!' and an interpreter for a script.");
}

std::string boundary_for(std::span<const UserDataPart> parts) {
  std::string boundary = "VIRTRIGAUD_CLOUD_INIT_BOUNDARY";
  const auto occurs = [&](const UserDataPart& part) { return part.text.find(boundary) != std::string::npos; };
  while (std::ranges::any_of(parts, occurs)) boundary += "_";
  return boundary;
}

std::string mime_entity(const UserDataPart& part, const Format& format) {
  if (format.content_type == kMime) return part.text;  // brings its own header fields
  const std::string type = "Content-Type: " + std::string(format.content_type);
  if (format.content_type == kGzip) {
    return type + "\nContent-Transfer-Encoding: base64\n\n" + base64(part.text);
  }
  return type + "; charset=\"utf-8\"\nContent-Transfer-Encoding: 8bit\n\n" + part.text;
}

Status check_size(std::string_view document, std::size_t bytes) {
  if (bytes <= kDocumentBytesMax) return {};
  return Error(Code::kOutOfRange, std::string(document) + " has " + std::to_string(bytes) + " bytes, at most " +
                                      std::to_string(kDocumentBytesMax) + " are taken");
}

json::Array texts(const std::vector<std::string>& values) { return json::Array(values.begin(), values.end()); }

}  // namespace

Result<std::string> merge_user_data(std::span<const UserDataPart> input) {
  std::vector<UserDataPart> parts;
  std::ranges::copy_if(input, std::back_inserter(parts),
                       [](const UserDataPart& part) { return !trim(part.text).empty(); });
  std::string merged;
  if (parts.size() == 1) {
    TRY(format_of(parts.front()));
    merged = parts.front().text;
  } else if (parts.size() > 1) {
    const std::string boundary = boundary_for(parts);
    merged = "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\nMIME-Version: 1.0\n\n";
    for (const UserDataPart& part : parts) {
      merged += "--" + boundary + "\n" + mime_entity(part, *TRY(format_of(part))) + "\n";
    }
    merged += "--" + boundary + "--\n";
  }
  TRY(check_size("user-data", merged.size()));
  return merged;
}

Result<std::string> meta_data(const std::string& instance_id, const std::string& hostname,
                              const std::string& user_meta) {
  TRY(check_size("meta-data", user_meta.size()));
  auto meta = yaml::parse(user_meta);
  if (!meta.ok()) {  // the parser's message may quote the text
    return Error(Code::kInvalidArgument, "the text is not YAML").with_hint("Write it as 'key: value' lines.");
  }
  if (meta->is_null()) *meta = json::Object{};
  if (!meta->is_object()) {
    return Error(Code::kInvalidArgument, "the text is a " + std::string(json::type_name(*meta)) + ", wanted a map");
  }
  if (meta->find("instance-id") == nullptr) (*meta)["instance-id"] = instance_id;
  if (meta->find("local-hostname") == nullptr) (*meta)["local-hostname"] = hostname;
  return yaml::to_text(*meta);
}

std::string network_config(std::span<const NicAddress> nics) {
  if (nics.empty()) return "";
  json::Object ethernets;
  for (const NicAddress& nic : nics) {
    json::Value& entry = ethernets[nic.name];
    if (!nic.mac.empty()) entry.set({"match", "macaddress"}, nic.mac);
    if (nic.addresses.empty()) {
      entry.set({"dhcp4"}, true);
    } else {
      entry.set({"addresses"}, texts(nic.addresses));
    }
    json::Array routes;
    for (const std::string& gateway : nic.gateways) {
      // Not "default", which cloud-init before 23 refuses; not gateway4, which netplan deprecates.
      const char* to = gateway.find(':') == std::string::npos ? "0.0.0.0/0" : "::/0";
      routes.emplace_back(json::Object{{"to", to}, {"via", gateway}});
    }
    if (!routes.empty()) entry.set({"routes"}, std::move(routes));
    if (!nic.nameservers.empty()) entry.set({"nameservers", "addresses"}, texts(nic.nameservers));
    if (!nic.search_domains.empty()) entry.set({"nameservers", "search"}, texts(nic.search_domains));
  }
  return yaml::to_text(json::Object{{"version", 2}, {"ethernets", std::move(ethernets)}});
}

}  // namespace rig::cloudinit
