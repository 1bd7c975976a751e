// Reading and writing secrets.
#include "dev8ctl/secrets.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace dev8ctl {
namespace {

using dev8agent::invalid_request;
using dev8agent::Result;
using dev8agent::Secret;

constexpr std::size_t kMaxSize = 64 * 1024;
constexpr std::array kNames = {"githubToken",        "gitUserName",     "gitUserEmail", "sshPublicKey",
                               "codeServerPassword", "anthropicApiKey", "openaiApiKey", "geminiApiKey"};

dev8agent::Error unusable(const std::string& what, const std::string& rule) {
  return invalid_request({{what, rule}});
}

std::string system_error() {
  return std::strerror(errno);
}

// Closes what is not standard input.
struct Descriptor {
  int number;
  ~Descriptor() {
    if (number > STDIN_FILENO) close(number);
  }
};

Result<Secret> read_all(int descriptor, const std::string& what) {
  std::array<char, kMaxSize + 2> buffer;
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t count = read(descriptor, buffer.data() + size, buffer.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unusable(what, "cannot be read: " + system_error());
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  const bool too_large = size > kMaxSize;
  if (size > 0 && buffer[size - 1] == '\n') --size;
  if (size > 0 && buffer[size - 1] == '\r') --size;
  Secret secret(std::string_view(buffer.data(), size));
  explicit_bzero(buffer.data(), buffer.size());
  if (too_large) return unusable(what, "is larger than 64 KiB");
  return secret;
}

Result<Secret> read_variable(const std::string& name, const std::string& what) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return unusable(what, "the variable " + name + " is not set");
  return Secret(value);
}

}  // namespace

Result<Secret> read_secret_file(const std::string& path, const std::string& what) {
  if (path == "-") return read_all(STDIN_FILENO, what);
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (file.number < 0) return unusable(what, path + " cannot be opened: " + system_error());
  return read_all(file.number, what);
}

std::optional<std::pair<std::string, std::string>> split_assignment(const std::string& text) {
  const auto at = text.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

Result<Secrets> read_secrets(const std::vector<SecretSource>& sources) {
  Secrets secrets;
  bool stdin_used = false;
  for (const SecretSource& source : sources) {
    const std::string& name = source.name;
    const bool variable = name.starts_with(kVariablePrefix);
    if (!variable && std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
      return unusable(name, "is no secret; the names are in `dev8ctl create --help`");
    }
    if (secrets.contains(name)) return unusable(name, "is given twice");
    if (source.file == "-" && std::exchange(stdin_used, true)) {
      return unusable(name, "standard input has another secret already");
    }
    auto value =
        source.variable.empty() ? read_secret_file(source.file, name) : read_variable(source.variable, name);
    if (!value.ok()) return value.error();
    if (value->empty()) return unusable(name, "is empty");
    secrets.emplace(name, std::move(*value));
  }
  return secrets;
}

Result<Secret> read_api_key(const std::string& key_file) {
  if (!key_file.empty()) {
    auto key = read_secret_file(key_file, "--key-file");
    if (key.ok() && key->empty()) return unusable("--key-file", "is empty");
    return key;
  }
  const char* key = std::getenv("DEV8_API_KEY");
  return key == nullptr ? Secret() : Secret(key);
}

dev8agent::Status write_secret_file(const std::string& path, std::string_view text) {
  const Descriptor file{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.number < 0) return unusable("--password-file", path + " cannot be made: " + system_error());
  const std::string line = std::string(text) + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t count = write(file.number, line.data() + done, line.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unusable("--password-file", path + " cannot be written: " + system_error());
    done += static_cast<std::size_t>(count);
  }
  return dev8agent::Done{};
}

}  // namespace dev8ctl
