// Failures as Azure reports them: a status, a Retry-After, an x-ms-error-code, one on each line, then the
// body.
#include "azure/errors.h"

#include <algorithm>
#include <charconv>

#include "fuzz/fuzz.h"

namespace dev8agent::fuzz {
namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

void fuzz_one(std::string_view input) {
  HttpResponse response;
  const std::string_view status = take_line(input);
  std::from_chars(status.data(), status.data() + status.size(), response.status);
  response.headers = {{"Retry-After", std::string(take_line(input))},
                      {"x-ms-error-code", std::string(take_line(input))},
                      {"x-ms-request-id", std::string(input.substr(0, 64))}};
  if (response.headers[1].value.empty()) response.headers.erase(response.headers.begin() + 1);
  response.body = input;

  const Error error = azure::error_of(response, fuzz_now());
  require(error.azure_status == response.status, "an error keeps Azure's status");
  require(!error.message.empty() && error.message.size() < 2000, "a message has a size for people");
  require(!has_control_character(error.message), "a message is one line");
  require(!has_control_character(error.azure_request_id), "a request id is one line");
  if (error.retry_after) require(error.retry_after->count() >= 0, "no wait is negative");
  if (error.code == ErrorCode::kNotFound)
    require(response.status == 404, "only a 404 says that a thing is not there");
}

}  // namespace dev8agent::fuzz
