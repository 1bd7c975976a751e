// The signed requests of tests/data/azure-files-sharedkey-vectors.json, which Microsoft's JavaScript client
// made.
#pragma once

#include <fstream>
#include <sstream>

#include "cloud.h"

namespace emulator_test {

struct Vectors {
  Vectors() {
    std::ifstream file(DEV8AGENT_SOURCE_DIR "/tests/data/azure-files-sharedkey-vectors.json");
    std::stringstream text;
    text << file.rdbuf();
    auto parsed = dev8agent::internal::json::parse(text.str());
    REQUIRE(parsed.ok());
    document = std::move(parsed.value());
  }

  EmulatorOptions options() const {
    const std::string key(document.string_at({"accountKeyBase64"}));
    EmulatorOptions wanted;
    wanted.storage_accounts = {
        {std::string(document.string_at({"account"})), "dev8-emulator", "b3RoZXI=", key}};
    return wanted;
  }

  // The requests whose name begins with `kind`: "host:" or "wire:".
  std::vector<HttpRequest> requests(std::string_view kind) const {
    std::vector<HttpRequest> out;
    for (const Value& vector : document.find("vectors")->array()) {
      if (!vector.string_at({"name"}).starts_with(kind)) continue;
      std::vector<HttpHeader> headers;
      for (const auto& member : vector.find("headers")->object()) {
        headers.push_back({member.name, std::string(member.value.string())});
      }
      out.push_back(make_request(std::string(vector.string_at({"method"})),
                                 std::string(vector.string_at({"url"})), std::move(headers),
                                 std::string(vector.string_at({"body"}))));
    }
    return out;
  }

  Value document;
};

}  // namespace emulator_test
