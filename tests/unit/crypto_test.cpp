// Digests and encodings against published vectors, and what the decoder refuses.
#include "base/crypto.h"

#include <doctest/doctest.h>

#include <set>

using namespace dev8agent;
using namespace dev8agent::internal;

TEST_CASE("crypto: SHA-256 and HMAC-SHA-256, FIPS 180-4 and RFC 4231") {
  CHECK(hex_encode(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_encode(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  struct Row {
    std::string key;
    std::string data;
    std::string digest;
  };
  const Row rows[] = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const Row& row : rows) CHECK(hex_encode(hmac_sha256(row.key, row.data)) == row.digest);
  // RFC 2104: a key is filled up with zeros. The key of the call before does not count.
  const std::string zero = hmac_sha256(std::string_view("\0", 1), "x");
  CHECK(hmac_sha256("", "x") == zero);
  CHECK(hmac_sha256("key", "x") != zero);
  CHECK(hmac_sha256(std::string_view(), "x") == zero);
}

TEST_CASE("crypto: base64, RFC 4648") {
  const std::pair<std::string, std::string> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : rows) {
    CHECK(base64_encode(plain) == text);
    CHECK(base64_decode(text) == plain);
  }
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
    CHECK(base64_decode(base64_encode(all)) == all);
  }
}

TEST_CASE("crypto: base64 of any other form is refused") {
  for (const char* bad : {"Z",      "Zg",      "Zg=",      "Zg===",   "=",         "==",
                          "====",   "Z===",    "Zg==Zg==", "Zm9v\n",  "Zm9v Zm9v", "Zm9 ",
                          " Zm9",   "Zm-_",    "Zm9v====", "Z=g=",    "=Zg=",      "Zm9v\n\n\n\n",
                          "Zm8=\n", "Zm9\xc3", "Zm9v=",    "\n\n\n\n"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(base64_decode(bad).has_value());
  }
  CHECK_FALSE(base64_decode(std::string_view("Zm9\0", 4)).has_value());
}

TEST_CASE("crypto: base64url, RFC 7515") {
  CHECK(base64url_encode("\xfb\xff\xfe") == "-__-");
  CHECK(base64url_encode("f") == "Zg");
  CHECK(base64url_encode("") == "");
}

TEST_CASE("crypto: uuids have version and variant, from the bytes given") {
  CHECK(make_uuid(std::string(16, '\0')) == "00000000-0000-4000-8000-000000000000");
  CHECK(make_uuid(std::string(16, '\xff')) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  CHECK(make_uuid("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10") ==
        "01020304-0506-4708-890a-0b0c0d0e0f10");
  CHECK(make_uuid("").size() == 36);
}

TEST_CASE("crypto: an id of 32 digits is a UUID, anything else is none") {
  const std::string uuid = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736";
  CHECK(as_uuid("4bf92f3577b34da6a3ce929d0e0e4736") == uuid);
  CHECK(as_uuid("4BF92F35-77B3-4DA6-A3CE-929D0E0E4736") == uuid);
  for (const char* other : {"", "health", "4bf92f3577b34da6a3ce929d0e0e473",
                            "4bf92f3577b34da6a3ce929d0e0e4736x", "4bf92f3577b34da6a3ce929d0e0e473g",
                            "4bf92f35-77b34-da6-a3ce-929d0e0e4736", "4bf92f35-77b3-4da6-a3ce-929d0e0e473-"}) {
    CAPTURE(other);
    CHECK(as_uuid(other).empty());
  }
}

TEST_CASE("crypto: random bytes do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_bytes(16));
  CHECK(seen.size() == 1000);
  CHECK(random_bytes(0).empty());
}

TEST_CASE("crypto: comparison by value") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "abcd"));
  CHECK_FALSE(equal_in_constant_time("abc", ""));
}
