// apiserver/pki.cc — see pki.h.
#include "apiserver/pki.h"

#include "apiserver/access/user.h"
#include "base/file.h"
#include "base/log.h"

namespace rig::apiserver {
namespace {

using Days = std::chrono::days;

constexpr Days kAuthorityLife(3650), kAuthorityRenewal(365);  // replaced at a start within the last year of its life
constexpr Days kIdentityLife(90), kIdentityRenewal(30);

bool is_absent(const Result<std::string>& file) { return !file.ok() && file.error().is(Code::kNotFound); }

Result<http::KeyPair> make_and_store(const std::string& certificate_path, const std::string& key_path, WallTime now) {
  http::KeyPair made = TRY(http::make_authority("virtrigaud", now, kAuthorityLife));
  // The key first: a certificate without its key would look like damage at the next start.
  TRY(write_file(key_path, made.key_pem, 0600));
  TRY(write_file(certificate_path, made.certificate_pem, 0600));
  log::info("certificate authority made", {{"certificate", certificate_path}});
  return made;
}

}  // namespace

Result<http::KeyPair> load_authority(const std::string& dir, WallTime now) {
  TRY(make_folder(dir, 0700));
  const std::string certificate_path = dir + "/ca.crt", key_path = dir + "/ca.key";
  const Result<std::string> certificate = read_file(certificate_path), key = read_file(key_path);
  if (is_absent(certificate)) return make_and_store(certificate_path, key_path, now);
  http::KeyPair found;
  found.certificate_pem = TRY(certificate);
  found.key_pem = TRY(key);
  const http::CertificateFacts facts = TRY(http::read_certificate(found.certificate_pem).context(certificate_path));
  if (facts.not_after - now < kAuthorityRenewal) return make_and_store(certificate_path, key_path, now);
  return found;
}

Result<SigningKey> load_token_key(const std::string& dir) {
  TRY(make_folder(dir, 0700));
  const std::string path = dir + "/token.key";
  const Result<std::string> pem = read_file(path);
  if (pem.ok()) return SigningKey::parse(*pem).context(path);
  if (!is_absent(pem)) return pem.error();
  SigningKey made = SigningKey::make();
  TRY(write_file(path, made.to_pem(), 0600));
  log::info("token key made", {{"file", path}});
  return made;
}

Result<Identities> issue_identities(const http::KeyPair& authority, const std::string& address, WallTime now) {
  http::Subject server{.common_name = "virtrigaud-apiserver", .organizations = {}, .names = {}, .server = true};
  server.names = {"localhost", "127.0.0.1", "::1", "kubernetes", "kubernetes.default", "kubernetes.default.svc"};
  if (address != "127.0.0.1" && address != "::1") server.names.push_back(address);
  const http::Subject admin{
      .common_name = "admin", .organizations = {std::string(kMasters)}, .names = {}, .client = true};
  Identities made;
  made.server = TRY(http::issue(authority, server, now, kIdentityLife));
  made.admin = TRY(http::issue(authority, admin, now, kIdentityLife));
  return made;
}

WallTime renewal_time(WallTime issued) { return issued + kIdentityLife - kIdentityRenewal; }

}  // namespace rig::apiserver
