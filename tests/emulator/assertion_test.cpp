// Client assertions: certificates (RS256 and PS256) and workload identity.
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "files.h"

using namespace emulator_test;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key make_key() {
  return Key(EVP_RSA_gen(2048), EVP_PKEY_free);
}

std::string public_pem(EVP_PKEY* key) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PUBKEY(bio.get(), key);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(length));
}

std::string url64(std::string_view bytes) {
  std::string out = encode64(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.erase(std::find(out.begin(), out.end(), '='), out.end());
  return out;
}

std::string sign(EVP_PKEY* key, const std::string& text, bool pss) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* options = nullptr;
  REQUIRE(EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key) == 1);
  if (pss) {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  std::string out(512, '\0');
  std::size_t length = out.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  REQUIRE(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length, bytes,
                         text.size()) == 1);
  out.resize(length);
  return out;
}

struct Application : Cloud {
  std::string issuer = emulator.options().client_id;
  std::string subject = emulator.options().client_id;
  std::string audience = token_url();
  long expires = 1768466400;  // an hour and a half after the virtual clock's start
  std::string algorithm = "RS256";
  Key key = make_key();

  std::string jwt() {
    const std::string claims = R"({"iss":")" + issuer + R"(","sub":")" + subject + R"(","aud":")" + audience +
                               R"(","jti":"1","exp":)" + std::to_string(expires) + "}";
    const std::string text = url64(R"({"typ":"JWT","alg":")" + algorithm + "\"}") + "." + url64(claims);
    return text + "." + url64(sign(key.get(), text, algorithm == "PS256"));
  }
  // 0 for a token, or the AADSTS number of the refusal.
  std::int64_t outcome(const std::string& assertion) {
    const HttpResponse response =
        post_form("grant_type=client_credentials&client_id=" + emulator.options().client_id +
                  "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&"
                  "client_assertion=" +
                  assertion + "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default");
    if (response.status == 200) return 0;
    CHECK(response.status == 401);
    return *body_of(response).find("error_codes")->array()[0].integer();
  }
};

}  // namespace

TEST_SUITE("client assertions") {
  TEST_CASE("a registered key signs in both algorithms; another key does not") {
    Application app;
    REQUIRE(app.emulator.register_certificate(public_pem(app.key.get())));
    CHECK(app.outcome(app.jwt()) == 0);
    app.algorithm = "PS256";
    CHECK(app.outcome(app.jwt()) == 0);
    app.algorithm = "none";
    CHECK(app.outcome(app.jwt()) == 700027);
    app.algorithm = "RS256";
    app.key = make_key();
    CHECK(app.outcome(app.jwt()) == 700027);
    CHECK_FALSE(app.emulator.register_certificate("no PEM"));
  }

  TEST_CASE("claims are checked") {
    Application app;
    CHECK(app.outcome(app.jwt()) == 0);
    CHECK(app.outcome("a.b") == 50027);
    app.subject = "other";
    CHECK(app.outcome(app.jwt()) == 700021);
    app.subject = app.issuer;
    app.audience = "https://example.org";
    CHECK(app.outcome(app.jwt()) == 700023);
    app.audience = app.token_url();
    app.clock->advance(2h);
    CHECK(app.outcome(app.jwt()) == 700024);
  }

  TEST_CASE("federated tokens need the exchange audience, and the registered issuer and subject") {
    Application app;
    app.issuer = "https://oidc.example.org";
    app.subject = "system:serviceaccount:ns:agent";
    CHECK(app.outcome(app.jwt()) == 700212);
    app.audience = "api://AzureADTokenExchange";
    CHECK(app.outcome(app.jwt()) == 0);
    app.emulator.register_federation(app.issuer, app.subject);
    CHECK(app.outcome(app.jwt()) == 0);
    app.subject = "system:serviceaccount:ns:other";
    CHECK(app.outcome(app.jwt()) == 700213);
    app.issuer = "https://other.example.org";
    CHECK(app.outcome(app.jwt()) == 70021);
  }
}
