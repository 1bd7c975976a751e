// Hand-signed requests to the emulated Azure Files.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "cloud.h"

namespace emulator_test {

inline std::string encode64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

inline std::string decode64(std::string_view text) {
  std::string out(text.size(), '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length) -
             static_cast<std::size_t>(std::count(text.begin(), text.end(), '=')));
  return out;
}

inline std::string sign64(std::string_view key64, std::string_view text) {
  const std::string key = decode64(key64);
  std::string out(32, '\0');
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return encode64(out);
}

struct Files : Cloud {
  explicit Files(EmulatorOptions wanted = {}) : Cloud(std::move(wanted)), key(storage_key()) {}

  // `path` with its query, whose parameters must stand in the order of their names.
  HttpRequest request(std::string method, const std::string& path, std::vector<HttpHeader> own = {},
                      std::string content = {}) const {
    std::vector<HttpHeader> headers = {{"x-ms-date", date}, {"x-ms-version", version}};
    headers.insert(headers.end(), own.begin(), own.end());
    std::sort(headers.begin(), headers.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::string text =
        method + "\n\n\n" + (content.empty() ? "" : std::to_string(content.size())) + "\n\n\n\n\n\n\n\n\n";
    for (const HttpHeader& h : headers) text += h.name + ":" + h.value + "\n";
    std::string resource = path;
    std::replace(resource.begin(), resource.end(), '&', '\n');
    std::replace(resource.begin(), resource.end(), '=', ':');
    std::replace(resource.begin(), resource.end(), '?', '\n');
    text += "/dev8emulator" + resource;
    headers.push_back({"Authorization", "SharedKey dev8emulator:" + sign64(key, text)});
    return make_request(std::move(method), "https://dev8emulator.file.core.windows.net" + path,
                        std::move(headers), std::move(content));
  }
  HttpResponse send(std::string method, const std::string& path, std::vector<HttpHeader> own = {},
                    std::string content = {}) {
    return emulator.handle(request(std::move(method), path, std::move(own), std::move(content)));
  }
  HttpResponse create(const std::string& share, std::vector<HttpHeader> own = {}) {
    return send("PUT", "/" + share + "?restype=share", std::move(own));
  }

  std::string key;
  std::string date = "Thu, 15 Jan 2026 08:30:00 GMT";
  std::string version = "2022-11-02";
};

}  // namespace emulator_test
