// Private keys go over several lines; masking takes time in proportion to the text.
#include <doctest/doctest.h>

#include <string>

#include "plan/mask_credentials.h"

using namespace dev8agent::internal::plan;

namespace {

const std::string kBegin = "-----BEGIN RSA PRIVATE KEY-----";
const std::string kEnd = "-----END RSA PRIVATE KEY-----";
const std::string kLine = "MIIEpAIBAAKCAQEAcanary0123456789abcdefghijklmnopqrstuvwxyz012345";

std::string repeated(const std::string& part, std::size_t size) {
  std::string text;
  while (text.size() < size) text += part;
  return text;
}

}  // namespace

TEST_CASE("mask: a private key from its first line to its last") {
  CHECK(mask_credentials("a\n" + kBegin + "\n" + kLine + "\n" + kEnd + "\nb\n") == "a\n***\n***\n***\nb\n");
  for (const char* kind : {"", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA "}) {
    const std::string words = std::string(kind) + "PRIVATE KEY-----";
    CHECK(mask_credentials("x -----BEGIN " + words + "\n" + kLine + "\nab==\n-----END " + words + " y") ==
          "x ***\n***\n***\n*** y");
  }
  CHECK(mask_credentials(R"({"key":")" + kBegin + R"(\n)" + kLine + R"(\n)" + kEnd + R"(\n","n":1})") ==
        R"({"key":"***\n","n":1})");
  CHECK(mask_credentials(kBegin + kLine + kEnd + " and " + kBegin + kLine + kEnd + " password=x") ==
        "*** and *** password=***");
}

TEST_CASE("mask: a private key that is not finished is masked for 200 lines at most") {
  std::string text = kBegin + "\n";
  for (int i = 0; i < 199; ++i) text += kLine + "\n";
  const std::string masked = mask_credentials(text + "free\n");
  CHECK(masked.find("canary") == std::string::npos);
  CHECK(masked.ends_with("***\nfree\n"));
}

TEST_CASE("mask: a private key whose beginning is cut off") {
  for (const std::string& before : {std::string(), std::string("started\n")}) {
    const std::string masked =
        mask_credentials(before + kLine + "\n" + kLine + "\n" + kEnd + " then\npassword=x\n");
    CHECK(masked == before + "***\n***\n*** then\npassword=***\n");
  }
  CHECK(mask_credentials(kEnd + "\nnext") == "***\nnext");
  // The last line of a key may be short.
  for (const char* last : {"ab==", "abcd", "abcdefgh", "abcdefghijk="}) {
    CAPTURE(std::string(last));
    CHECK(mask_credentials("up\n" + kLine + "\n" + last + "\n" + kEnd) == "up\n***\n***\n***");
  }
  const std::string stamp = "2026-01-15T00:00:00.1234567Z ";
  const std::string stamped =
      mask_credentials(stamp + "up\n" + stamp + kLine + "\n" + stamp + "ab==\n" + stamp + kEnd + "\n");
  CHECK(stamped == stamp + "up\n***\n***\n***\n");
  CHECK(mask_credentials(kLine + "\r\n" + kEnd + "\r\n").find("canary") == std::string::npos);
}

TEST_CASE("mask: a key line that does not belong to a key is kept") {
  CHECK(mask_credentials(kLine + "\nup\n") == kLine + "\nup\n");
  CHECK(mask_credentials(kLine + "\nup\n" + kEnd) == kLine + "\nup\n***");
}

TEST_CASE("mask: line after line gives the same as the whole") {
  CredentialMasker masker;
  CHECK(masker.mask_line("password=a") == "password=***");
  CHECK(masker.mask_line("x " + kBegin) == "x ***");
  CHECK(masker.mask_line(kLine) == "***");
  CHECK(masker.mask_line("") == "***");
  CHECK(masker.mask_line(kEnd + " y token=a") == "*** y token=***");
  CHECK(masker.mask_line("free") == "free");
}

TEST_CASE("mask: long lines of any kind take time in proportion") {
  // Work that grows with the square would need 10^11 steps for each of these: minutes.
  constexpr std::size_t kSize = 400'000;
  const std::string marks = "-----BEGIN -----END ";
  for (const std::string& part : {std::string("a"),
                                  std::string(" "),
                                  std::string("\""),
                                  std::string("\\"),
                                  std::string("="),
                                  std::string("-"),
                                  std::string("eyJ"),
                                  std::string("eyJ-"),
                                  std::string("eyJ."),
                                  std::string("eyJ_a."),
                                  std::string("sk-"),
                                  std::string("ghp_"),
                                  std::string("AIza"),
                                  std::string("bearer"),
                                  std::string("bearer "),
                                  std::string("password"),
                                  std::string("password="),
                                  std::string("password=\""),
                                  std::string("password=\\"),
                                  std::string("token:\"\" "),
                                  std::string("\x1b["),
                                  std::string("%sk-"),
                                  std::string("[1m"),
                                  std::string("\\neyJ"),
                                  std::string("-----BEGIN "),
                                  std::string("-----END "),
                                  marks,
                                  kBegin,
                                  kEnd,
                                  kBegin + kEnd,
                                  std::string("\n"),
                                  std::string("MIIEpAIBAAKCAQEA\n")}) {
    CAPTURE(part.substr(0, 20));
    const std::string text = repeated(part, kSize);
    for (const std::string& tail : {std::string(), std::string("\n" + kEnd)}) {
      const std::string masked = mask_credentials(text + tail);
      CHECK(masked.size() <= text.size() + tail.size() + 4 * kSize);
    }
    const std::string once = mask_credentials("password" + text);
    CHECK_FALSE(once.empty());
  }
}
