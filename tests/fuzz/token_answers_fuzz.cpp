// What token endpoints answer.
#include "azure/credentials/token_answer.h"
#include "fuzz/fuzz.h"

namespace dev8agent::fuzz {

void fuzz_one(std::string_view input) {
  const auto token = azure::read_token(input, fuzz_now(), "the endpoint");
  if (token.ok()) {
    require(!token->token.empty(), "a token is not empty");
    require(token->refresh_at <= token->expires_at, "a token is renewed before it expires");
  } else {
    // A token is there, but no repeat makes its times readable.
    const bool times = token.error().message.find("expires_in or expires_on") != std::string::npos;
    require(token.error().retryable != times, "an answer without a token may be followed by one with it");
    require_no_canary(token.error());
  }
}

}  // namespace dev8agent::fuzz
