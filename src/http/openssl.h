// http/openssl.h — owned OpenSSL objects, and its error queue as text. Inside this room only.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/freed.h"
#include "base/result.h"

namespace rig::http {

using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;

std::string openssl_error();  // the newest entry of this thread's queue, which is emptied; "unknown" when it was empty

Result<CertificatePtr> parse_certificate(std::string_view pem);  // the first one
Result<KeyPtr> parse_key(std::string_view pem);
std::string to_pem(X509* certificate);
std::string sha256_hex_of(X509* certificate);  // of its DER form
std::string sha1_hex_of(X509* certificate);    // the same

}  // namespace rig::http
