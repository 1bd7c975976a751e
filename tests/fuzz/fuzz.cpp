// libFuzzer's entry, and what the targets share.
#include "fuzz/fuzz.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace dev8agent::fuzz {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "BROKEN PROMISE: %s\n", promise);
  std::abort();
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return line;
}

void require_no_canary(const Error& error) {
  const auto quotes = [](std::string_view text) {
    return text.find("canary") != text.npos && text.find("duplicate member") == text.npos;
  };
  require(!quotes(error.message), "an error's message quotes no value of its input");
  for (const FieldError& field : error.fields) {
    require(!quotes(field.field) && !quotes(field.message), "a field error quotes no value of its input");
  }
}

WallTime fuzz_now() {
  return WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 15));
}

const AgentSettings& fuzz_settings() {
  static const AgentSettings settings = [] {
    AgentOptions options;
    options.subscription_id = "33333333-3333-4333-8333-333333333333";
    options.resource_group = "dev8";
    options.storage_account = "dev8files";
    options.default_region = "eastus";
    for (const char* name : {"eastus", "westeurope"}) options.regions.emplace_back().name = name;
    options.credential = make_static_credential(Secret("token"));
    auto finalized = finalize(std::move(options));
    require(finalized.ok(), "the settings of the targets are valid");
    return *finalized;
  }();
  return settings;
}

}  // namespace dev8agent::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dev8agent::fuzz::fuzz_one({reinterpret_cast<const char*>(data), size});
  return 0;
}
