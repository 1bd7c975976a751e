// The signed requests of tests/data/azure-files-sharedkey-vectors.json, which Microsoft's JavaScript client
// made.
#pragma once

#include "cloud.h"
#include "support/data_file.h"

namespace emulator_test {

struct Vectors {
  Vectors() { document = dev8agent::test::data_file("azure-files-sharedkey-vectors.json"); }

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
