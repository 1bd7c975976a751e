// SharedKey: method, account, URL, key and the value of a header, one on each line, then the body.
#include "azure/shared_key.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

namespace dev8agent::fuzz {

void fuzz_one(std::string_view input) {
  HttpRequest request;
  request.method = take_line(input);
  const std::string_view account = take_line(input);
  request.url = take_line(input);
  const std::string_view key = take_line(input);
  const std::string value(take_line(input));
  request.headers = {
      {"x-ms-date", "Thu, 15 Jan 2026 08:30:00 GMT"}, {"X-Ms-Meta-Name", value}, {"Content-Type", value}};
  request.body = input;

  const auto text = azure::string_to_sign(request, account);
  const auto raw_key = base64_decode(key);
  const auto authorization = azure::shared_key_authorization(request, account, key);
  require(authorization.has_value() == (text && raw_key && !raw_key->empty()),
          "what can be signed is signed");
  if (!text) return;
  require(text->starts_with(request.method + "\n"), "the method leads");
  require(text->find("\nx-ms-date:Thu, 15 Jan 2026 08:30:00 GMT\nx-ms-meta-name:" + std::string(trim(value)) +
                     "\n/" + std::string(account)) != text->npos,
          "headers are signed, sorted, before the resource");
  require(std::count(value.begin(), value.end(), '\r') == 0, "no control character is signed in a header");

  std::reverse(request.headers.begin(), request.headers.end());
  require(azure::string_to_sign(request, account) == text, "the order of the headers is no matter");
  if (authorization) {
    require(authorization->starts_with("SharedKey " + std::string(account) + ":"), "the account is named");
    require(base64_decode(authorization->substr(11 + account.size())).has_value(), "the signature is base64");
  }
}

}  // namespace dev8agent::fuzz
