// Bundles on libcrypto, and names of files.
#include "base/ca_bundle.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"

namespace dev8agent::internal {
namespace {

using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;

// One block of a PEM file. Everything in it belongs to libcrypto.
struct Block {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;

  Block() = default;
  Block(const Block&) = delete;
  ~Block() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
};

std::string without_marks(std::string text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  for (auto at = text.find(kByteOrderMark); at != text.npos; at = text.find(kByteOrderMark, at))
    text.erase(at, kByteOrderMark.size());
  return text;
}

CertificatePtr decode(const unsigned char* data, long size) {
  return {d2i_X509(nullptr, &data, size), &X509_free};
}

std::string to_pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()), &BIO_free);
  char* text = nullptr;
  if (PEM_write_bio_X509(bio.get(), certificate) != 1) return "";
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

bool is_certificate(std::string_view name) {
  return name == PEM_STRING_X509 || name == PEM_STRING_X509_OLD || name == PEM_STRING_X509_TRUSTED;
}

// Appends every certificate to `pem`; the number of the first damaged block, or nothing.
std::optional<int> read_blocks(const std::string& text, std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  for (int number = 1;; ++number) {
    Block block;
    if (PEM_read_bio(bio.get(), &block.name, &block.header, &block.data, &block.size) != 1) {
      const bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      return end ? std::nullopt : std::optional(number);
    }
    if (!is_certificate(block.name)) continue;
    const CertificatePtr certificate = decode(block.data, block.size);
    if (!certificate) return number;
    pem += to_pem(certificate.get());
  }
}

Error broken(const std::string& path, std::string_view rule) {
  return make_error(ErrorCode::kInvalidRequest,
                    "must be a file of certificates in PEM; " + path + " " + std::string(rule));
}

}  // namespace

Result<std::string> read_ca_bundle(const std::string& path) {
  const auto content = read_file(path, kLargestBundle);
  if (!content.ok()) return broken(path, content.error().message);
  std::string pem;
  const auto damaged = read_blocks(without_marks(*content), pem);
  if (!damaged && pem.empty()) {
    const auto single =
        decode(reinterpret_cast<const unsigned char*>(content->data()), static_cast<long>(content->size()));
    if (single) pem = to_pem(single.get());
  }
  ERR_clear_error();
  if (damaged) return broken(path, "is damaged in its block " + std::to_string(*damaged));
  if (pem.empty()) return broken(path, "holds none");
  return pem;
}

bool is_hashed_directory(const std::string& path) {
  std::error_code failure;
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at(path, failure); !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    const bool ends_well = name.size() == 10 && name.ends_with(".0");
    if (ends_well && name.find_first_not_of("0123456789abcdef") == name.size() - 2) return true;
  }
  return false;
}

}  // namespace dev8agent::internal
