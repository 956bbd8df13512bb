// http/certificate.cc — see certificate.h; and the PEM readers of openssl.h.
#include "http/certificate.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "base/check.h"
#include "base/digest.h"
#include "http/openssl.h"

namespace rig::http {

std::string openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown";
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

namespace {

BioPtr memory_bio(std::string_view bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string key_to_pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return contents(bio.get());
}

// Never asks a terminal for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

std::time_t to_seconds(WallTime time) {
  return static_cast<std::time_t>(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

Result<WallTime> from_asn1(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return Error(Code::kInvalidArgument, "certificate time: " + openssl_error());
  return WallTime(std::chrono::seconds(timegm(&parts)));
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  CHECK(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) == 1);
}

Status add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  if (extension == nullptr)
    return Error(Code::kInvalidArgument, "certificate extension " + value + ": " + openssl_error());
  CHECK(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
  return {};
}

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

// Names go into OpenSSL's extension syntax, where a comma would begin another entry.
Result<std::string> alternative_names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (name.empty() || name.find_first_of(", \n") != std::string::npos) {
      return Error(Code::kInvalidArgument,
                   "subjectAltName \"" + name + "\": found a blank, comma or nothing, wanted a name");
    }
    out += (out.empty() ? "" : ",") + std::string(is_ip_address(name) ? "IP:" : "DNS:") + name;
  }
  return out;
}

// A certificate without extensions and signature.
CertificatePtr blank_certificate(const Subject& subject, EVP_PKEY* key, WallTime now, Duration lifetime) {
  CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::array<unsigned char, 16> serial{};
  CHECK(RAND_bytes(serial.data(), serial.size()) == 1);
  serial[0] &= 0x7F;  // positive
  BIGNUM* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()),
                to_seconds(now - std::chrono::minutes(5)));  // for clocks that lag
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), to_seconds(now + lifetime));
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  for (const std::string& organization : subject.organizations) add_name(name, "O", organization);
  add_name(name, "CN", subject.common_name);
  return certificate;
}

KeyPair sign(X509* certificate, EVP_PKEY* key, EVP_PKEY* authority_key) {
  CHECK(X509_sign(certificate, authority_key, EVP_sha256()) != 0);
  return {.certificate_pem = to_pem(certificate), .key_pem = key_to_pem(key)};
}

Status check_subject(const Subject& subject) {
  constexpr std::size_t kNameMax = 64;  // of X.520 for CN and O
  if (subject.common_name.empty() || subject.common_name.size() > kNameMax) {
    return Error(Code::kInvalidArgument,
                 "certificate common name \"" + subject.common_name + "\": wanted 1 to 64 characters");
  }
  for (const std::string& organization : subject.organizations) {
    if (organization.empty() || organization.size() > kNameMax) {
      return Error(Code::kInvalidArgument,
                   "certificate organization \"" + organization + "\": wanted 1 to 64 characters");
    }
  }
  return {};
}

}  // namespace

Result<CertificatePtr> parse_certificate(std::string_view pem) {
  CertificatePtr certificate(PEM_read_bio_X509(memory_bio(pem).get(), nullptr, no_passphrase, nullptr));
  if (!certificate) return Error(Code::kInvalidArgument, "certificate is not PEM: " + openssl_error());
  return certificate;
}

Result<KeyPtr> parse_key(std::string_view pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(memory_bio(pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) return Error(Code::kInvalidArgument, "private key is not PEM, or has a passphrase: " + openssl_error());
  return key;
}

std::string to_pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return contents(bio.get());
}

namespace {
std::string digest_of(X509* certificate, std::string_view algorithm) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(i2d_X509_bio(bio.get(), certificate) == 1);
  Digest digest = Digest::start(algorithm).take();
  digest.add(contents(bio.get()));
  return digest.finish_hex();
}
}  // namespace

std::string sha256_hex_of(X509* certificate) { return digest_of(certificate, "sha256"); }
std::string sha1_hex_of(X509* certificate) { return digest_of(certificate, "sha1"); }

Result<KeyPair> make_authority(const std::string& common_name, WallTime now, Duration lifetime) {
  const Subject subject{.common_name = common_name, .organizations = {}, .names = {}};
  TRY(check_subject(subject));
  const KeyPtr key(EVP_EC_gen("P-256"));
  CHECK(key != nullptr);
  const CertificatePtr certificate = blank_certificate(subject, key.get(), now, lifetime);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  TRY(add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE"));
  TRY(add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign"));
  TRY(add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash"));
  return sign(certificate.get(), key.get(), key.get());
}

Result<KeyPair> issue(const KeyPair& authority, const Subject& subject, WallTime now, Duration lifetime) {
  TRY(check_subject(subject));
  const CertificatePtr issuer = TRY(parse_certificate(authority.certificate_pem));
  const KeyPtr issuer_key = TRY(parse_key(authority.key_pem));
  const KeyPtr key(EVP_EC_gen("P-256"));
  CHECK(key != nullptr);
  const CertificatePtr certificate = blank_certificate(subject, key.get(), now, lifetime);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  TRY(add_extension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE"));
  TRY(add_extension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature"));
  TRY(add_extension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid"));
  const std::string uses = std::string(subject.server ? "serverAuth" : "") +
                           (subject.server && subject.client ? "," : "") + (subject.client ? "clientAuth" : "");
  if (!uses.empty()) TRY(add_extension(certificate.get(), issuer.get(), NID_ext_key_usage, uses));
  const std::string names = TRY(alternative_names(subject.names));
  if (!names.empty()) TRY(add_extension(certificate.get(), issuer.get(), NID_subject_alt_name, names));
  return sign(certificate.get(), key.get(), issuer_key.get());
}

Result<CertificateFacts> read_certificate(const std::string& certificate_pem) {
  const CertificatePtr certificate = TRY(parse_certificate(certificate_pem));
  CertificateFacts facts;
  const X509_NAME* name = X509_get_subject_name(certificate.get());
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
    if (size < 0) return Error(Code::kInvalidArgument, "certificate subject: " + openssl_error());
    std::string value(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    const int id = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (id == NID_commonName)
      facts.common_name = std::move(value);
    else if (id == NID_organizationName)
      facts.organizations.push_back(std::move(value));
  }
  facts.not_before = TRY(from_asn1(X509_get0_notBefore(certificate.get())));
  facts.not_after = TRY(from_asn1(X509_get0_notAfter(certificate.get())));
  facts.sha256_hex = sha256_hex_of(certificate.get());
  return facts;
}

}  // namespace rig::http
