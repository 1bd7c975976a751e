// JSON: what is parsed and written parses again, to the same value.
#include "fuzz/fuzz.h"
#include "json/parse.h"
#include "json/write.h"

namespace dev8agent::fuzz {

void fuzz_one(std::string_view input) {
  const auto parsed = json::parse(input);
  if (parsed.ok()) {
    const std::string text = json::write(*parsed);
    const auto again = json::parse(text);
    require(again.ok(), "what is written can be parsed");
    require(json::write(*again) == text, "a value survives writing and parsing");
  } else {
    require(parsed.error().code == ErrorCode::kInvalidRequest, "malformed text is an invalid request");
    require_no_canary(parsed.error());
  }
  const auto lenient = json::parse(input, json::kLenient);
  if (parsed.ok()) {
    require(lenient.ok() && json::write(*lenient) == json::write(*parsed), "what is strict is read alike");
  }
  const std::string literal = json::quote(input);
  const auto string = json::parse(literal);
  require(string.ok() && string->is_string(), "any bytes can be quoted");
  require(json::quote(string->string()) == literal, "a quoted string survives parsing");
}

}  // namespace dev8agent::fuzz
