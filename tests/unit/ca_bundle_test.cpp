// CA bundles as companies hand them out.
#include "base/ca_bundle.h"

#include <doctest/doctest.h>
#include <openssl/bio.h>

#include "support/temp_directory.h"
#include "support/test_certificate.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

struct Bench {
  TempDirectory directory;
  std::string pem = TestCertificate(false).certificate_pem();
  std::string other = TestCertificate(false).certificate_pem();

  Result<std::string> read(const std::string& content) {
    return read_ca_bundle(directory.write("bundle", content));
  }
};

std::string with_crlf(const std::string& text) {
  std::string result;
  for (char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

// The DER form of the one certificate in `pem`.
std::string to_der(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  unsigned char* data = nullptr;
  const int size = i2d_X509(certificate, &data);
  std::string der(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(data);
  X509_free(certificate);
  BIO_free(bio);
  return der;
}

}  // namespace

TEST_CASE("ca bundle: byte order marks, CRLF, text and other blocks between, DER") {
  Bench bench;
  const std::string mark = "\xef\xbb\xbf";
  CHECK(bench.read(bench.pem).value() == bench.pem);
  CHECK(bench.read(mark + bench.pem + mark + bench.other).value() == bench.pem + bench.other);
  CHECK(bench.read(with_crlf(bench.pem)).value() == bench.pem);
  CHECK(bench.read("# Company root\nsubject=CN\n" + bench.pem + "\ntext\n" + bench.other).value() ==
        bench.pem + bench.other);
  CHECK(bench.read(TestCertificate(false).key_pem() + bench.pem).value() == bench.pem);
  CHECK(bench.read(to_der(bench.pem)).value() == bench.pem);
}

TEST_CASE("ca bundle: what is unusable names the file and why") {
  Bench bench;
  std::string damaged = bench.other;
  damaged[damaged.size() / 2] = '*';
  const auto one_bad = bench.read(bench.pem + damaged + bench.pem);
  REQUIRE_FALSE(one_bad.ok());
  CHECK(one_bad.error().message.find("/bundle is damaged in its block 2") != std::string::npos);
  CHECK_FALSE(bench.read(bench.pem + bench.other.substr(0, bench.other.size() - 30)).ok());
  CHECK(bench.read("no certificate").error().message.find("/bundle holds none") != std::string::npos);
  CHECK_FALSE(bench.read("").ok());
  const auto missing = read_ca_bundle((bench.directory.path() / "missing").string());
  CHECK(missing.error().message.find("/missing cannot be read: No such file") != std::string::npos);
  const auto fifo = read_ca_bundle(bench.directory.make_fifo("fifo"));
  CHECK(fifo.error().message.find("/fifo is no regular file") != std::string::npos);
}

TEST_CASE("CA directory: one with names that are hashes of subjects") {
  Bench bench;
  CHECK_FALSE(is_hashed_directory(bench.directory.path().string()));
  CHECK_FALSE(is_hashed_directory((bench.directory.path() / "missing").string()));
  for (const char* name : {"ca.pem", "0123abcd.r0", "0123abcg.0", "123abcd.0"})
    bench.directory.write(name, "");
  CHECK_FALSE(is_hashed_directory(bench.directory.path().string()));
  bench.directory.write("0123abcd.0", "");
  CHECK(is_hashed_directory(bench.directory.path().string()));
}
